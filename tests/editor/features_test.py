"""What the language server answers: hover, definitions, completion, the outline."""
import json
import re
import subprocess
from pathlib import Path

from client import Document
from common import EXAMPLES, PROGRAM, TPC, connect, program, run


def check_hover():
    client = connect()
    document = program(client)
    expected = {
        "z = |act(U": ["fn act(u) = tanh(α * u)"],
        "act(U @ |x": ["x : [d]", "an argument"],
        "U @ x)\n  for |l": ["l", "a loop's variable"],
        "dim |d": ["dim d = 2", "its value: 2"],
        "[n, |d] init": ["dim d = 2"],
        "param U : [|n": ["width n"],
        "α * |u": ["u", "an argument"],
        "= |tanh": ["tanh(x)", "hyperbolic tangent"],
        "loss = |mse": ["mse(f, y)"],
        "|sgd": ["sgd(lr, momentum, weight_decay, clip)"],
        "init |normal(std = 2)": ["normal(std = 1)"],
        "sgd(|lr": ["sgd(lr, momentum"],
        "normal(|std = 2": ["normal(std = 1)"],
        "  |steps = 3": ["steps = 100", "how many steps"],
        "  |data = train": ["data = train", "trained on"],
        "|data train": ["data train : x[d]"],
        "parametrization |mup": ["maximal update"],
        "mse(net(x), |y": ["y, a scalar", "a field of the data"],
        "|net(x), y": ["def net(x : [d]) -> [1]"],
        "gram(|z": ["z : [n]"],
    }
    for place, parts in expected.items():
        shown = document.hover(place)
        assert shown and all(part in shown for part in parts), (place, shown)
    assert "a learning rate" not in document.hover("  |steps = 3")  # which `steps` is there, too
    assert document.hover("steps = |3") is None
    assert client.end() == 0


def printed(command, path, *options):
    done = subprocess.run([TPC, command, path, "--format", "json", *options], capture_output=True, check=True)
    return json.loads(done.stdout)


def power(exponent):
    return "exactly 0" if exponent == "-inf" else f"n^({exponent})"


def check_exponents():
    """What hover says of every parameter is what `tpc classify` says; of values, what is known of these networks."""
    for name in ("mlp", "residual", "deep", "adam", "transformer", "kernel"):
        client = connect()
        document = Document(client, EXAMPLES / f"{name}.tp")
        weights = {}
        for weight in printed("classify", document.path)["weights"]:
            weights.setdefault(weight["name"].split("[")[0], []).append(weight)
        for family, members in weights.items():
            shown = document.hover(re.search(rf"param {family}\b", document.text).group().replace("param ", "param |"))
            for weight in members[:8]:
                effect = power(weight["update_exponent"]) if weight["update_exponent"] != "-inf" else "none"
                said = f"a = {weight['a']}, b = {weight['b']}, c = {weight['c']}"
                assert said in shown and f"effect of its update {effect}" in shown, (name, weight, shown)
        assert client.end() == 0
    # A hidden vector moves by order one at mup, by n^(-1/2) at ntp; the readout starts like n^(-1/2), and like 1.
    for chosen, moves, starts in (("mup", "n^(0)", "n^(-1/2)"), ("ntp", "n^(-1/2)", "n^(0)")):
        client = connect()
        text = (EXAMPLES / "mlp.tp").read_text(encoding="utf-8").replace("parametrization mup", f"parametrization {chosen}")
        document = program(client, text=text.replace("return V @ z2", "f = V @ z2\n  return f"))
        assert f"n^(0) at initialisation; training changes it by {moves}" in document.hover("|z2 =")
        assert f"{starts} at initialisation; training changes it by n^(0)" in document.hover("return |f")
        assert client.end() == 0


def check_coordinates():
    """Of every named value what `tpc compare --coords` measures and predicts it to be."""
    for name in ("mlp", "residual", "layernorm", "rnn", "adam"):
        client = connect()
        document = Document(client, EXAMPLES / f"{name}.tp")
        checked = printed("compare", document.path, "--coords", "--widths", "4,8", "--seeds", "1", "--set", "steps=1")
        asked = 0
        for value in checked["values"]:
            found = re.search(rf"^ +{re.escape(value['name'].split('[')[0])}\b", document.text, re.M)
            if not found:
                continue  # made without a name, as W @ z
            start, end = (value["steps"][at] for at in (0, -1))
            shown = document.hover_at({**document.named, "position": document.position(found.end())})
            change = end["change"]["predicted"]
            moves = "does not change it" if change == "-inf" else f"changes it by {power(change)}"
            said = f"{power(start['value']['predicted'])} at initialisation; training {moves}"
            assert said in shown, (name, value["name"], said, shown)
            asked += 1
        assert asked > 0, name
        assert client.end() == 0


