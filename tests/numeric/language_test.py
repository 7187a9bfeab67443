"""Forms of the language that no example uses: networks of finite width approach the limit that `run` computes, where
features move and in the kernel regime.

Usage: language_test.py TPC
"""
import math
import sys
import tempfile
from pathlib import Path

from golden_test import flat, tpc

PROGRAM = """model m
width n
dim d = 3
dim k = 2
param U : [n, d] init normal(std = 1)
param W[1..2, 1..1] : [n, n] init normal(std = 1)
param V : [k, n] init normal(std = 1)
def other(x : [d]) -> [k] {{ return V @ tanh(W[2, 1] @ tanh(U @ x)) }}
def net(x : [d]) -> [k] {{
  {body}
}}
data train : x[d], w[d], y[k], label {{
  0.8 -0.3 0.5   0.7 -0.2 0.4    1.0 -0.5   0
 -0.6  0.9 0.1  -0.5 0.8 0.3    -1.0  0.5   1
  0.2  0.4 -1.1  0.1 0.5 -1.0    0.3  0.8   1
}}
train {{
  data = train
  loss = {loss}
  optimizer = sgd(lr = 0.2, momentum = 0.5)
  steps = 4
}}
observe net(x) on train
parametrization mup
"""
MLP = "h = tanh(U @ x)\n  z = tanh(W[1, 1] @ h + W[2, 1] @ h)\n  return V @ z"
ANTISYMMETRIC = """h = zeros(n)
  for i in 1..d { h = h + 0.5 * tanh((W[1, 1] - W[1, 1].T) @ h + U[:, i] * x[i]) }
  return V @ h"""
MATRICES = """h = tanh(U @ x)
  S = 2 * W[1, 1] @ W[2, 1] - W[1, 1].T / 2
  return V @ max(S.T @ h, log(1 + square(S @ h)))"""
CASES = {  # body, loss, parametrizations
    "antisymmetric": (ANTISYMMETRIC, "mse(net(x), y)", ["mup", "ntp"]),
    "matrices": (MATRICES, "cross_entropy(net(x), label) + 0.3 * mse(net(x), y)", ["mup"]),
    "two losses": (MLP, "cross_entropy(net(x), label) + 0.3 * mse(net(x), y)", ["mup", "ntp"]),
    "penalties": (MLP, "mse(net(x), y) + 0.5 * mean(z * z) - 0.2 * mean(z * h) + sum(square(other(x) - net(w)))", ["mup"]),
}
WIDTH, SEEDS = 1024, 4


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        for name, (body, loss, parametrizations) in CASES.items():
            path = Path(directory) / "program.tp"
            path.write_text(PROGRAM.format(body=body, loss=loss))
            for parametrization in parametrizations:
                arguments = [str(path), "--param", parametrization]
                limit = tpc(executable, "run", *arguments, "--seed", "3")
                finite = tpc(executable, "simulate", *arguments, "--width", str(WIDTH), "--seeds", str(SEEDS), "--seed", "17")
                check(f"{name} at {parametrization}", limit, finite)


def check(name, limit, finite):
    """The mean over networks of the outputs at every recorded step against the limit, in units of its standard error. In
    the kernel regime that is the mean over initial functions, which for squared loss is the trajectory from 0."""
    offsets = count = 0.0
    for data_set, outputs in limit["outputs"].items():
        own = flat(limit["outputs_stderr"][data_set]) if limit.get("outputs_stderr") else [0.0] * len(flat(outputs))
        for expected, error, mean, spread in zip(flat(outputs), own, flat(finite["outputs"][data_set]),
                                                 flat(finite["outputs_stderr"][data_set])):
            offsets += (mean - expected) ** 2 / (error**2 + spread**2)
            count += 1
    offset = math.sqrt(offsets / count)
    print(f"{name}: outputs off by {offset:.2f} standard errors")
    assert offset < 4.0, f"{name}: the networks do not approach the limit"


if __name__ == "__main__":
    main()
