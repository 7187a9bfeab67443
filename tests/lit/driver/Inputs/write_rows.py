"""Writes rows of whole numbers as an npy file of int16: write_rows.py FILE "1 2 -1" "3 4 5" .."""
import struct
import sys

rows = [[int(number) for number in row.split()] for row in sys.argv[2:]]
header = f"{{'descr': '<i2', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}".encode().ljust(117) + b"\n"
with open(sys.argv[1], "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    for row in rows:
        file.write(struct.pack(f"<{len(row)}h", *row))
