"""Rows of examples/mlp.tp: two inputs and a target."""
import math
import sys

for i in range(int(sys.argv[1])):
    print(f"{math.cos(i):.6f},{math.sin(i):.6f},{1 if i % 2 else -1}")
