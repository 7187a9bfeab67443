"""One hidden layer of which both weights learn, beyond sampling: `tpc run` against references of other kinds.

Usage: one_hidden_layer_test.py TPC smooth|polynomial|kinks
The inputs are on a line in the plane, so that two Gaussian variables are left, one of U and one of V.
- smooth nonlinearities: by quadrature, against a product of Simpson's rules; true and stated errors are below 1e-8;
- polynomials: exact, against polynomials as lists of coefficients whose expectations are Wick's (k - 1)!!;
- kinks: by quadrature to rounding, against arcs of the circle of directions that are cut wherever an argument changes sign.
"""
import math
import sys
import tempfile
from pathlib import Path

import golden_test

DIRECTION = (1.0, 0.5)
POSITIONS, TARGETS = [1.0, -0.5, 0.25], [1.0, -0.5, 0.8]
TESTS = [0.75, -1.0]
SIGMA_U, SIGMA_V, RATE = 1.1, 0.9, 0.25
POLYNOMIAL_RATE = 0.02
SCALE = SIGMA_U * math.hypot(*DIRECTION)  # of the one Gaussian that inputs at position 1 meet


def program(network, steps, functions="", rate=RATE):
    text = f"model m\nwidth n\ndim d = 2\ndim k = 1\n{functions}param U : [n, d] init normal(std = {SIGMA_U})\n"
    text += f"param V : [k, n] init normal(std = {SIGMA_V})\ndef net(x : [d]) -> [k] {{\n  return V @ ({network})\n}}\n"
    point = lambda a: f"{a * DIRECTION[0]} {a * DIRECTION[1]}"
    text += "data train : x[d], y[k] {\n" + "".join(f"  {point(a)}  {y}\n" for a, y in zip(POSITIONS, TARGETS))
    text += "}\ndata test : x[d] {\n" + "".join(f"  {point(a)}\n" for a in TESTS) + "}\n"
    text += f"train {{\n  data = train\n  loss = mse(net(x), y)\n  optimizer = sgd(lr = {rate})\n"
    return text + f"  batch = full\n  steps = {steps}\n}}\nparametrization mup\n"


def run(executable, text, *options):
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "m.tp"
        path.write_text(text)
        return golden_test.tpc(executable, "run", str(path), "--record", "all", *options)


def compare(name, result, reference, allowed):
    own = [a + b for a, b in zip(result["outputs"]["train"], result["outputs"]["test"])]
    pairs = list(zip(golden_test.flat(own), golden_test.flat(reference)))
    assert len(pairs) == len(golden_test.flat(reference))
    error = max(abs(a - b) for a, b in pairs)
    stated = max(golden_test.flat([result["outputs_stderr"][s] for s in ("train", "test")] if result["outputs_stderr"] else [0.0]))
    print(f"{name}: {result['method']}, {result['samples']} nodes, off by {error:.2g}, stated {stated:.2g}")
    assert error < allowed, name
    return stated


def train(steps, features, slopes, expect, start_u, start_v, add, rate=RATE):
    """The limit at points of any kind: u the preactivation at position 1, v the readout; both move (math.md 5a)."""
    u, v, trajectory = start_u, start_v, []
    length = sum(c * c for c in DIRECTION)
    for step in range(steps + 1):
        z = [features(u, a) for a in POSITIONS + TESTS]
        f = [expect(v, each) for each in z]
        trajectory.append(f)
        if step == steps:
            return trajectory
        chi = [(f[i] - TARGETS[i]) / len(TARGETS) for i in range(len(TARGETS))]
        forces = [(-rate * chi[i] * a * length, slopes(u, a, v)) for i, a in enumerate(POSITIONS)]
        u, v = add(u, forces), add(v, [(-rate * c, each) for c, each in zip(chi, z)])


# ---- smooth ---------------------------------------------------------------------------------------------------------

def sigmoid(u):
    return 1.0 / (1.0 + math.exp(-u)) if u > 0 else math.exp(u) / (1.0 + math.exp(u))


def normal_distribution(u):
    return 0.5 * math.erfc(-u / math.sqrt(2.0))


