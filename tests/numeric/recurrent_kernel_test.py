"""Kernels of recurrent networks against the same recursion over all pairs of steps (math.md 5b), written out here.

Usage: recurrent_kernel_test.py TPC. Of the T^2 pairs the compiler makes those that are of order one: T of them where the
last step is read out, all where a mean over the steps is. relu: closed forms on both sides, so to rounding; of erf the first
step, two functions of one Gaussian variable, is a sum over nodes.
"""
import math
import random
import sys
import tempfile
from pathlib import Path

import golden_test

SIGMA_U, SIGMA_W, SIGMA_V = 0.8, 1.3, 0.9
READOUTS = {
    "last": ("", "", "h", lambda steps: [0.0] * (steps - 1) + [1.0]),
    "mean": ("  s = h\n", "s = s + h", "(s / T)", lambda steps: [1.0 / steps] * steps),
    "alternating": ("  s = h\n", "s = h - s", "s", lambda steps: [(-1.0)**(steps - 1 - t) for t in range(steps)]),
}


def program(steps, activation, readout, points):
    first, following, read, _ = READOUTS[readout]
    text = (f"model m\nwidth n\ndim T = {steps}\ndim k = 1\nparam u : [n] init normal(std = {SIGMA_U})\n"
            f"param W : [n, n] init normal(std = {SIGMA_W})\nparam b : [n] init zero\n"
            f"param V : [k, n] init normal(std = {SIGMA_V})\ndef net(x : [T]) -> [k] {{\n"
            f"  h = {activation}(u * x[1] + b)\n{first}"
            f"  for j in 2..T {{\n    h = {activation}(W @ h + u * x[j] + b)\n    {following}\n  }}\n"
            f"  return V @ {read}\n}}\ndata train : x[T], y[k] {{\n")
    text += "".join("  " + " ".join(map(repr, point)) + "  1\n" for point in points)
    return text + ("}\ntrain {\n  data = train\n  loss = mse(net(x), y)\n  optimizer = sgd(lr = 0.1)\n  steps = 0\n}\n"
                   "parametrization ntp\n")


def relu(p, q, s):
    """E phi(u) phi(v), E phi'(u) phi'(v). The first step has one Gaussian variable: correlations of 1 and -1."""
    r = math.sqrt(p * q)
    cosine = s / r if 1 - abs(s / r) > 1e-14 else math.copysign(1.0, s)
    angle = math.acos(cosine)
    return (r * math.sin(angle) + (math.pi - angle) * s) / (2 * math.pi), (math.pi - angle) / (2 * math.pi)


def erf(p, q, s):
    root = math.sqrt((1 + 2 * p) * (1 + 2 * q))
    return 2 / math.pi * math.asin(2 * s / root), 4 / math.pi / math.sqrt(root * root - 4 * s * s)


def forward(dual, one, other):
    """By pairs of steps of two inputs: E h h' and E phi' phi'."""
    variances = [[], []]
    for x, own in zip((one, other), variances):
        value = 0.0
        for number in x:
            own.append(SIGMA_U**2 * number**2 + SIGMA_W**2 * value)
            value = dual(own[-1], own[-1], own[-1])[0]
    steps = range(len(one))
    value, slope = [[0.0] * len(one) for _ in steps], [[0.0] * len(one) for _ in steps]
    for s in steps:
        for t in steps:
            covariance = SIGMA_U**2 * one[s] * other[t] + (SIGMA_W**2 * value[s - 1][t - 1] if s > 0 and t > 0 else 0.0)
            value[s][t], slope[s][t] = dual(variances[0][s], variances[1][t], covariance)
    return value, slope


def kernels(dual, weights, one, other):
    """Z^{dh_s} = weight_s Z^V + Z^{W^T dz_{s+1}}, Z^{dz_s} = phi'(Z^{z_s}) Z^{dh_s}."""
    value, slope = forward(dual, one, other)
    steps = len(one)
    gradient = [[0.0] * steps for _ in range(steps)]
    nngp = readout = kernel = 0.0
    for s in reversed(range(steps)):
        for t in reversed(range(steps)):
            later = gradient[s + 1][t + 1] if s + 1 < steps and t + 1 < steps else 0.0
            gradient[s][t] = (weights[s] * weights[t] * SIGMA_V**2 + SIGMA_W**2 * later) * slope[s][t]
            before = value[s - 1][t - 1] if s > 0 and t > 0 else 0.0
            kernel += gradient[s][t] * (one[s] * other[t] + before + 1.0)
            readout += weights[s] * weights[t] * value[s][t]
    nngp = SIGMA_V**2 * readout
    return nngp, kernel + readout


def check(executable, path, steps, activation, readout):
    stream = random.Random(steps)
    points = [[round(stream.uniform(-1, 1), 3) for _ in range(steps)] for _ in range(3)]
    path.write_text(program(steps, activation, readout, points))
    result = golden_test.tpc(executable, "run", str(path), "--threads", "1")
    assert result["method"] == ("exact" if activation == "relu" else "quadrature"), result["method"]
    weights, worst = READOUTS[readout][3](steps), 0.0
    for i, one in enumerate(points):
        for j, other in enumerate(points):
            expected = kernels({"relu": relu, "erf": erf}[activation], weights, one, other)
            for quantity, number in zip(("nngp", "kernel"), expected):
                worst = max(worst, abs(result[quantity][i][j] - number) / max(1.0, abs(number)))
    print(f"{activation}, {steps} steps, {readout}: off by {worst:.1e}")
    assert worst < (1e-11 if activation == "relu" else 1e-9)


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "m.tp"
        for steps, activation, readout in ((2, "relu", "last"), (7, "relu", "last"), (40, "relu", "last"),
                                           (9, "erf", "last"), (5, "erf", "mean"), (6, "relu", "mean"),
                                           (4, "erf", "alternating")):
            check(sys.argv[1], path, steps, activation, readout)


if __name__ == "__main__":
    main()
