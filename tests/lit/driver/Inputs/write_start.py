"""Writes an array of float64 numbers as an npy file: write_start.py FILE ROWS COLUMNS"""
import struct
import sys

rows, columns = int(sys.argv[2]), int(sys.argv[3])
header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".encode().ljust(117) + b"\n"
numbers = [0.1 * (i % 7) for i in range(rows * columns)]
with open(sys.argv[1], "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(numbers)}d", *numbers))
