"""`tpc import` of PyTorch modules: programs that check, with the right scaling for every parameter, and the same function.

Usage: import_test.py TPC     needs torch (Debian's python3-torch); without it the test is skipped, status 77
"""
import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
    import torch
except ImportError as error:
    print(f"SKIPPED: this test imports PyTorch modules, and {sys.executable} has no torch ({error}); "
          "`scripts/bootstrap --torch` installs it")
    sys.exit(77)

from network_function import as_function

MODULES = Path(__file__).parent / "import" / "modules.py"
ENVIRONMENT = {**os.environ, "TPC_PYTHON": sys.executable}


def tpc(executable, *arguments, status=0, **environment):
    command = [executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**ENVIRONMENT, **environment})
    assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout if status == 0 else done.stderr


def imported(executable, target, path, *options):
    tpc(executable, "import", f"{MODULES}:{target}", "-o", path, *options)
    tpc(executable, "check", path)
    tpc(executable, "format", "--check", path)
    return path.read_text()


def kinds(executable, path):
    weights = json.loads(tpc(executable, "mup", path, "--optimizer", "adamw", "--format", "json"))["weights"]
    found = {}
    for weight in weights:
        found.setdefault(weight["name"].split("[")[0], set()).add(weight["kind"])
        assert weight["update_exponent"] == "0", weight
    assert all(len(each) == 1 for each in found.values()), found
    return {name: each.pop() for name, each in found.items()}


def check_kinds(executable, folder):
    path = folder / "kinds.tp"
    imported(executable, "Mlp", path)
    found = kinds(executable, path)
    expected = {"layers_0_weight": "input", "layers_2_weight": "vector", "layers_3_weight": "hidden", "layers_3_bias": "vector",
                "layers_6_weight": "hidden", "head_weight": "output", "head_bias": "finite"}
    assert expected.items() <= found.items() and len(found) == 10, found
    for target in ("Block", "Block(heads=1)", "Block(n=16, tied=True)"):
        imported(executable, target, path)
        found = kinds(executable, path)
        expected = {"embed_weight": "input", "pos": "input", "qkv_weight": "hidden", "out_weight": "hidden",
                    "mlp_0_weight": "hidden", "norm_bias": "vector"} | ({} if "tied" in target else {"head_weight": "output"})
        assert expected.items() <= found.items(), (target, found)
        assert ("head_weight" in found) != ("tied" in target)
    imported(executable, "Packed", path, "--input", "4,5")
    assert {"qkv_weight": "hidden", "qkv_bias": "vector", "proj_weight": "hidden"}.items() <= kinds(executable, path).items()
    assert "def net(x : [16]) {" in imported(executable, "Score", path)
    imported(executable, "Sequence1d", path, "--input", "3,13")
    expected = {"first_weight": "input", "second_weight": "hidden", "own_weight": "vector", "groups_weight": "hidden",
                "groups_bias": "vector", "head_weight": "output"}
    assert expected.items() <= kinds(executable, path).items()
    imported(executable, "Recurrent", path, "--input", "4,5")
    expected = {"gru_weight_ih_l0": "input", "gru_weight_hh_l0": "hidden", "lstm_bias_ih_l0_reverse": "vector",
                "rnn_weight_ih_l0": "hidden", "cell_weight_hh": "hidden", "memory_weight_ih": "hidden"}
    assert expected.items() <= kinds(executable, path).items()
    imported(executable, "MultiHead", path)
    expected = {"attn_in_proj_weight": "hidden", "attn_out_proj_weight": "hidden", "position_weight": "input"}
    assert expected.items() <= kinds(executable, path).items()
    text = imported(executable, "Mlp", path, "--width", "n=64")
    assert "param layers_3_weight : [256, n]" in text, text


def check_groups(executable, folder, target, n):
    """The printed Python on the module itself: every parameter in one group, the module's own sizes at its own width."""
    path = folder / "groups.tp"
    text = imported(executable, target, path)
    names = {}
    exec("\n".join(line[2:] for line in re.search(r"# names = \{.*?# \}", text, re.DOTALL)[0].splitlines()), names)
    functions = {}
    exec(tpc(executable, "mup", path, "--optimizer", "adamw", "--format", "pytorch"), functions)
    torch.manual_seed(3)
    module = eval(target, runpy.run_path(str(MODULES)))
    before = {name: each.detach().square().mean().sqrt().item() for name, each in module.named_parameters()}
    functions["mup_init_"](module.named_parameters(), n, names=names["names"])
    for name, parameter in module.named_parameters():
        size = parameter.detach().square().mean().sqrt().item()
        if parameter.dim() > 1:
            # Both are drawn; the smallest have about 100 entries.
            assert abs(size - before[name]) < 0.4 * before[name], (target, name, size, before[name])
    groups = functions["mup_groups"](module.named_parameters(), n, n, 0.01, names=names["names"])
    assert sum(len(group["params"]) for group in groups) == len(before)
    torch.optim.AdamW(groups)


def cut(tensor, ranges, width):
    """By the indices of a family of [width, ..] blocks: groups of rows, then of columns, then places of a kernel."""
    kernel = tensor.shape[2:]
    parts = ranges[:len(ranges) - len(kernel)]
    rows = parts[:1] if parts and tensor.shape[0] == parts[0] * width else []
    columns = parts[len(rows):]
    for place in numpy.ndindex(*ranges):
        block = tensor
        if rows:
            block = block[place[0] * width:(place[0] + 1) * width]
        if columns:
            block = block[:, place[len(rows)] * width:(place[len(rows)] + 1) * width]
        for index in place[len(parts):]:
            block = block[:, :, index]
        yield f"[{','.join(str(index + 1) for index in place)}]", block