SMOOTH = {  # in the language: phi, phi'
    "tanh": (math.tanh, lambda u: 1.0 - math.tanh(u) ** 2),
    "erf": (math.erf, lambda u: 2.0 / math.sqrt(math.pi) * math.exp(-u * u)),
    "softplus": (lambda u: max(u, 0.0) + math.log1p(math.exp(-abs(u))), sigmoid),
    "gelu": (
        lambda u: u * normal_distribution(u),
        lambda u: normal_distribution(u) + u * math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi),
    ),
    "sin": (math.sin, math.cos),
}


def simpson_rule(terms):
    step = 18.0 / terms
    nodes = [-9.0 + step * i for i in range(terms + 1)]
    weights = [
        (1.0 if i in (0, terms) else 4.0 if i % 2 else 2.0) * math.exp(-0.5 * z * z) * step / 3.0 / math.sqrt(2 * math.pi)
        for i, z in enumerate(nodes)
    ]
    return nodes, weights


def smooth_reference(phi, slope, steps):
    nodes, weights = simpson_rule(240)
    points = [(a, b, p * q) for a, p in zip(nodes, weights) for b, q in zip(nodes, weights) if p * q > 1e-17]
    joint = [w for _, _, w in points]
    return train(
        steps,
        lambda u, a: [phi(a * x) for x in u],
        lambda u, a, v: [slope(a * x) * y for x, y in zip(u, v)],
        lambda v, z: sum(w * p * q for w, p, q in zip(joint, v, z)),
        [SCALE * a for a, _, _ in points],
        [SIGMA_V * b for _, b, _ in points],
        lambda x, terms: [value + sum(c * t[i] for c, t in terms) for i, value in enumerate(x)],
    )


def smooth(executable):
    for name, (phi, slope) in SMOOTH.items():
        result = run(executable, program(f"{name}(U @ x)", 3))
        assert result["method"] == "quadrature", result["method"]
        assert compare(name, result, smooth_reference(phi, slope, 3), 1e-8) < 1e-8


# ---- polynomials ----------------------------------------------------------------------------------------------------

def add_polynomials(*terms):
    result = {}
    for factor, polynomial in terms:
        for powers, c in polynomial.items():
            result[powers] = result.get(powers, 0.0) + factor * c
    return result


def multiply(p, q):
    result = {}
    for (i, j), c in p.items():
        for (k, l), d in q.items():
            result[i + k, j + l] = result.get((i + k, j + l), 0.0) + c * d
    return result


def moment(k):
    return 0.0 if k % 2 else math.prod(range(1, k, 2))


def wick(p, q):
    """E p q of polynomials in two independent Gaussians."""
    return math.fsum(c * d * moment(i + k) * moment(j + l) for (i, j), c in p.items() for (k, l), d in q.items())


def substitute(coefficients, u):
    power, terms = {(0, 0): 1.0}, []
    for c in coefficients:
        terms.append((c, power))
        power = multiply(power, u)
    return add_polynomials(*terms)


POLYNOMIALS = {  # in the language: coefficients, steps
    "square(U @ x)": ([0.0, 0.0, 1.0], 3),
    "(U @ x)^3": ([0.0, 0.0, 0.0, 1.0], 2),
    "cubic(U @ x)": ([0.2, 1.0, 0.3, -0.1], 2),
}


def polynomial_reference(coefficients, steps):
    slope = [k * c for k, c in enumerate(coefficients)][1:]
    return train(
        steps,
        lambda u, a: substitute(coefficients, add_polynomials((a, u))),
        lambda u, a, v: multiply(substitute(slope, add_polynomials((a, u))), v),
        wick,
        {(1, 0): SCALE},
        {(0, 1): SIGMA_V},
        lambda x, terms: add_polynomials((1.0, x), *terms),
        POLYNOMIAL_RATE,
    )


