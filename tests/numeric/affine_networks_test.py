"""Affine networks by `tpc run`, which are exact, against the Master Theorem carried out on names.

Usage: affine_networks_test.py TPC. Here a random variable is a linear combination of named Gaussians, one new name for
every hatZ; covariances follow from ZHat, and dotZ is read off as the coefficients of the hatZ of the transpose (ZDot):
no basis, no orthogonalisation, nothing in common with the runtime. One to four hidden layers, momentum, weight decay,
biases, minibatches, cross entropy, a matrix used with its transpose: agreement to 1e-10.
"""
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import golden_test

INPUTS = [(1.0, 0.3), (-0.4, 0.8), (0.2, -1.1), (0.7, 0.9)]
TARGETS = [(0.6, 0.4), (0.1, 0.9), (0.8, 0.2), (0.5, 0.5)]
TESTS = [(0.5, 0.5), (-1.0, -0.2)]
OUTPUTS = 2

CASES = {  # name: layers, sigma of hidden weights, options
    "one layer": dict(layers=1, steps=6, lr=0.3),
    "momentum and decay": dict(layers=2, steps=6, lr=0.1, momentum=0.8, decay=0.05),
    "biases": dict(layers=2, steps=5, lr=0.1, bias=True),
    "minibatches, cross entropy": dict(layers=3, steps=6, lr=0.1, batch=2, loss="cross_entropy"),
    "three layers, momentum": dict(layers=3, steps=4, lr=0.05, momentum=0.5, decay=0.1),
    "four layers": dict(layers=4, steps=4, lr=0.04),
    "transposed": dict(layers=3, steps=5, lr=0.05, tied=True),
    "transposed, momentum": dict(layers=3, steps=4, lr=0.05, tied=True, momentum=0.7, decay=0.05),
}
SIGMA = {"U": 0.9, "W": 1.2, "V": 1.1}


class Gaussians:
    """Names of Gaussian variables and their covariances."""

    def __init__(self):
        self.kinds, self.arguments, self.known = [], [], {}

    def new(self, kind, argument=None):
        self.kinds.append(kind)
        self.arguments.append(argument)
        return len(self.kinds) - 1

    def covariance(self, a, b):
        if a == b and self.arguments[a] is None:
            return 1.0
        if self.kinds[a] != self.kinds[b] or self.arguments[a] is None:
            return 0.0
        key = (min(a, b), max(a, b))
        if key not in self.known:
            self.known[key] = SIGMA["W"] ** 2 * self.mean(self.arguments[a], self.arguments[b])
        return self.known[key]

    def mean(self, x, y):
        return sum(p * q * self.covariance(a, b) for a, p in x.items() for b, q in y.items())


def combination(*terms):
    result = {}
    for factor, vector in terms:
        for name, value in vector.items():
            result[name] = result.get(name, 0.0) + factor * value
    return result


class Matrix:
    """own W_0 + sum of factor u (x) y, and the same of its momentum."""

    def __init__(self, gaussians, name):
        self.gaussians, self.name = gaussians, name
        self.own, self.own_momentum = 1.0, 0.0
        self.terms = []  # [factor, factor of the momentum, u, y]

    def initial(self, x, transposed):
        g = self.gaussians
        dots = []
        for name, value in x.items():
            if g.kinds[name] == (self.name, not transposed) and g.arguments[name] is not None:
                dots.append((SIGMA["W"] ** 2 * value, g.arguments[name]))
        return combination((1.0, {g.new((self.name, transposed), x): 1.0}), *dots)

    def apply(self, x, transposed=False):
        parts = [(self.own, self.initial(x, transposed))]
        for factor, _, u, y in self.terms:
            parts.append((factor * self.gaussians.mean(u if transposed else y, x), y if transposed else u))
        return combination(*parts)

    def step(self, gradient, lr, momentum, decay):
        self.own_momentum = momentum * self.own_momentum + decay * self.own
        for term in self.terms:
            term[1] = momentum * term[1] + decay * term[0]
        self.terms += [[0.0, factor, u, y] for factor, u, y in gradient]
        self.own -= lr * self.own_momentum
        for term in self.terms:
            term[0] -= lr * term[1]


class Vector:
    def __init__(self, value):
        self.value, self.momentum = value, {}

    def step(self, gradient, lr, momentum, decay):
        self.momentum = combination((momentum, self.momentum), (1.0, gradient), (decay, self.value))
        self.value = combination((1.0, self.value), (-lr, self.momentum))


