"""784 inputs, 3 hidden layers: the compiler is fast and what it prints does not grow with the data's dimensions.

Usage: large_model_test.py TPC. The time limit is the requirement (half a second), best of three.
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODEL = """model large
width n
dim d = {d}
dim k = 10
param U : [n, d] init normal(std = 0.03)
param W2 : [n, n] init normal(std = 1.4)
param W3 : [n, n] init normal(std = 1.4)
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {{
  z1 = relu(U @ x)
  z2 = relu(W2 @ z1)
  z3 = relu(W3 @ z2)
  return V @ z3
}}
data train : x[d], y[k] = csv("train.csv")
train {{
  data = train
  loss = cross_entropy(net(x), y)
  optimizer = sgd(lr = 0.1)
  batch = {batch}
  steps = 100
}}
parametrization mup
"""


def emit(executable, path, stage):
    best, output = float("inf"), ""
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run([executable, "emit", str(path), "--stage", stage], capture_output=True, text=True, check=True)
        best, output = min(best, time.perf_counter() - start), done.stdout
    return best, output


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "large.tp"
        for stage in ("limit", "llvm"):
            lines = set()
            for d, batch in ((784, 32), (100, 32), (784, 512)):
                path.write_text(MODEL.format(d=d, batch=batch))
                seconds, output = emit(executable, path, stage)
                assert seconds < 0.5, f"--stage {stage} took {seconds:.2f} s"
                lines.add(output.count("\n"))
                print(f"--stage {stage}, d = {d}, batch = {batch}: {seconds:.3f} s, {output.count(chr(10))} lines")
            assert len(lines) == 1, f"--stage {stage}: the size depends on the data's dimensions: {sorted(lines)}"


if __name__ == "__main__":
    main()
