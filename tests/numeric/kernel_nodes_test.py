"""Kernels by sums over nodes, against the same recursion (math.md 5b) with sums of another kind and many more terms.

Usage: kernel_nodes_test.py TPC. Smooth functions without closed forms, preactivations with standard deviations up to 2.5:
the error is below 1e-9 and the stated one below 1e-8, without being asked; `--samples` sets the number of nodes.
"""
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import golden_test

POINTS = [(1.0, 0.3), (-0.4, 0.8), (1.1, -1.2), (1.0, 0.3), (-1.0, -0.3), (0.0, 0.0)]
DEVIATION = 1.5


def sigmoid(u):
    return 0.5 * (1.0 + math.tanh(0.5 * u))


# name: (in the language, phi, phi')
FUNCTIONS = {
    "tanh": ("tanh({})", math.tanh, lambda u: 1.0 - math.tanh(u) ** 2),
    "sigmoid": ("sigmoid({})", sigmoid, lambda u: sigmoid(u) * (1.0 - sigmoid(u))),
    "silu": ("silu({})", lambda u: u * sigmoid(u), lambda u: sigmoid(u) * (1.0 + u * (1.0 - sigmoid(u)))),
    "root": ("root({})", lambda u: math.sqrt(u * u + 1.0), lambda u: u / math.sqrt(u * u + 1.0)),
}
NETWORKS = [("tanh",), ("root",), ("tanh", "tanh"), ("silu", "tanh")]


def program(network):
    text = "model m\nwidth n\ndim d = 2\ndim k = 1\nfn root(h) = sqrt(h * h + 1)\n"
    text += f"param U : [n, d] init normal(std = {DEVIATION})\n"
    text += "".join(f"param W{l} : [n, n] init normal(std = {DEVIATION})\n" for l in range(2, len(network) + 1))
    text += "param V : [k, n] init normal(std = 1)\ndef net(x : [d]) -> [k] {\n"
    for l, name in enumerate(network, 1):
        text += f"  z{l} = {FUNCTIONS[name][0].format('U @ x' if l == 1 else f'W{l} @ z{l - 1}')}\n"
    text += f"  return V @ z{len(network)}\n}}\ndata train : x[d], y[k] {{\n"
    text += "".join(f"  {x} {y}  1\n" for x, y in POINTS)
    return text + "}\ntrain {\n  data = train\n  loss = mse(net(x), y)\n  optimizer = sgd(lr = 0.1)\n  steps = 0\n}\n" \
                  "parametrization ntp\n"


def simpson(function, terms):
    """E function(Z) over [-9, 9], by Simpson's rule."""
    step = 18.0 / terms
    total = 0.0
    for i in range(terms + 1):
        z = -9.0 + step * i
        weight = 1.0 if i in (0, terms) else 4.0 if i % 2 else 2.0
        total += weight * math.exp(-0.5 * z * z) * function(z)
    return total * step / 3.0 / math.sqrt(2.0 * math.pi)


def moment(function, p, q, s, cache={}):
    key = (function, p, q, s)
    if key not in cache:
        c = max(-1.0, min(1.0, s / math.sqrt(p * q))) if p * q > 0.0 else 0.0
        sine = math.sqrt(1.0 - c * c) if 1.0 - abs(c) > 1e-13 else 0.0
        a, b = math.sqrt(p), math.sqrt(q)
        if sine == 0.0:
            cache[key] = simpson(lambda z: function(a * z) * function(b * c * z), 2000)
        else:
            cache[key] = simpson(lambda z: function(a * z) * simpson(lambda y: function(b * (c * z + sine * y)), 400), 400)
    return cache[key]


def kernels(network, pairs):
    value = {(i, j): sum(a * b for a, b in zip(POINTS[i], POINTS[j])) for i, j in pairs}
    kernel = dict.fromkeys(pairs, 0.0)
    for l, name in enumerate(network, 1):
        _, phi, slope = FUNCTIONS[name]
        variance = {pair: DEVIATION**2 * value[pair] for pair in pairs}
        kernel = {pair: DEVIATION**2 * kernel[pair] + value[pair] for pair in pairs}
        arguments = {(i, j): (variance[i, i], variance[j, j], variance[i, j]) for i, j in pairs}
        value = {pair: moment(phi, *arguments[pair]) for pair in pairs}
        kernel = {pair: kernel[pair] * moment(slope, *arguments[pair]) for pair in pairs}
    return value, {pair: kernel[pair] + value[pair] for pair in pairs}


def check(executable, path, network):
    path.write_text(program(network))
    result = golden_test.tpc(executable, "run", str(path), "--threads", "1")
    assert result["method"] == "quadrature", result["method"]
    chosen = [(0, 1), (0, 2), (0, 3), (0, 4), (2, 5)]
    pairs = sorted(set(chosen) | {(i, i) for pair in chosen for i in pair})
    worst = 0.0
    for quantity, expected in zip(("nngp", "kernel"), kernels(network, pairs)):
        for i, j in pairs:
            error = abs(result[quantity][i][j] - expected[i, j]) / max(1.0, abs(expected[i, j]))
            stated = result[quantity + "_stderr"][i][j] / max(1.0, abs(expected[i, j]))
            worst = max(worst, error)
            assert error < 1e-9 and stated < 1e-8, f"{quantity}[{i}][{j}] is off by {error}, stated {stated}"
    return f"{result['samples']} nodes, off by {worst:.1g}"


def check_samples(executable, path):
    path.write_text(program(("tanh",)))
    for method in ((), ("--method", "quadrature")):
        result = golden_test.tpc(executable, "run", str(path), *method, "--samples", "20")
        assert result["samples"] == 20 and result["method"] == "quadrature"
        assert max(golden_test.flat(result["kernel_stderr"])) > 1e-8, "the error is that of 20 nodes"
        done = subprocess.run([executable, "run", str(path), *method, "--samples", "2048"], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 1 and "at most 512" in done.stderr, done.stderr


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "m.tp"
        for network in NETWORKS:
            print(f"{' '.join(network)}: {check(sys.argv[1], path, network)}")
        check_samples(sys.argv[1], path)


if __name__ == "__main__":
    main()