def check_definition():
    client = connect()
    text = PROGRAM.replace("return V @ z", "y = conv(W, x, stride = 1)\n  return V @ z")
    document = program(client, text=text)
    for place, name, line in (("return V @ |z", "z", "for l in"), ("V @ |z\n}", "z", "for l in"), ("act(|W[l]", "W", "param W"),
                              ("data = |train", "train", "data train"), ("net(|x), y", "x", "data train"),
                              ("on |train", "train", "data train"), ("[|d]) -> [1]", "d", "dim d"),
                              ("α * |u", "u", "fn act")):
        target = document.ask("definition", place)
        assert target["uri"] == document.uri and document.under(target["range"]) == name, (place, target)
        assert line in document.text.split("\n")[target["range"]["start"]["line"]], (place, target)
    target = document.ask("definition", "= c|onv(W")
    path = Path(target["uri"].removeprefix("file://"))
    line = path.read_text(encoding="utf-8").split("\n")[target["range"]["start"]["line"]]
    assert line.startswith("def conv(W, x, bias = 0") and path.name == "convolution.tp", line
    assert line[target["range"]["start"]["character"]:target["range"]["end"]["character"]] == "conv"
    assert "def conv(W, x, bias = 0, stride = 1" in document.hover("= c|onv(W")
    library = Document(client, path)  # which is no program, and no error
    assert client.diagnostics(library) == []
    # An error inside of the library stands at the call, with its own place beside it.
    errors = client.diagnostics(document)
    assert errors and all("library" in json.dumps(each) or each["range"]["start"]["line"] > 0 for each in errors), errors
    assert document.ask("definition", "steps = |3") is None
    assert client.end() == 0


def place_of_line(text, index):
    return index - (text.rfind("\n", 0, index) + 1)


def check_all_names():
    """Every name of the examples that they declare is known wherever it stands, but where it names an argument."""
    for path in sorted(EXAMPLES.glob("*.tp")):
        client = connect()
        document = Document(client, path)
        outline = client.request("textDocument/documentSymbol", document.named)
        declared = {name["name"] for each in outline[1:] for name in [each, *each.get("children", [])]} - {"data", "loss"}
        code = re.sub(r'"[^"\n]*"|#.*|axes = .class, item.', lambda found: " " * len(found.group()), document.text)
        for found in re.finditer(r"\w+", code):
            keyword = re.match(r"\s*=", code[found.end():]) and code[:found.start()].count("(") > code[:found.start()].count(")")
            line = code[code.rfind("\n", 0, found.start()) + 1:]
            setting = re.match(r"\s*(steps|batch|epochs|optimizer|loss|data|reduce)\s*=", line)
            first = place_of_line(code, found.start()) == 0  # `train {`
            if found.group() not in declared or first or keyword or (setting and setting.group(1) == found.group()):
                continue
            place = {**document.named, "position": document.position(found.start())}
            target = client.request("textDocument/definition", place)
            assert target, (path.name, found.group(), place["position"])
            assert document.hover_at(place), (path.name, found.group(), place["position"])
        assert client.end() == 0


def check_completion():
    client = connect()
    document = program(client)
    expected = {
        "return V @ |z": ({"z", "x", "U", "W", "V", "α", "act", "tanh", "conv", "softmax"},
                          {"net", "l", "u", "y", "train", "mse"}),
        "loss = |mse": ({"mse", "cross_entropy", "net", "x", "y", "z"}, {"train", "u"}),
        "optimizer = |sgd": ({"sgd", "adamw", "lion"}, {"relu"}),
        "lr = |0.1": ({"cosine", "linear", "α"}, {"sgd"}),
        "init |normal(std = 2)": ({"normal", "zero", "constant", "npy"}, {"relu"}),
        "[n, |d] init": ({"n", "d"}, {"U", "α"}),
        "data = |train": ({"train"}, {"x"}),
        "observe gram(z) on |train": ({"train"}, {"x"}),
        "observe |gram": ({"gram", "accuracy", "net"}, {"relu"}),
        "parametrization |mup": ({"mup", "ntp", "custom"}, {"relu"}),
        "|width n": ({"model", "param", "def", "train"}, {"relu"}),
        "  |steps = 3": ({"steps", "epochs", "batch", "optimizer"}, {"param"}),
        "  |z = act": ({"for", "return", "adapt"}, {"param", "relu"}),
    }
    for place, (there, not_there) in expected.items():
        labels = document.labels(place).keys()
        assert there <= labels and not not_there & labels, (place, there - labels, not_there & labels)
    item = document.labels("return V @ |z")["conv"]
    assert item["detail"].startswith("def conv(W, x") and item["textEdit"]["newText"] == "conv"
    # Of a word that is half typed, in a line that cannot be read yet: the whole word is replaced.
    document.type("return V @ z", "y = so")
    item = {each["label"]: each for each in document.ask("completion", "y = so|")["items"]}["softplus"]
    assert document.under(item["textEdit"]["range"]) == "so"
    document.type("y = so", "y = (U @")
    assert "x" in {each["label"] for each in document.ask("completion", "y = (U @|")["items"]}
    assert document.ask("completion", "# 𝛼 is| beyond")["items"] == []
    tasks = Document(client, EXAMPLES / "maml.tp")
    assert {"label", "pixels"} <= tasks.labels("query.|label)\n").keys()
    assert client.end() == 0


def check_symbols():
    client = connect()
    document = program(client)
    outline = {each["name"]: each for each in client.request("textDocument/documentSymbol", document.named)}
    assert list(outline) == ["greek", "n", "d", "α", "U", "V", "W", "act", "net", "train", "observe gram(z) on train",
                             "parametrization mup"], list(outline)
    assert [each["name"] for each in outline["net"]["children"]][:1] == ["z"]
    assert document.under(outline["net"]["range"]).endswith("return V @ z\n}")
    assert document.under(outline["α"]["selectionRange"]) == "α"
    assert client.end() == 0


run(check_hover, check_exponents, check_coordinates, check_definition, check_all_names, check_completion, check_symbols)
