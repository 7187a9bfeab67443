"""The symmetry of math: (a, b, c) -> (a + t, b - t, c - 2 t) leaves the network unchanged at every width; under Adam
(a, b, c, d) -> (a + t, b - t, c - t, d + t) does (Yang and Littwin 2023, proposition 2.2.3).

Usage: symmetry_test.py TPC. Random shifts, seed printed: same classification (but for a, b, c themselves), same
`simulate` results to rounding, same limit within its standard errors.
"""
import json
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

MODEL = """model symmetric
width n
dim d = 2
dim k = 1
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1.4)
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {{
  z1 = tanh(U @ x)
  z2 = tanh(W @ z1)
  return V @ z2
}}
data train : x[d], y[k] {{
   1.0  0.3    1.0
  -0.4  0.8   -1.0
   0.2 -1.1    0.5
}}
train {{
  data = train
  loss = mse(net(x), y)
  optimizer = {optimizer}
  steps = 4
}}
parametrization custom {{
{exponents}
}}
"""
POINTS = {
    "mup": {"U": ("-1/2", "1/2", "0"), "W": ("0", "1/2", "0"), "V": ("1/2", "1/2", "0")},
    "ntp": {"U": ("0", "0", "0"), "W": ("1/2", "0", "0"), "V": ("1/2", "0", "0")},
    "sp": {"U": ("0", "0", "0"), "W": ("0", "1/2", "0"), "V": ("0", "1/2", "0")},
}
ADAM_POINTS = {
    "mup": {"U": ("0", "0", "0", "1"), "W": ("0", "1/2", "1", "1"), "V": ("0", "1", "1", "0")},
    "eps dominates V": {"U": ("0", "0", "0", "1"), "W": ("0", "1/2", "1", "1"), "V": ("0", "1", "1/2", "-1/2")},
}
# By optimizer: its points, and what a shift by 1 does to each exponent.
CASES = {
    "sgd(lr = 0.5)": (POINTS, {"a": 1, "b": -1, "c": -2}),
    "adam(lr = 0.1, eps = 0.05)": (ADAM_POINTS, {"a": 1, "b": -1, "c": -1, "d": 1}),
}


def shifted(point, shifts, changes):
    return {
        weight: [Fraction(e) + change * shifts[weight] for e, change in zip(exponents, changes.values(), strict=True)]
        for weight, exponents in point.items()
    }


def source(point, optimizer, names):
    lines = [f"  {w} : " + ", ".join(f"{n} = {e}" for n, e in zip(names, point[w], strict=True)) for w in point]
    return MODEL.format(exponents="\n".join(lines), optimizer=optimizer)


def tpc(executable, *arguments):
    done = subprocess.run([executable, *arguments, "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def classification(executable, path):
    result = tpc(executable, "classify", str(path))
    for weight in result["weights"]:
        for exponent in "abcd":
            weight.pop(exponent, None)
    del result["reasons"]  # they quote exponents
    return result


def flat(nested):
    return [nested] if not isinstance(nested, list) else [v for inner in nested for v in flat(inner)]


def largest_difference(a, b):
    return max(abs(x - y) / max(1.0, abs(x)) for x, y in zip(flat(a), flat(b)))


def check_point(executable, point, optimizer, changes, generator, directory):
    """Three random shifts."""
    plain, moved = Path(directory) / "plain.tp", Path(directory) / "moved.tp"
    plain.write_text(source(point, optimizer, changes))
    reference = classification(executable, plain)
    simulated = tpc(executable, "simulate", str(plain), "--width", "64")["outputs"]
    for _ in range(3):
        shifts = {w: Fraction(generator.randint(-8, 8), generator.randint(1, 6)) for w in point}
        moved.write_text(source(shifted(point, shifts, changes), optimizer, changes))
        assert classification(executable, moved) == reference, f"{shifts}: other classification"
        again = tpc(executable, "simulate", str(moved), "--width", "64")["outputs"]
        difference = largest_difference(simulated["train"], again["train"])
        assert difference < 1e-9, f"{shifts}: simulate differs by {difference}"
        if reference["regime"] == "feature-learning":
            runs = [tpc(executable, "run", str(f), "--samples", "1024", "--replicas", "2") for f in (plain, moved)]
            difference = largest_difference(*(run["outputs"]["train"] for run in runs))
            assert difference < 1e-9, f"{shifts}: the limit differs by {difference}"


def main():
    executable, seed = sys.argv[1], 20261
    generator = random.Random(seed)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as directory:
        for optimizer, (points, changes) in CASES.items():
            for name, point in points.items():
                check_point(executable, point, optimizer, changes, generator, directory)
                print(f"{optimizer}, {name}: 3 shifts agree")


if __name__ == "__main__":
    main()
