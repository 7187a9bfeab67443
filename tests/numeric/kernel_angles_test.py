"""Kernels in closed form for inputs at all angles, against the same recursion (math.md 5b) in 60 digits.

Usage: kernel_angles_test.py TPC. Inputs: parallel, opposite, equal, zero, at right angles, and nearly parallel at angles
down to 2^-40, of very different sizes. A small angle is what the first covariances carry in 1 - c, and every jump takes
its square root, so that 1 - c rounded to 53 bits would be seen in the first digit after a few layers.
"""
import itertools
import sys
import tempfile
from decimal import Decimal as D
from decimal import getcontext
from pathlib import Path

import golden_test

getcontext().prec = 60
PI = D("3.14159265358979323846264338327950288419716939937510582097494459")
TOLERANCE = D("1e-9")
# What a smooth function makes of two values is known by inner products alone: angles below 64 roundings of 1 - c, 1.2e-7,
# are none (passes/gaussian/README.md), and a jump behind it is off by as much over pi.
SMOOTH_TOLERANCE = D("4e-8")

# Exactly representable, or exactly parallel as decimals.
ALL_INPUTS = [("3", "0.9"), ("0.7", "0.21"), ("1", "0.3"), ("1", "0.3"), ("-1", "-0.3"), ("0", "0"), ("-0.6", "2"),
          ("0.5", "0.25"), ("0.5", str(D("0.25") + D(2) ** -30)), ("0.5", str(D("0.25") + D(2) ** -40)),
          ("-0.5", str(-D("0.25") - D(2) ** -27)), (str(D(2) ** -50), str(D(2) ** -51)), ("1048576", "524288")]

# Beside a bias sizes count too, which are known to 53 bits: a difference of 2^-40 to four digits, which five jumps show.
INPUTS_BESIDE_BIASES = [x for x in ALL_INPUTS if x[1] != str(D("0.25") + D(2) ** -40)]


def arctangent(x):
    """By halving the argument three times: atan x = 2 atan(x / (1 + sqrt(1 + x^2)))."""
    halvings = 0
    while abs(x) > D("0.02"):
        x, halvings = x / (1 + (1 + x * x).sqrt()), halvings + 1
    term, result, k = x, D(0), 0
    while abs(term) > D("1e-70"):
        result += term / (2 * k + 1) * (-1) ** k
        term, k = term * x * x, k + 1
    return result * 2**halvings


def arcsine_of(s, variances):
    """asin(s / sqrt(variances)); 0 without variance."""
    if variances == 0:
        return D(0)
    rest = variances - s * s
    if rest <= D("1e-55") * variances:
        return (PI / 2).copy_sign(s)
    return arctangent(s / rest.sqrt())


def of_sign(p, q, s):
    return 2 / PI * arcsine_of(s, p * q)


def of_step(p, q, s):
    return (D(p != 0 and q != 0) + of_sign(p, q, s)) / 4


def of_abs(p, q, s):
    return 2 / PI * (max(D(0), p * q - s * s).sqrt() + s * arcsine_of(s, p * q))


def of_relu(p, q, s):
    return (s + of_abs(p, q, s)) / 4


def of_erf(p, q, s):
    return 2 / PI * arcsine_of(2 * s, (1 + 2 * p) * (1 + 2 * q))


def of_erf_slope(p, q, s):
    return 4 / PI / ((1 + 2 * p) * (1 + 2 * q) - 4 * s * s).sqrt()


def nothing(p, q, s):
    return D(0)


def of_leaky(p, q, s):  # u for u > 0, else u / 4: 5/8 u + 3/8 |u|
    return (25 * s + 9 * of_abs(p, q, s)) / 64


def of_leaky_slope(p, q, s):
    return (25 * D(p != 0 and q != 0) + 9 * of_sign(p, q, s)) / 64


# name: (in the language, E phi phi, E phi' phi')
FUNCTIONS = {"sign": ("sign({})", of_sign, nothing), "step": ("step({})", of_step, nothing),
             "abs": ("abs({})", of_abs, of_sign), "relu": ("relu({})", of_relu, of_step),
             "erf": ("erf({})", of_erf, of_erf_slope), "leaky": ("leaky_relu({}, 0.25)", of_leaky, of_leaky_slope)}
