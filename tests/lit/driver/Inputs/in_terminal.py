"""Runs a command with a terminal as its standard error, and prints what it wrote there."""
import os
import subprocess
import sys

mine, terminal = os.openpty()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=terminal)
os.close(terminal)
said = b""
try:
    while piece := os.read(mine, 4096):
        said += piece
except OSError:  # the other end is closed
    pass
process.wait()
sys.stdout.buffer.write(said.replace(b"\r\n", b"\n"))
