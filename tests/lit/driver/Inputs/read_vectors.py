"""Prints the lengths and the inner products of the first two vectors of a file of vectors, and their names.

Usage: read_vectors.py FILE.bin|FILE.txt|FILE.npy
"""
import ast
import struct
import sys


def binary(data):
    header, rest = data.split(b"\n", 1)
    size, dimension = map(int, header.split())
    names, vectors = [], []
    for _ in range(size):
        name, rest = rest.split(b" ", 1)
        names.append(name.decode())
        vectors.append(struct.unpack(f"<{dimension}f", rest[: 4 * dimension]))
        assert rest[4 * dimension : 4 * dimension + 1] == b"\n"
        rest = rest[4 * dimension + 1 :]
    assert not rest
    return names, vectors


def text(data):
    lines = data.decode().splitlines()
    size, dimension = map(int, lines[0].split())
    rows = [line.split(" ") for line in lines[1:]]
    assert len(rows) == size and all(len(row) == 1 + dimension for row in rows)
    return [row[0] for row in rows], [tuple(map(float, row[1:])) for row in rows]


def array(data, path):
    length = struct.unpack("<H", data[8:10])[0]
    shape = ast.literal_eval(data[10 : 10 + length].decode())["shape"]
    numbers = struct.unpack(f"<{shape[0] * shape[1]}f", data[10 + length :])
    vectors = [numbers[i * shape[1] : (i + 1) * shape[1]] for i in range(shape[0])]
    try:
        names = open(path[:-4] + ".words.txt").read().split()
    except FileNotFoundError:
        names = ["?"] * shape[0]
    return names, vectors


path = sys.argv[1]
content = open(path, "rb").read()
kinds = {".bin": binary, ".txt": text}
names, vectors = kinds[path[-4:]](content) if path[-4:] in kinds else array(content, path)
dot = lambda a, b: sum(x * y for x, y in zip(a, b))
print(len(vectors), "vectors of", len(vectors[0]), "numbers")
for i in range(2):
    print(names[i], *(f"{dot(vectors[i], vectors[j]):.4f}" for j in range(2)))
