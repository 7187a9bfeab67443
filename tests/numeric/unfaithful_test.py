"""Entrywise optimizers away from faithful points: what `tpc classify` says of sizes, and slopes of finite networks.

Usage: unfaithful_test.py TPC [POINTS]

Random points of a network of two hidden tanh layers under Adam with eps = 0.3. alpha, phi and kappa' of each weight are
drawn; d and c follow by phi = d - a + gamma and kappa' = a + c - p phi, with p = 1 where eps dominates and 0 where it
vanishes, gamma being the exponent of the gradient by W: 0 of the readout, -min(alpha, kappa') of the readout for the
others (Yang and Littwin 2023, lemma 2.8.11). `tpc classify` must find them again. The changes of preactivations and
output, by the same paper's definition 2.8.5 and theorem 2.8.12 with kappa', are compared with those of finite networks.
"""
import random
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from golden_test import tpc

ALLOWED = 0.15
HALF = Fraction(1, 2)
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
   1.0  0.3  0.5    3.0
  -0.4  0.8 -1.0   -2.0
   0.2 -1.1  0.7    2.5
}
train { data = train; loss = mse(net(x), y); optimizer = adam(lr = 0.05, eps = 0.3); steps = 2 }
"""
WORDS = {-1: "eps-dominates", 0: "faithful", 1: "eps-vanishes"}


class Point:
    """Sizes by weight, and the parametrization that has them."""

    def __init__(self, draw):
        half_steps = [Fraction(i, 2) for i in range(-2, 3)]
        output = draw.choice([HALF, Fraction(1)])
        self.alpha = {"U": Fraction(0), "W": HALF, "V": output}
        self.phi = {name: draw.choice(half_steps) for name in self.alpha}
        slowest = 1 - output  # stable: the readout at initialisation sees changes of the features
        r = {name: draw.choice([Fraction(0), HALF]) for name in self.alpha}
        r = {name: r[name] if name == "V" else max(r[name], slowest) for name in r}
        self.kappa = {"U": r["U"], "W": r["W"] + 1, "V": r["V"] + 1}
        self.a = {name: draw.choice(half_steps[1:4]) for name in self.alpha}

    def block(self):
        k = min(self.alpha["V"], self.kappa["V"])
        lines = []
        for name, a in self.a.items():
            gamma = Fraction(0) if name == "V" else -k
            d = self.phi[name] + a - gamma
            c = self.kappa[name] - a + (self.phi[name] if self.phi[name] < 0 else 0)
            lines.append(f"  {name} : a = {a}, b = {self.alpha[name] - a}, c = {c}, d = {d}")
        return "parametrization custom {\n" + "\n".join(lines) + "\n}\n"

    def changes(self):
        """Exponents of the changes of h1, h2 and the output."""
        r1, r2 = self.kappa["U"], self.kappa["W"] - 1
        r = min(r1, r2)
        return {"h1": -r1, "h2": -r, "output": max(1 - self.kappa["V"], 1 - self.alpha["V"] - r)}


def check_classification(executable, path, point):
    for weight in tpc(executable, "classify", path)["weights"]:
        name = weight["name"]
        sign = (point.phi[name] > 0) - (point.phi[name] < 0)
        expected = [str(point.alpha[name]), str(point.kappa[name]), str(point.phi[name]), WORDS[sign]]
        assert [weight[key] for key in ("alpha", "kappa", "phi", "faithfulness")] == expected, (weight, expected)


def check_slopes(executable, path, point):
    check = tpc(executable, "compare", path, "--coords", "--widths", "128,512,2048", "--seeds", "4", "--record", "final")
    errors = []
    for value in check["values"]:
        predicted = point.changes().get(value["name"])
        if predicted is None:
            continue
        slope = value["steps"][-1]["change"]["slope"]
        errors.append(slope - float(predicted))
        says = f"change of {value['name']} ~ n^{slope:.3f}, predicted n^{predicted}"
        print(" ", says)
        assert abs(errors[-1]) <= ALLOWED, says
    assert len(errors) == 3, check["values"]
    return errors


def main():
    executable, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8
    draw = random.Random(7)
    errors = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.tp"
        for _ in range(count):
            point = Point(draw)
            path.write_text(PROGRAM + point.block())
            print(point.block(), end="")
            check_classification(executable, path, point)
            errors += check_slopes(executable, path, point)
    rms = (sum(error**2 for error in errors) / len(errors)) ** 0.5
    print(f"{len(errors)} slopes of {count} points within {ALLOWED} of the prediction, root mean square {rms:.3f}")


if __name__ == "__main__":
    main()
