"""What `tpc mup --format pytorch` prints for every example and optimizer is Python and does what the table says.

Usage: printed_python_test.py TPC EXAMPLES_FOLDER

Without torch: a stand-in records how parameters are drawn. numeric/pytorch_test.py trains with the real one.
"""
import json
import math
import re
import subprocess
import sys
import tempfile
import types
from fractions import Fraction
from pathlib import Path

OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad", "lion", "muon")


class Parameter:
    requires_grad, std = True, None


def stand_in():
    """torch.nn.init, which writes the size of the entries into the parameter."""
    def draw(parameter, size=0.0, std=None):
        parameter.std = size if std is None else std

    init = types.SimpleNamespace(normal_=draw, constant_=draw, zeros_=draw)
    module = types.ModuleType("torch")
    module.nn = types.SimpleNamespace(init=init)
    return module


def mup(executable, path, optimizer, form):
    command = [executable, "mup", str(path), "--optimizer", optimizer, "--format", form]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def expected_error(call, kind):
    try:
        call()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


def own_rates(path):
    """Factors `lr 10` of single parameters."""
    found = re.findall(r"^param (\w+) .* lr ([\d.]+)", path.read_text(), re.M)
    return {name: float(factor) for name, factor in found}


def check(executable, path, optimizer):
    functions = {}
    exec(compile(mup(executable, path, optimizer, "pytorch"), f"{path.stem} {optimizer}", "exec"), functions)
    weights = json.loads(mup(executable, path, optimizer, "json"))["weights"]
    assert list(functions["NAMES"]) == [weight["name"] for weight in weights]
    parameters = {name + ".weight": Parameter() for name in functions["NAMES"].values()}
    n, n_0, lr = 512, 128, 0.25
    functions["mup_init_"](parameters.items(), n)
    groups = functions["mup_groups"](parameters.items(), n, n_0, lr)
    own = own_rates(path)
    # What a multiplier n^-a does to a rate: twice for an update that is proportional to the gradient.
    times = 2 if optimizer == "sgd" else 1
    for weight, group in zip(weights, groups, strict=True):
        a, b, c = (Fraction(weight[key]) for key in "abc")
        assert group["params"] == [parameters[functions["NAMES"][weight["name"]] + ".weight"]]
        factor = group["lr"] / lr / own.get(weight["name"], 1.0) * (n / n_0) ** float(c + times * a)
        assert math.isclose(factor, 1), (path.stem, weight["name"], group["lr"])
        size = 0.0 if weight["init_std"] == "0" else float(weight["init_std"].split()[0])
        assert math.isclose(group["params"][0].std, size * n ** float(-a - b)), (path.stem, weight)
        if "weight_decay" in group:
            more = functions["mup_groups"](parameters.items(), n, n_0, lr, weight_decay=1.0)
            shrinks = {each["lr"] * each["weight_decay"] / own.get(other["name"], 1.0)
                       for other, each in zip(weights, more, strict=True)}
            assert all(math.isclose(each, lr) for each in shrinks), (path.stem, optimizer, shrinks)
    first = next(iter(functions["NAMES"]))
    expected_error(lambda: functions["mup_parameters"](parameters.items(), {first: "nowhere"}), KeyError)
    expected_error(lambda: functions["mup_parameters"]([*parameters.items(), ("bias", Parameter())]), ValueError)


def check_scaled_decay(executable, path):
    """Decay as a part of the gradient g + n^-l lambda w, where n^d times it, and so n^(d - l) w, is of order one."""
    text = path.read_text()
    program = re.sub(r"optimizer = .*", "optimizer = adam(lr = 0.1, weight_decay = 0.3, scaled_decay = true)", text)
    with tempfile.TemporaryDirectory() as folder:
        scaled = Path(folder) / path.name
        scaled.write_text(program)
        functions = {}
        exec(mup(executable, scaled, "adam", "pytorch"), functions)
        weights = json.loads(mup(executable, scaled, "adam", "json"))["weights"]
    parameters = {name + ".weight": Parameter() for name in functions["NAMES"].values()}
    r = 4
    groups = functions["mup_groups"](parameters.items(), 128 * r, 128, 0.1, weight_decay=0.3)
    for weight, group in zip(weights, groups, strict=True):
        a, b, c, d = (Fraction(weight[key]) for key in "abcd")
        # Of the weight itself, without its multiplier: entries like n^-(a + b), changes like n^-(a + c), seen by n^(d - a).
        size = min(a + b, a + c)
        assert math.isclose(group["weight_decay"], 0.3 * r ** float(size - (d - a))), (path.stem, weight["name"], group)


def main():
    executable, examples = sys.argv[1], sorted(Path(sys.argv[2]).glob("*.tp"))
    assert examples, "no examples"
    sys.modules["torch"] = stand_in()
    for path in examples:
        for optimizer in OPTIMIZERS:
            check(executable, path, optimizer)
    for name in ("mlp", "tied_embeddings", "rnn"):
        check_scaled_decay(executable, Path(sys.argv[2]) / f"{name}.tp")
    print(f"{len(examples)} examples, {len(OPTIMIZERS)} optimizers")


if __name__ == "__main__":
    main()
