"""The kernel regime of small programs by the method that is chosen for them, against sampling and finite networks.

Usage: kernel_methods_test.py TPC. Every architecture below, at two points of the kernel regime:
- the method is the one expected: closed forms, Gauss-Hermite sums, or sampling;
- kernel, covariance of f_0 and outputs agree with `--method qmc` within its standard errors;
- sums over nodes are as good as they say: compared to many more nodes.
A few against the mean over finite networks.
"""
import concurrent.futures
import math
import os
import sys
import tempfile
from pathlib import Path

import golden_test

NTP, SP = "parametrization ntp", "parametrization sp { lr : c = 1 }"
SIGMAS = 4.5  # of thousands of comparisons

HEADER = """model m
width n
dim d = 2
dim T = 3
dim k = 1
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1.3)
param V : [k, n] init normal(std = 1)
"""
TRAINING = """data train : x[d], y[k] {
   1.0  0.3    1.0
  -0.4  0.8   -1.0
   0.9  0.35   0.5
}
data test : x[d] {
   0.5  0.5
  -1.0  0.2
}
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.1)
  steps = 3
}
"""
TOKENS = """data train : x[T], y[k] {
   0.1  0.5 -0.3   1.0
   0.8 -0.2  0.4  -1.0
}
""" + TRAINING[TRAINING.index("train {\n  data"):]
TOKEN_VECTORS = """data train : x[T, d], y[k] {
   0.1  0.5 -0.3  0.7  0.2 -0.6   1.0
   0.8 -0.2  0.4  0.3 -0.9  0.1  -1.0
}
""" + TRAINING[TRAINING.index("train {\n  data"):]


def mlp(first, second=None, extra=""):
    return (HEADER + extra + "def net(x : [d]) -> [k] {\n"
            f"  z1 = {first.format('U @ x')}\n  z2 = {(second or first).format('W @ z1')}\n  return V @ z2\n}}\n" + TRAINING)


def net(body, parameters="", arguments="x : [d]", data=TRAINING):
    return HEADER + parameters + f"def net({arguments}) -> [k] {{\n{body}\n}}\n" + data


def layernorm(name):
    return net(f"  z1 = {name}(g * layernorm(U @ x) + b)\n  z2 = {name}(layernorm(W @ z1))\n  return V @ z2",
               "param g : [n] init constant(1)\nparam b : [n] init zero\n")


# name: (program, expected method)
CASES = {name: (mlp(name + "({})"), method) for name, method in {
    "identity": "exact", "relu": "exact", "abs": "exact", "erf": "exact", "sin": "exact", "cos": "exact",
    "square": "exact", "gelu": "exact", "tanh": "quadrature", "sigmoid": "quadrature", "softplus": "quadrature",
    "silu": "quadrature"}.items()}
CASES |= {
    "leaky_relu": (mlp("leaky_relu({}, 0.1)"), "exact"),
    "exp": (mlp("exp(0.3 * ({}))"), "exact"),
    "step features": (mlp("step({})", "relu({})"), "exact"),
    "sign features": (mlp("sign({})", "relu({})"), "exact"),
    "polynomial": (mlp("hermite({})", extra="fn hermite(u) = 0.3 * (u ^ 3 - 3 * u) + 0.5 * u\n"), "exact"),
    "steep tanh": (mlp("tanh(3 * ({}))"), "quadrature"),
    "swish of one's own": (mlp("swish({})", extra="fn swish(u) = u * sigmoid(2 * u)\n"), "quadrature"),
    "shifted relu": (mlp("relu({} - 0.5)"), "qmc"),
    "biases": (net("  z1 = relu(U @ x + b)\n  z2 = relu(W @ z1 + c)\n  return V @ z2",
                   "param b : [n] init normal(std = 0.5)\nparam c : [n] init zero\n"), "exact"),
    "residual": (net("  z = U @ x\n  z = z + 0.5 * tanh(W @ z)\n  z = z + 0.5 * tanh(A @ z)\n  return V @ z",
                     "param A : [n, n] init normal(std = 1)\n"), "quadrature"),
    "residual relu": (net("  z = U @ x\n  z = z + 0.5 * relu(W @ z)\n  return V @ relu(z)"), "qmc"),
    "rnn": (net("  h = tanh(u * x[1] + b)\n  for j in 2..T { h = tanh(W @ h + u * x[j] + b) }\n  return V @ h",
                "param u : [n] init normal(std = 1)\nparam b : [n] init zero\n", "x : [T]", TOKENS), "quadrature"),
    "layernorm relu": (layernorm("relu"), "exact"),
    "layernorm tanh": (layernorm("tanh"), "quadrature"),
    "gated": (net("  h = tanh(U @ x)\n  z = (W @ h) * sigmoid(G @ h)\n  return V @ z",
                  "param G : [n, n] init normal(std = 1)\n"), "quadrature"),
    "attention": (net("  for i in 1..T { e[i] = U @ x[i] }\n"
                      "  for i in 1..T { s[i] = mean((Q @ e[T]) * (W @ e[i])) }\n  a = softmax(s[1..T])\n  o = e[T]\n  for i in 1..T { o = o + a[i] * (P @ e[i]) }\n"
                      "  return V @ tanh(o)",
                      "param Q : [n, n] init normal(std = 1)\nparam P : [n, n] init normal(std = 1)\n",
                      "x : [T, d]", TOKEN_VECTORS), "quadrature"),
    "tied": (net("  c = tanh(W @ tanh(U @ x))\n  return V @ tanh(W.T @ c)"), "qmc"),
}
FINITE = ["relu", "gelu", "rnn", "layernorm relu", "attention", "residual", "shifted relu", "tied"]


