"""Several widths in one program: the same network written in three ways has one limit, and finite networks approach it.

Usage: several_widths_test.py TPC

A layer of 2 n coordinates is `width m = 2 n`; or two vectors of n, its weights families of two (a program of one
width); or, counted in the other layer's width, n with others `width h = n / 2`, where powers of n are those of twice the
number. Limits at sample points are compared in units of their standard errors, those of the kernel regime to rounding.
"""
import math
import sys
import tempfile
from pathlib import Path

from example_widths_test import check_approach
from golden_test import flat, tpc

WIDTHS = {128: 24, 512: 12, 2048: 8}  # seeds for each; at 64 Adam does not approach its limit like n^(-1/2) yet

PROGRAM = """model wide
{widths}
dim d = 2
dim k = 1
param U : [{n}, d] init normal(std = 1){lr_input}
param A{family} : [{m}, {n}] init normal(std = 1.2 * {root})
param b{family} : [{m}] init zero{lr_input}
param B{family} : [{n}, {m}] init normal(std = 0.8 * {root})
param V : [k, {n}] init normal(std = {two}){lr_output}
def net(x : [d]) -> [k] {{
  z = tanh(U @ x)
{layer}
  return V @ {outer}(s)
}}
data train : x[d], y[k] {{
   1.0  0.3    1.0
  -0.4  0.8   -1.0
   0.2 -0.9    0.5
}}
data test : x[d] {{ 0.5 0.5 }}
train {{
  data = train
  loss = mse(net(x), y)
  optimizer = {optimizer}
  batch = 2
  steps = 6
}}
parametrization mup
"""
ONE = dict(n="n", m="m", root="1", two="1", lr_input="", lr_output="", family="")
LAYER = "  s = B @ tanh(A @ z + b) + {start}"
FORMS = {
    "m = 2 n": ONE | dict(widths="width n\nwidth m = 2 n", layer=LAYER),
    "families": ONE | dict(widths="width n", m="n", family="[1..2]",
                           layer="  s = {start}\n  for i in 1..2 {{ s = s + B[i] @ tanh(A[i] @ z + b[i]) }}"),
    "h = n / 2": ONE | dict(widths="width n\nwidth h = n / 2", n="h", m="n", root="sqrt(2)", two="2",
                            lr_input=" lr 0.5", lr_output=" lr 2", layer=LAYER),
}
OPTIMIZERS = {"sgd(lr = 0.2)": FORMS, "sgd(lr = 0.2, momentum = 0.5)": FORMS,
              # clipping and Adam count powers of n otherwise: rates of the third form would be others
              "sgd(lr = 0.5, clip = 0.4, weight_decay = 0.1)": ("m = 2 n", "families"),
              "adamw(lr = 0.05, eps = 0.1, weight_decay = 0.2)": ("m = 2 n", "families")}


# Attention with as many heads as the width grows to, of two coordinates each.
HEADS = """model heads
width n
width heads = n / 4       # as many heads as the width grows to, of `size` coordinates each
dim T = 3
dim d = 2
dim k = 1
const size = 2
param E : [n, d] init normal(std = 1)
param Q[1..size] : [heads, n] init normal(std = 1)
param K[1..size] : [heads, n] init normal(std = 1)
param P[1..size] : [heads, n] init normal(std = 1)
param O[1..size] : [n, heads] init normal(std = 1)
param R : [k, n] init normal(std = 1)
def net(x : [T, d]) -> [k] {
  for t in 1..T { e[t] = E @ x[t] }
  total = zeros(heads)
  for t in 1..T {
    s = zeros(heads)
    for j in 1..size { s = s + (Q[j] @ e[T]) * (K[j] @ e[t]) }
    w[t] = exp(s / sqrt(size))
    total = total + w[t]
  }
  h = e[T]
  for j in 1..size {
    o = zeros(heads)
    for t in 1..T { o = o + w[t] / total * (P[j] @ e[t]) }
    h = h + O[j] @ o
  }
  return R @ tanh(h)
}
data train : x[T, d], y[k] {
   1.0  0.3   -0.2  0.7    0.5 -0.6     1.0
  -0.4  0.8    0.9 -0.1    0.3  0.2    -1.0
}
train { data = train; loss = mse(net(x), y); optimizer = sgd(lr = 0.1); batch = full; steps = 4 }
parametrization mup
"""


def write(folder, form, optimizer, start="z", outer="tanh"):
    path = Path(folder) / "program.tp"
    words = FORMS[form] | dict(layer=FORMS[form]["layer"].format(start=start))
    path.write_text(PROGRAM.format(optimizer=optimizer, outer=outer, **words))
    return str(path)


def all_outputs(result, key="outputs"):
    return [number for data_set in sorted(result[key]) for number in flat(result[key][data_set])]


def compare_limits(executable, folder):
    for optimizer, forms in OPTIMIZERS.items():
        results = {}
        for form in forms:
            path = write(folder, form, optimizer)
            classes = tpc(executable, "classify", path)
            assert classes["regime"] == "feature-learning", (form, classes["regime"])
            results[form] = tpc(executable, "run", path, "--seed", "5")
        first = results["m = 2 n"]
        for form, other in results.items():
            worst = max((abs(a - b) / math.hypot(s, t) for a, b, s, t in
                         zip(all_outputs(first), all_outputs(other), all_outputs(first, "outputs_stderr"),
                             all_outputs(other, "outputs_stderr")) if s and t), default=0.0)
            spread = max(all_outputs(first, "outputs_stderr"))
            print(f"{optimizer}: {form}: off by {worst:.2f} standard errors of at most {spread:.1e}")
            assert worst < 4.5, (optimizer, form, worst)
            assert spread < 5e-3, spread


def compare_kernels(executable, folder):
    # erf of a sum of Gaussian variables has a closed form
    kernels = {form: tpc(executable, "run", write(folder, form, "sgd(lr = 0.1)", "zeros(n)", "erf"), "--param", "ntp")
               for form in ("m = 2 n", "families")}
    for key in ("kernel", "nngp", "outputs_cov"):
        one, other = (flat(result[key]) for result in kernels.values())
        assert max(abs(a - b) for a, b in zip(one, other)) < 1e-10, key
    print("kernel regime: kernels, covariances and outputs agree")


def approach(executable, folder):
    heads = Path(folder) / "heads.tp"
    heads.write_text(HEADS)
    programs = {f"{form}, {optimizer}": (form, optimizer) for form, optimizer in (
        ("m = 2 n", "sgd(lr = 0.2)"), ("h = n / 2", "adam(lr = 0.05, eps = 0.1)"),
        ("m = 2 n", "sgd(lr = 0.5, clip = 0.4, weight_decay = 0.1)"))} | {"heads = n / 4": None}
    for name, form in programs.items():
        path = write(folder, *form) if form else str(heads)
        check_approach(executable, path, name, WIDTHS, spread_of_slope=0.15)


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        compare_kernels(executable, folder)
        compare_limits(executable, folder)
        approach(executable, folder)


if __name__ == "__main__":
    main()
