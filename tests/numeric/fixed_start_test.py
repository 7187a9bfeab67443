"""A kernel regime whose output starts as an average: no random function to start from, and the limit is that of random
variables. Networks of growing width approach it, outputs and losses.

Usage: fixed_start_test.py TPC
"""
import sys
import tempfile
from pathlib import Path

from golden_test import tpc

PROGRAM = """model fixed_start
width n
dim d = 2
dim k = 1
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1)
param V : [k, n] init zero
def net(x : [d]) -> [k] {
  z = relu(W @ tanh(U @ x))
  return V @ z + mean(z * z)
}
data train : x[d], y[k] {
   1.0  0.3    1.0
  -0.4  0.8   -1.0
   0.2 -1.1    0.5
  -1.3 -0.6    0.2
}
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.3, momentum = 0.5)
  steps = 8
}
parametrization ntp
"""


def main():
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "fixed_start.tp"
        program.write_text(PROGRAM)
        classification = tpc(sys.argv[1], "classify", str(program))
        assert (classification["regime"], classification["initial_function"]) == ("kernel", "deterministic")
        result = tpc(sys.argv[1], "compare", str(program), "--widths", "64,256,1024", "--seeds", "8")
    widest, limit, fit = result["widths"][-1], result["limit"], result["fit"]
    assert fit["exponent"] < -0.35, fit
    assert limit["loss"][0] - limit["loss"][-1] > 0.05, limit["loss"]  # it learned
    for step, loss in enumerate(limit["loss"]):
        error = (widest["loss_stderr"][step] ** 2 + limit["loss_stderr"][step] ** 2) ** 0.5
        assert abs(widest["loss"][step] - loss) < 5 * error + 1e-3, (step, loss, widest["loss"][step], error)


main()