class Network:
    def __init__(self, case):
        self.case, self.g = case, Gaussians()
        self.u = [Vector({self.g.new("U"): SIGMA["U"]}) for _ in range(2)]
        self.bias = Vector({})
        self.v = [Vector({self.g.new("V"): SIGMA["V"]}) for _ in range(OUTPUTS)]
        count = case["layers"] - 1
        one = Matrix(self.g, "W") if case.get("tied") else None
        self.hidden = [(one, l % 2 == 1) if one else (Matrix(self.g, f"W{l}"), False) for l in range(count)]

    def forward(self, x):
        values = [combination((x[0], self.u[0].value), (x[1], self.u[1].value), (1.0, self.bias.value))]
        for matrix, transposed in self.hidden:
            values.append(matrix.apply(values[-1], transposed))
        return values, [self.g.mean(v.value, values[-1]) for v in self.v]

    def loss(self, f, y):
        if self.case.get("loss") == "cross_entropy":
            total = math.log(sum(math.exp(value) for value in f))
            return sum(q * (total - p) for p, q in zip(f, y)), [
                sum(y) * math.exp(p - total) - q for p, q in zip(f, y)
            ]
        return 0.5 * sum((p - q) ** 2 for p, q in zip(f, y)), [p - q for p, q in zip(f, y)]

    def step(self, batch):
        case = self.case
        runs = [(x, *self.forward(x), y) for x, y in batch]
        backward = []  # by output: the gradient at each layer, the last first
        for v in self.v:
            gradients = [v.value]
            for matrix, transposed in reversed(self.hidden):
                gradients.append(matrix.apply(gradients[-1], not transposed))
            backward.append(gradients)
        mean_loss, for_v, for_u, for_bias = 0.0, [[] for _ in self.v], [[], []], []
        for_matrices = {id(matrix): (matrix, []) for matrix, _ in self.hidden}
        for x, values, f, y in runs:
            loss, chi = self.loss(f, y)
            mean_loss += loss / len(runs)
            for o, error in enumerate(chi):
                factor = error / len(runs)
                for_v[o].append((factor, values[-1]))
                for j in range(2):
                    for_u[j].append((factor * x[j], backward[o][-1]))
                for_bias.append((factor, backward[o][-1]))
                for l, (matrix, transposed) in enumerate(self.hidden):
                    out, into = backward[o][len(self.hidden) - 1 - l], values[l]
                    pair = (into, out) if transposed else (out, into)
                    for_matrices[id(matrix)][1].append((factor, *pair))
        settings = (case["lr"], case.get("momentum", 0.0), case.get("decay", 0.0))
        for matrix, gradient in for_matrices.values():
            matrix.step(gradient, *settings)
        for vector, gradient in zip(self.v + self.u, for_v + for_u):
            vector.step(combination(*gradient), *settings)
        if case.get("bias"):
            self.bias.step(combination(*for_bias), *settings)
        return mean_loss


def expected(case):
    network, trajectory, losses = Network(case), [], []
    data = list(zip(INPUTS, TARGETS))
    batch = case.get("batch", len(data))
    for t in range(case["steps"] + 1):
        trajectory.append([network.forward(x)[1] for x in INPUTS + TESTS])
        if t < case["steps"]:
            losses.append(network.step([data[(t * batch + i) % len(data)] for i in range(batch)]))
    return trajectory, losses


def program(case):
    text = f"model m\nwidth n\ndim d = 2\ndim k = {OUTPUTS}\nparam U : [n, d] init normal(std = {SIGMA['U']})\n"
    names = [("W" if l % 2 == 0 else "W.T") if case.get("tied") else f"W{l}" for l in range(case["layers"] - 1)]
    for name in dict.fromkeys(name.removesuffix(".T") for name in names):
        text += f"param {name} : [n, n] init normal(std = {SIGMA['W']})\n"
    if case.get("bias"):
        text += "param b : [n] init zero\n"
    text += f"param V : [k, n] init normal(std = {SIGMA['V']})\ndef net(x : [d]) -> [k] {{\n  z = U @ x"
    text += (" + b" if case.get("bias") else "") + "\n"
    text += "".join(f"  z = {name} @ z\n" for name in names) + "  return V @ z\n}\n"
    rows = "".join(f"  {x[0]} {x[1]}  {y[0]} {y[1]}\n" for x, y in zip(INPUTS, TARGETS))
    text += f"data train : x[d], y[k] {{\n{rows}}}\n"
    text += "data test : x[d] {\n" + "".join(f"  {x[0]} {x[1]}\n" for x in TESTS) + "}\n"
    optimizer = f"lr = {case['lr']}, momentum = {case.get('momentum', 0.0)}, weight_decay = {case.get('decay', 0.0)}"
    text += f"train {{\n  data = train\n  loss = {case.get('loss', 'mse')}(net(x), y)\n  optimizer = sgd({optimizer})\n"
    return text + f"  batch = {case.get('batch', 'full')}\n  steps = {case['steps']}\n}}\nparametrization mup\n"


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "m.tp"
        for name, case in CASES.items():
            path.write_text(program(case))
            result = golden_test.tpc(sys.argv[1], "run", str(path), "--record", "all")
            assert result["method"] == "exact", result["method"]
            trajectory, losses = expected(case)
            own = [a + b for a, b in zip(result["outputs"]["train"], result["outputs"]["test"])]
            pairs = list(zip(golden_test.flat(own), golden_test.flat(trajectory))) + list(zip(result["loss"], losses))
            worst = max(abs(a - b) for a, b in pairs)
            print(f"{name}: off by {worst:.2g}")
            assert worst < 1e-10, name


if __name__ == "__main__":
    main()
