"""A file of 600 drawings of 500 x 500 pixels, all of them 0, which takes no room on the disk. Usage: large_drawings.py FILE"""
import struct
import sys

SHAPE = (30, 20, 500, 500)

with open(sys.argv[1], "wb") as file:
    header = str({"descr": "|u1", "fortran_order": False, "shape": SHAPE}).ljust(117) + "\n"
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.truncate(file.tell() + 30 * 20 * 500 * 500)
