"""Writes the `.tp` program of a reference case (tests/numeric/golden/*.json)."""
import json
from fractions import Fraction
from pathlib import Path


def load(path):
    return json.loads(Path(path).read_text())


def rational(value):
    fraction = Fraction(value).limit_denominator(1000)
    return str(fraction.numerator) if fraction.denominator == 1 else f"{fraction.numerator}/{fraction.denominator}"


def weight_names(case):
    return ["U"] + [f"W{l}" for l in range(2, case["L"] + 1)] + ["V"]


def parametrization(case):
    if case["param"] == "mup":
        return "parametrization mup\n"
    lines = [
        f"  {name} : a = {rational(a)}, b = {rational(b)}"
        for name, a, b in zip(weight_names(case), case["param"]["a"], case["param"]["b"])
    ]
    return "parametrization custom {\n" + "\n".join(lines) + f"\n  lr : c = {rational(case['param']['c'])}\n}}\n"


def rows(*columns):
    return "\n".join("  " + "  ".join(repr(v) for row in parts for v in row) for parts in zip(*columns))


def program(case):
    layers, sigma = case["L"], case["sigma"]
    inputs, outputs = len(case["train_x"][0]), len(case["train_y"][0])
    text = f"model {case['name']}\nwidth n\ndim d = {inputs}\ndim k = {outputs}\n"
    text += f"param U : [n, d] init normal(std = {sigma[0]})\n"
    for l in range(2, layers + 1):
        text += f"param W{l} : [n, n] init normal(std = {sigma[l - 1]})\n"
    text += f"param V : [k, n] init normal(std = {sigma[-1]})\n"
    act = case["act"]
    text += f"def net(x : [d]) -> [k] {{\n  z1 = {act}(U @ x)\n"
    for l in range(2, layers + 1):
        text += f"  z{l} = {act}(W{l} @ z{l - 1})\n"
    text += f"  return V @ z{layers}\n}}\n"
    text += f"data train : x[d], y[k] {{\n{rows(case['train_x'], case['train_y'])}\n}}\n"
    text += f"data test : x[d] {{\n{rows(case['test_x'])}\n}}\n"
    loss = {"mse": "mse", "ce": "cross_entropy"}[case["loss"]]
    text += f"train {{\n  data = train\n  loss = {loss}(net(x), y)\n  optimizer = sgd(lr = {case['lr']})\n"
    text += f"  batch = full\n  steps = {case['steps']}\n}}\n"
    return text + parametrization(case)