NETWORKS = [("sign",) * 5, ("step",) * 4, ("relu",) * 4, ("abs",) * 3, ("erf",) * 3, ("leaky",) * 3, ("relu", "sign"),
            ("sign", "relu", "step"), ("abs", "sign", "relu"), ("leaky", "sign", "sign"), ("step", "abs", "sign"),
            ("erf", "relu"), ("relu", "erf", "sign"), ("identity", "sign", "sign")]
FUNCTIONS["identity"] = ("{}", lambda p, q, s: s, lambda p, q, s: D(1))


def inputs_for(bias):
    return INPUTS_BESIDE_BIASES if bias else ALL_INPUTS


def program(network, bias):
    text = "model m\nwidth n\ndim d = 2\ndim k = 1\nparam U : [n, d] init normal(std = 1)\n"
    text += "".join(f"param W{l} : [n, n] init normal(std = 1.5)\n" for l in range(2, len(network) + 1))
    text += "".join(f"param b{l} : [n] init normal(std = 0.5)\n" for l in range(1, bias * len(network) + 1))
    text += "param V : [k, n] init normal(std = 1)\ndef net(x : [d]) -> [k] {\n"
    for l, name in enumerate(network, 1):
        product = ("U @ x" if l == 1 else f"W{l} @ z{l - 1}") + (f" + b{l}" if bias else "")
        text += f"  z{l} = {FUNCTIONS[name][0].format(product)}\n"
    text += f"  return V @ z{len(network)}\n}}\ndata train : x[d], y[k] {{\n"
    text += "".join(f"  {x} {y}  1\n" for x, y in inputs_for(bias))
    return text + "}\ntrain {\n  data = train\n  loss = mse(net(x), y)\n  optimizer = sgd(lr = 0.1)\n  steps = 0\n}\n" \
                  "parametrization ntp\n"


def kernels(network, bias):
    """[points, points] of the covariance of f_0 and of the kernel."""
    points = [(D(x), D(y)) for x, y in inputs_for(bias)]
    pairs = [(i, j) for i in range(len(points)) for j in range(len(points))]
    value = {(i, j): points[i][0] * points[j][0] + points[i][1] * points[j][1] for i, j in pairs}
    kernel = {pair: D(0) for pair in pairs}
    for l, name in enumerate(network, 1):
        _, moment, slope = FUNCTIONS[name]
        inputs = value
        variance = {pair: D("1" if l == 1 else "2.25") * inputs[pair] + D("0.25") * bias for pair in pairs}
        # The kernel of the preactivations: that of what it is made of, and of its own weights and bias.
        kernel = {pair: D("2.25") * kernel[pair] + inputs[pair] + bias for pair in pairs}
        arguments = {(i, j): (variance[i, i], variance[j, j], variance[i, j]) for i, j in pairs}
        value = {pair: moment(*arguments[pair]) for pair in pairs}
        kernel = {pair: kernel[pair] * slope(*arguments[pair]) for pair in pairs}
    return value, {pair: kernel[pair] + value[pair] for pair in pairs}


def check(executable, path, network, bias):
    path.write_text(program(network, bias))
    result = golden_test.tpc(executable, "run", str(path), "--threads", "1")
    assert result["method"] == "exact", result["method"]
    worst, inputs = D(0), inputs_for(bias)
    tolerance = SMOOTH_TOLERANCE if "erf" in network[:-1] and set(network) != {"erf"} else TOLERANCE
    for quantity, expected in zip(("nngp", "kernel"), kernels(network, bias)):
        for i, j in itertools.product(range(len(inputs)), repeat=2):
            own = D(result[quantity][i][j])
            scale = max(D(1), (expected[i, i] * expected[j, j]).sqrt())
            error = abs(own - expected[i, j]) / scale
            worst = max(worst, error)
            assert error <= tolerance, \
                f"{quantity} of {inputs[i]} and {inputs[j]}: {own} instead of {expected[i, j]:.17g}"
    return worst


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        for network, bias in itertools.product(NETWORKS, (0, 1)):
            name = " ".join(network) + (" with biases" if bias else "")
            try:
                print(f"{name}: {check(sys.argv[1], Path(directory) / 'm.tp', network, bias):.2g}")
            except AssertionError as failure:
                failures += 1
                print(f"FAILED {name}: {failure}")
    sys.exit(f"{failures} failures" if failures else 0)


if __name__ == "__main__":
    main()