def polynomials(executable):
    function = "fn cubic(u) = 0.2 + u + 0.3 * u^2 - 0.1 * u^3\n"
    for network, (coefficients, steps) in POLYNOMIALS.items():
        text = program(network, steps, function if "cubic" in network else "", POLYNOMIAL_RATE)
        result = run(executable, text)
        assert result["method"] == "exact" and result["outputs_stderr"] is None, result["method"]
        compare(network, result, polynomial_reference(coefficients, steps), 1e-9)
        compare(network, run(executable, text, "--method", "exact"), polynomial_reference(coefficients, steps), 1e-9)
        sampled = run(executable, text, "--method", "qmc", "--samples", "4096")
        difference = abs(sampled["outputs"]["train"][-1][0][0] - result["outputs"]["train"][-1][0][0])
        assert difference < 5.0 * sampled["outputs_stderr"]["train"][-1][0][0] + 1e-9, network


# ---- kinks ----------------------------------------------------------------------------------------------------------

class Arc:
    """Directions (cos, sin) of theta in [begin, end] on which the preactivation u and the readout v are linear."""

    def __init__(self, begin, end, u, v):
        self.begin, self.end, self.u, self.v = begin, end, u, v

    def mean(self, x, y):
        """E of the product of two linear functions over the cone: E r^2 = 2."""
        width = self.end - self.begin
        cosine = 0.5 * (math.sin(2 * self.end) - math.sin(2 * self.begin))
        sine = 0.5 * (math.cos(2 * self.begin) - math.cos(2 * self.end))
        own = x[0] * y[0] * (width + cosine) + x[1] * y[1] * (width - cosine) + (x[0] * y[1] + x[1] * y[0]) * sine
        return own / (2.0 * math.pi)

    def cut(self):
        """Where u changes sign."""
        root = math.atan2(-self.u[0], self.u[1])
        inside = [root + k * math.pi for k in range(-3, 5) if self.begin + 1e-13 < root + k * math.pi < self.end - 1e-13]
        ends = [self.begin, *inside, self.end]
        return [Arc(a, b, list(self.u), list(self.v)) for a, b in zip(ends, ends[1:])]

    def positive(self):
        middle = 0.5 * (self.begin + self.end)
        return self.u[0] * math.cos(middle) + self.u[1] * math.sin(middle) > 0.0


KINKS = {"relu(U @ x)": (0.0, 1.0), "abs(U @ x)": (-1.0, 1.0), "leaky_relu(U @ x, 0.1)": (0.1, 1.0)}  # slopes below and above 0


def kink_reference(slopes, steps):
    """With all arcs at once: u and v are lists over them."""
    arcs, trajectory = [Arc(-math.pi, math.pi, [SCALE, 0.0], [0.0, SIGMA_V])], []
    length = sum(c * c for c in DIRECTION)
    for step in range(steps + 1):
        arcs = [part for arc in arcs for part in arc.cut()]
        slope = lambda arc, a: slopes[1 if arc.positive() == (a > 0.0) else 0]
        f = [math.fsum(a * slope(arc, a) * arc.mean(arc.u, arc.v) for arc in arcs) for a in POSITIONS + TESTS]
        trajectory.append(f)
        chi = [(f[i] - TARGETS[i]) / len(TARGETS) for i in range(len(TARGETS))]
        for arc in arcs:
            u, v = list(arc.u), list(arc.v)
            forces = [c * a * slope(arc, a) for c, a in zip(chi, POSITIONS)]
            arc.u = [p - RATE * length * sum(forces) * q for p, q in zip(u, v)]
            arc.v = [q - RATE * sum(forces) * p for p, q in zip(u, v)]
    return trajectory


def kinks(executable):
    for network, slopes in KINKS.items():
        text = program(network, 6)
        result = run(executable, text)
        assert result["method"] == "quadrature", result["method"]
        assert compare(network, result, kink_reference(slopes, 6), 1e-11) < 1e-11
    # A constant in the argument, a function that is not linear beside the kink: not of this kind.
    for network in ("relu(U @ x + 0.5)", "relu(U @ x) * tanh(U @ x)"):
        assert run(executable, program(network, 2))["method"] == "qmc", network


def main():
    {"smooth": smooth, "polynomial": polynomials, "kinks": kinks}[sys.argv[2]](sys.argv[1])


if __name__ == "__main__":
    main()
