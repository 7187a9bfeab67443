"""Writes the `.tp` program of a reference case (tests/numeric/golden/*.json)."""
import json
from fractions import Fraction
from pathlib import Path


def load(path):
    return json.loads(Path(path).read_text())


def rational(value):
    fraction = Fraction(value).limit_denominator(1000)
    return str(fraction.numerator) if fraction.denominator == 1 else f"{fraction.numerator}/{fraction.denominator}"


def weight(name, shape, sigma):
    return f"param {name} : [{shape}] init normal(std = {sigma})\n"


def hidden_family(case):
    """W[2..L]: one declaration if all have the same spread, as in the language's examples; else one for each."""
    layers, spreads = case["L"], case["sigma"][1:-1]
    if len(set(spreads)) <= 1:
        return f"const L = {layers}\n" + (weight("W[2..L]", "n, n", spreads[0]) if spreads else "")
    return "".join(weight(f"W{l}", "n, n", spread) for l, spread in enumerate(spreads, 2))


def layered(case, first, step):
    """A network of L layers: z1 from the input, then `step` for every further layer, written as a loop."""
    text = weight("U", "n, d", case["sigma"][0]) + hidden_family(case) + weight("V", "k, n", case["sigma"][-1])
    text += f"def net(x : [d]) -> [k] {{\n  z = {first}\n"
    if len(set(case["sigma"][1:-1])) == 1:
        text += f"  for l in 2..L {{ z = {step.format(W='W[l]')} }}\n"
    else:
        text += "".join(f"  z = {step.format(W=f'W{l}')}\n" for l in range(2, case["L"] + 1))
    return text + "  return V @ z\n}\n", "x[d]"


def mlp(case):
    act = case["act"]
    return layered(case, f"{act}(U @ x)", f"{act}({{W}} @ z)")


def layernorm_mlp(case):
    act = case["act"]
    return layered(case, f"{act}(layernorm(U @ x))", f"{act}(layernorm({{W}} @ z))")


def residual_mlp(case):
    return layered(case, "U @ x", f"z + {case['act']}({{W}} @ z)")


def tied(case):
    act, sigma = case["act"], case["sigma"]
    text = weight("U", "n, d", sigma[0]) + weight("W", "n, n", sigma[1]) + weight("V", "k, n", sigma[-1])
    text += f"def net(x : [d]) -> [k] {{\n  z = {act}(U @ x)\n  z = {act}(W @ z)\n  z = {act}(W.T @ z)\n"
    return text + "  return V @ z\n}\n", "x[d]"


def recurrent(case):
    act, sigma = case["act"], case["sigma"]
    text = weight("u", "n", sigma[0]) + weight("W", "n, n", sigma[1]) + "param b : [n] init zero\n"
    text += weight("V", "k, n", sigma[2])
    text += f"def net(x : [d]) -> [k] {{\n  h = {act}(u * x[1] + b)\n"
    text += f"  for j in 2..d {{ h = {act}(W @ h + u * x[j] + b) }}\n"
    return text + "  return V @ h\n}\n", "x[d]"


ARCHITECTURES = {"mlp": mlp, "lnmlp": layernorm_mlp, "resmlp": residual_mlp, "tied": tied, "rnn": recurrent}


def parametrization(case):
    if case["param"] == "mup":
        return "parametrization mup\n"
    layers, exponents = case["L"], list(zip(case["param"]["a"], case["param"]["b"]))
    family = len(set(case["sigma"][1:-1])) == 1
    names = ["U"] + [f"W[{l}]" if family else f"W{l}" for l in range(2, layers + 1)] + ["V"]
    lines = [f"  {name} : a = {rational(a)}, b = {rational(b)}" for name, (a, b) in zip(names, exponents)]
    return "parametrization custom {\n" + "\n".join(lines) + f"\n  lr : c = {rational(case['param']['c'])}\n}}\n"


def rows(*columns):
    return "\n".join("  " + "  ".join(repr(v) for row in parts for v in row) for parts in zip(*columns))


def optimizer(case):
    settings = case.get("optimizer", {"name": "sgd", "lr": case["lr"]})
    given = [f"{name} = {value}" for name, value in settings.items() if name != "name"]
    return f"{settings['name']}({', '.join(given)})"


def program(case):
    inputs, outputs = len(case["train_x"][0]), len(case["train_y"][0])
    text = f"model {case['name']}\nwidth n\ndim d = {inputs}\ndim k = {outputs}\n"
    network, field = ARCHITECTURES[case["arch"]](case)
    text += network
    text += f"data train : {field}, y[k] {{\n{rows(case['train_x'], case['train_y'])}\n}}\n"
    text += f"data test : {field} {{\n{rows(case['test_x'])}\n}}\n"
    loss = {"mse": "mse", "ce": "cross_entropy"}[case["loss"]]
    text += f"train {{\n  data = train\n  loss = {loss}(net(x), y)\n  optimizer = {optimizer(case)}\n"
    text += f"  batch = {case.get('batch', 'full')}\n  steps = {case['steps']}\n}}\n"
    return text + parametrization(case)
