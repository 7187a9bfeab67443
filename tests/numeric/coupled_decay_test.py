"""Weight decay that Adam sees as a part of the gradient, at an [n, n] weight: scaled it has a limit, plain it has none.

Usage: coupled_decay_test.py TPC. The limit, in which initial entries are fresh noise to the optimizer (passes/limit,
ZNoise), against finite networks at three widths, as example_widths_test.py does.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from example_widths_test import check_approach

WIDTHS = {128: 16, 512: 12, 2048: 6}
PROGRAM = """model m
width n
dim d = 3
dim k = 1
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1.3)
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {
  h1 = U @ x
  h2 = W @ tanh(h1)
  return V @ tanh(h2)
}
data train : x[d], y[k] {
   1.0  0.3  0.5    1.0
  -0.4  0.8 -1.0   -1.0
   0.2 -1.1  0.7    0.5
}
data test : x[d] {
   0.5  0.5  0.1
  -1.0 -0.2  0.3
}
train { data = train; loss = mse(net(x), y); optimizer = adam(lr = 0.1, beta2 = 0.99, eps = EPS, DECAY); steps = 6 }
observe net(x) on test
parametrization mup
"""


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.tp"
        for eps in ("0.02", "1e-8"):
            path.write_text(PROGRAM.replace("EPS", eps).replace("DECAY", "weight_decay = 0.3"))
            refused = subprocess.run([executable, "run", path], capture_output=True, text=True, check=False)
            assert refused.returncode == 1 and "scaled_decay" in refused.stderr, refused.stderr
            path.write_text(path.read_text().replace("0.3)", "0.3, scaled_decay = true)"))
            check_approach(executable, path, f"eps {eps}", WIDTHS)


if __name__ == "__main__":
    main()