def save_entries(folder, own, tensor, declared, width):
    """What the program's parameter of this name starts from: a file, or one a member of the family."""
    family, shape = re.search(r"^(?:\[(.*?)\])? : \[(.*?)\]", declared).groups()
    ranges = [int(each.partition("..")[2]) for each in family.split(", ")] if family else []
    if own.startswith("flat"):  # torch.flatten has the positions of a channel side by side
        tensor = tensor.reshape(len(tensor), width, -1).transpose(1, 2).reshape(tensor.shape)
    for member, block in cut(tensor, ranges, width):
        rank = shape.count(",") + 1
        numpy.save(folder / f"{own}{member if ranges else ''}.npy", block.reshape(block.shape[:rank]) if ranges else
                   block.reshape([size for size in block.shape if size != 1] if rank < block.dim() else block.shape))


def check_function(executable, folder, target, shape):
    """With the module's entries as the start, and no powers of the width, the program's outputs are the module's."""
    torch.manual_seed(3)
    module = eval(target, runpy.run_path(str(MODULES)))().double().eval()
    width = 24
    text = imported(executable, target, folder / "source.tp", "--input", ",".join(map(str, shape)))
    for name, parameter in module.named_parameters():
        own = name.replace(".", "_")
        save_entries(folder, own, parameter.detach(), re.search(rf"param {own}((?:\[.*?\])? : .*)", text)[1], width)
        text = re.sub(rf"(param {own}(?:\[.*?\])? : .*)init .*", rf'\1init npy("{own}.npy")', text)
    tokens = "embed_weight" in text
    x = torch.randint(9, (5, *shape)) if tokens else torch.randn(5, *shape, dtype=torch.double)
    with torch.no_grad():
        expected = module(x).numpy()
    outputs = expected.shape[1]
    x = torch.nn.functional.one_hot(x, 9).double() if tokens else x
    inputs = re.search(r"net\(x : (\[.*?\])\)", text)[1]
    parameters = [name.replace(".", "_") for name, _ in module.named_parameters()]
    text = text.replace("parametrization mup\n", as_function(inputs, x, outputs, parameters))
    path = folder / "function.tp"
    path.write_text(text)
    result = json.loads(tpc(executable, "simulate", path, "--width", width, "--format", "json"))
    found = numpy.array(result["outputs"]["train"][0])
    assert numpy.abs(found - expected).max() < 1e-9, (target, found, expected)


def check_readme(executable, folder):
    """The module of README.md becomes the program that stands below it."""
    text = (Path(__file__).parents[2] / "README.md").read_text()
    shown = re.search(r"```python\n(class Net.*?)```.*?```tp\n(.*?)```", text, re.DOTALL)
    (folder / "model.py").write_text("import torch\n" + shown[1])
    program = tpc(executable, "import", f"{folder}/model.py:Net")
    assert shown[2] in program and "Sizes that grow with it: 256, 1024" in program, program


def check_errors(executable, folder):
    def fails(expected, *arguments, **environment):
        error = tpc(executable, "import", *arguments, status=1, **environment)
        assert error.startswith("error: ") and expected in error and error.count("\n") == 1, error

    fails("the module `norm` (torch.nn.BatchNorm1d) cannot be written as a program: its mean and variance are those of a batch",
          f"{MODULES}:Normalised")
    fails("the module `up` (torch.nn.ConvTranspose1d) cannot be written as a program: no rule", f"{MODULES}:Upwards")
    fails("the function `cumsum`", f"{MODULES}:Cumulative")
    fails("the output [batch, wide 32] is a vector of the width", f"{MODULES}:Encoder")
    fails("'Absent' is not defined", f"{MODULES}:Absent")
    fails("expected FILE.py:NAME", MODULES)
    fails("there is no file", f"{folder}/absent.py:Net")
    fails("no parameter has a dimension of 7", f"{MODULES}:Mlp", "--width", "n=7")
    fails("does not take the inputs tried", f"{MODULES}:Mlp", "--input", "3")
    fails("it is the module itself", f"{MODULES}:Mlp", "-o", MODULES)
    fails("install python3 with torch", f"{MODULES}:Mlp", TPC_PYTHON=str(folder / "nowhere"))
    (folder / "torch.py").write_text("raise ImportError('none here')\n")
    fails("has none (none here)", f"{MODULES}:Mlp", PYTHONPATH=str(folder))


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_kinds(executable, folder)
        for target, n in (("Mlp()", 64), ("Block()", 32), ("Block(tied=True)", 32), ("MultiHead()", 32)):
            check_groups(executable, folder, target, n)
        check_function(executable, folder, "Residual", [4, 4])
        check_function(executable, folder, "Attention", [3, 4])
        check_function(executable, folder, "Tokens", [3])
        check_function(executable, folder, "Sequence1d", [3, 13])
        check_function(executable, folder, "Image", [2, 8, 8])
        check_function(executable, folder, "Functions", [2, 14])
        check_function(executable, folder, "Flattened", [3, 6])
        check_function(executable, folder, "Recurrent", [4, 5])
        check_function(executable, folder, "Joined", [3, 4])
        check_readme(executable, folder)
        check_errors(executable, folder)


if __name__ == "__main__":
    main()