def tpc(executable, *arguments):
    return golden_test.tpc(executable, *arguments, "--threads", "1")


def flat(nested):
    if isinstance(nested, dict):
        nested = list(nested.values())
    return [value for inner in nested for value in flat(inner)] if isinstance(nested, list) else [float(nested or 0)]


def errors_of(result, name, count):
    errors = result.get(name + "_stderr")
    return flat(errors) if errors else [0.0] * count


QUANTITIES = ("kernel", "nngp", "outputs", "loss")


def worst_of(name, result, reference, factor, floor):
    """The largest difference in units of what is allowed, in each quantity."""
    worst = 0.0
    for quantity in QUANTITIES:
        if quantity not in reference and quantity not in result:
            continue
        own, other = flat(result[quantity]), flat(reference[quantity])
        assert len(own) == len(other) and all(map(math.isfinite, own)), f"{name}: {quantity}"
        for a, b, e, f in zip(own, other, errors_of(result, quantity, len(own)),
                              errors_of(reference, quantity, len(own))):
            allowed = factor * math.hypot(e, f) + floor * (1.0 + abs(b))
            if abs(a - b) > worst * allowed:
                worst = abs(a - b) / allowed
                where = f"{quantity}: {a} and {b}, allowed {allowed:.2g}"
    assert worst <= 1.0, f"{name}: {where}"
    return worst


def check(executable, directory, name, program, method, number):
    path = directory / f"{number}.tp"
    report = []
    for point in (NTP, SP):
        path.write_text(program + point + "\n")
        result = tpc(executable, "run", str(path))
        assert result["regime"] == "kernel", f"{name}: {result['regime']}"
        assert result["method"] == method, f"{name}: method {result['method']} instead of {method}"
        if method != "qmc":
            sampled = tpc(executable, "run", str(path), "--method", "qmc", "--samples", "2048", "--replicas", "16",
                          "--seed", "3")
            assert sampled["method"] == "qmc"
            report.append(worst_of(name + ", sampled", result, sampled, SIGMAS, 1e-6))
        if method == "quadrature":
            fine = tpc(executable, "run", str(path), "--method", "quadrature", "--samples", "512")
            report.append(worst_of(name + ", nodes", result, {**fine, **{q + "_stderr": None for q in QUANTITIES}},
                                   5.0, 1e-9))
    if name in FINITE:
        path.write_text(program + NTP + "\n")
        report.append(finite(executable, path, name))
    return f"{name}: {method}, worst differences " + " ".join(f"{x:.2f}" for x in report)


def finite(executable, path, name):
    """The mean over networks against that over initial functions."""
    result = tpc(executable, "run", str(path))
    networks = tpc(executable, "simulate", str(path), "--width", "1024", "--seeds", "64", "--seed", "5")
    own, other = flat(result["outputs"]), flat(networks["outputs"])
    errors = zip(errors_of(result, "outputs", len(own)), flat(networks["outputs_stderr"]))
    worst = max(abs(a - b) / (5.0 * math.hypot(e, f) + 1e-3) for a, b, (e, f) in zip(own, other, errors))
    assert worst <= 1.0, f"{name}: the mean over networks is {worst:.2f} times what is allowed away"
    return worst


def main():
    executable = sys.argv[1]
    failures = []
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(check, executable, Path(directory), name, program, method, number)
                for number, (name, (program, method)) in enumerate(CASES.items())
                if len(sys.argv) < 3 or name in sys.argv[2:]]
        for job in jobs:
            try:
                print(job.result(), flush=True)
            except AssertionError as failure:
                failures.append(str(failure))
                print(f"FAILED {failure}", flush=True)
    sys.exit(f"{len(failures)} failures" if failures else 0)


if __name__ == "__main__":
    main()
