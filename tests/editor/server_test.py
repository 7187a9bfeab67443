"""The language server, method by method, by a scripted client.

Usage: server_test.py TPC EXAMPLES
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from client import Client, Document, Failure, framed

TPC, EXAMPLES = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
SCRATCH = Path(tempfile.mkdtemp())
ENVIRONMENT = {**os.environ, "XDG_CACHE_HOME": str(SCRATCH / "cache")}

PROGRAM = """\
model greek
width n
dim d = 2
const α = 0.5   # 𝛼 is beyond the plane that UTF-16 has in one unit: 𝛼𝛼
param U : [n, d] init normal(std = 1); param V : [1, n] init normal(std = 1)
param W[1..3] : [n, n] init normal(std = 2)
fn act(u) = tanh(α * u)
def net(x : [d]) -> [1] {
  z = act(U @ x)
  for l in 1..3 { z = z + act(W[l] @ z) }
  return V @ z
}
data train : x[d], y { 1 0 1
 0 1 -1 }
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.1)
  steps = 3
}
observe gram(z) on train
parametrization mup
"""


def connect(**how):
    client = Client(TPC, ENVIRONMENT)
    client.initialize(**how)
    return client


def program(client, name="a.tp", text=PROGRAM, **how):
    return Document(client, SCRATCH / name, text, **how)


def check_capabilities():
    client = Client(TPC)
    told = client.initialize()
    assert told["positionEncoding"] == "utf-16" and told["textDocumentSync"] == {"openClose": True, "change": 2}
    for method in ("hover", "definition", "completion", "documentSymbol", "codeAction", "documentFormatting"):
        assert told[f"{method}Provider"], method
    assert client.end() == 0


def check_positions():
    """Places behind characters of two, three and four bytes, counted in UTF-16 and in bytes."""
    for encodings in (None, ["utf-8", "utf-16"], ["utf-32"]):
        utf8 = encodings is not None and "utf-8" in encodings
        client = Client(TPC)
        assert client.initialize(encodings)["positionEncoding"] == ("utf-8" if utf8 else "utf-16")
        document = program(client, text=PROGRAM.replace("𝛼𝛼\n", "𝛼𝛼\nconst β = \"€𝛼\"; const γ = α + betta\n"), utf8=utf8)
        found = client.diagnostics(document)
        shown = sorted(document.under(each["range"]) for each in found)
        assert shown == sorted(['"€𝛼"', "betta"]), shown
        value = document.ask("hover", "γ = |α")
        assert document.under(value["range"]) == "α" and "const α = 0.5" in value["contents"]["value"]
        target = document.ask("definition", "γ = |α")
        assert document.under(target["range"]) == "α" and target["range"]["start"] == document.position(document.text.index("α"))
        assert client.end() == 0


def check_edits():
    """What the server has after incremental changes is what the editor has."""
    client = connect()
    document = program(client)
    assert client.diagnostics(document) == []
    document.type("std = 2", "std = η€𝛼")
    assert [document.under(each["range"]) for each in client.diagnostics(document)][:1] in (["𝛼"], ["€"])
    document.type("η€𝛼", "2")
    assert client.diagnostics(document) == []
    for end in ("\r\n", "\r", "\n"):  # all of them end a line for the protocol
        document.type("dim d = 2\n", f"dim d = 2{end}")
        if end != "\r":
            assert client.diagnostics(document) == [], end
        document.set(PROGRAM)
    document.set("")
    assert [each["code"] for each in client.diagnostics(document)] == ["missing-model"]
    document.replace(0, 0, PROGRAM)
    assert client.diagnostics(document) == []
    # Beyond the end of a line, of the text: the protocol says where that is.
    far = {"line": 10**6, "character": 10**6}
    client.notify("textDocument/didChange", {
        "textDocument": {"uri": document.uri, "version": 99},
        "contentChanges": [{"range": {"start": far, "end": far}, "text": "const far = 1\n"},
                           {"range": {"start": {"line": 0, "character": 999}, "end": {"line": 0, "character": 999}},
                            "text": "_2"}]})
    names = [each["name"] for each in client.request("textDocument/documentSymbol", document.named)]
    assert names[0] == "greek_2" and names[-1] == "far", names
    document.close()
    assert client.end() == 0


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
        "parametrization |mup": ["maximal update"],
        "mse(net(x), |y": ["y, a scalar", "a field of the data"],
        "|net(x), y": ["def net(x : [d]) -> [1]"],
        "gram(|z": ["z : [n]"],
    }
    for place, parts in expected.items():
        shown = document.hover(place)
        assert shown and all(part in shown for part in parts), (place, shown)
    assert document.hover("steps = |3") is None
    assert client.end() == 0


def classified(path, *options):
    done = subprocess.run([TPC, "classify", path, "--format", "json", *options], capture_output=True, check=True)
    return json.loads(done.stdout)


def power(exponent):
    return "exactly 0" if exponent == "-inf" else f"n^({exponent})"


def check_exponents():
    """What hover says of every parameter is what `tpc classify` says; of values, what is known of these networks."""
    for name in ("mlp", "residual", "deep", "adam", "transformer", "kernel"):
        client = connect()
        document = Document(client, EXAMPLES / f"{name}.tp")
        weights = {}
        for weight in classified(document.path)["weights"]:
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
            setting = re.match(r"\s*(steps|batch|epochs|optimizer|loss|data|reduce)\s*=", code[code.rfind("\n", 0, found.start()) + 1:])
            first = place_of_line(code, found.start()) == 0  # `train {`
            if found.group() not in declared or first or keyword or (setting and setting.group(1) == found.group()):
                continue
            place = {**document.named, "position": document.position(found.start())}
            target = client.request("textDocument/definition", place)
            assert target, (path.name, found.group(), place["position"])
            hover = client.request("textDocument/hover", place)["contents"]["value"]
            assert "still being" not in hover, hover
        assert client.end() == 0


def check_completion():
    client = connect()
    document = program(client)
    expected = {
        "return V @ |z": ({"z", "x", "U", "W", "V", "α", "act", "tanh", "conv", "softmax"}, {"net", "l", "u", "y", "train", "mse"}),
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


# Programs with mistakes: what is written, what is wrong in it; the fixes lead to one that checks.
MISTAKES = [
    ("init normal(std = 2)", "init normla(std = 2)"), ("tanh(α", "tahn(α"), ("sgd(lr", "sdg(lr"), ("sgd(lr", "sgd(learning_rate"),
    ("loss = mse", "loss = squared_loss"), ("data = train", "data = trian"), ("V @ z", "z @ V"), ("W[l] @ z", "W[l] @ zz"),
    ("parametrization mup\n", ""), ("width n\n", ""), ("[n, d] init normal(std = 1)", "[n, d]"), ("param W", "parm W"),
    ("return V", "retrun V"), ("z = z + act", "z += act"), ("const α = 0.5", "let α = 0.5"), ("parametrization mup", "parametrization = mup"),
    ("model greek", "model = greek"), ("act(U @ x)", "act(U @ x"), ("[l] @ z) }", "[l] @ z)"), ("@ z\n}", "@ z\n"), ("steps = 3", "steps == 3"), ("steps = 3", "iterations = 3"),
    ("x : [d]", "x"), ("α * u", "α × u"), ("# 𝛼 is", "// 𝛼 is"), ("parametrization mup", "parametrization standard"),
    ("U @ x)", "U.T @ x)"), ("tanh(α", "math.tanh(α"), ("W[l] @ z)", "W[l] @ z) ** 2"), ("observe gram(z) on", "observe gram(z) onn"),
]
NOT_MENDED = {"[l] @ z)", "let α = 0.5", "U.T @ x)"}  # what these should be is not known


def check_fixes():
    client = connect()
    document = program(client)
    for right, wrong in MISTAKES:
        document.set(PROGRAM.replace(right, wrong, 1))
        for _ in range(4):
            errors = [each for each in client.diagnostics(document) if each["severity"] == 1]
            actions = [action for each in errors for action in document.actions(each["range"])]
            if not actions:
                break
            assert actions[0]["kind"] == "quickfix" and actions[0]["diagnostics"][0] in errors, actions[0]
            document.apply(actions[0])
        assert not errors or wrong in NOT_MENDED, (wrong, errors, document.text)
        assert errors or wrong not in NOT_MENDED, f"{wrong} is mended now"
        if not errors:
            told = subprocess.run([TPC, "check", "-"], input=document.text.encode(), capture_output=True, check=False)
            assert told.returncode == 0, (wrong, told.stderr)
    assert document.actions({"start": document.position(0), "end": document.position(5)}) == []
    assert client.end() == 0


def check_formatting():
    """What the editor has afterwards is what `tpc format` writes; texts that cannot be read stay as they are."""
    client = connect()
    asked = {"options": {"tabSize": 4, "insertSpaces": False}}
    texts = [PROGRAM, PROGRAM.replace("\n", "\r\n"), PROGRAM.replace(" ", "   "), PROGRAM.replace("# 𝛼", "#𝛼").rstrip(), "# €\nmodel a", ""]
    texts += [path.read_text(encoding="utf-8").replace(" = ", "=") for path in sorted(EXAMPLES.glob("*.tp"))]
    for text in texts:
        told = subprocess.run([TPC, "format", "-"], input=text.encode(), capture_output=True, check=False)
        document = program(client, text=text)
        edits = client.request("textDocument/formatting", {**document.named, **asked})
        document.edit(edits)
        assert told.returncode == 0 or not edits, text
        assert document.text == (told.stdout.decode() if told.returncode == 0 else text), text
        assert client.request("textDocument/formatting", {**document.named, **asked}) == [], text
        document.close()
    assert client.end() == 0


def check_diagnostics():
    """The same as those of `tpc check --format json`, with their notes at places."""
    broken = PROGRAM.replace("return V @ z", "y = conv(W, x, stride = 0)\n  x = 1; return q").replace("on train", "on tran")
    path = SCRATCH / "broken.tp"
    path.write_text(broken, encoding="utf-8")
    checked = json.loads(subprocess.run([TPC, "check", path, "--format", "json"], capture_output=True, check=False).stdout)
    for related in (True, False):
        client = connect(related=related)
        document = Document(client, path)
        found = client.diagnostics(document)
        assert [each["code"] for each in found] == [each["code"] for each in checked["diagnostics"]]
        for each, told in zip(found, checked["diagnostics"]):
            assert each["message"].split("\n")[0] == told["message"] and each["severity"] == 1
            if told["file"] == str(path):
                start = told["range"]["start"]
                assert each["range"]["start"]["line"] == start["line"] - 1
                assert document.position(len(broken.encode()[:start["offset"]].decode())) == each["range"]["start"]
        places = [note["location"]["uri"] for each in found for note in each.get("relatedInformation", [])]
        assert (document.uri in places) == related
        client.end()
    # Data files are relative to the document.
    client = connect()
    document = Document(client, EXAMPLES / "word2vec.tp")
    assert client.diagnostics(document) == []
    document.type("data/corpus.txt", "data/corpsu.txt")
    assert "cannot-read-file" in [each["code"] for each in client.diagnostics(document)] or client.diagnostics(document)
    assert client.end() == 0


def check_protocol():
    client = Client(TPC)

    def refused(method, params, code):
        try:
            client.request(method, params)
        except Failure as failure:
            assert failure.code == code, (method, failure)
        else:
            raise AssertionError(f"{method} was answered")

    refused("textDocument/hover", {}, -32002)  # before initialize
    client.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///x.tp", "text": "", "version": 1}})  # dropped
    client.initialize()
    refused("initialize", {"capabilities": {}}, -32600)
    refused("textDocument/rename", {}, -32601)
    refused("textDocument/hover", {}, -32602)
    refused("textDocument/hover", {"textDocument": {"uri": "file:///x.tp"}, "position": {"line": 0, "character": 0}}, -32602)
    document = program(client)
    for position in ({"line": -1, "character": 0}, {"line": "a", "character": 0}, {"line": 0}, None, [], {"line": 1e300, "character": 0}):
        refused("textDocument/hover", {**document.named, "position": position}, -32602)
    client.notify("textDocument/didChange", {"textDocument": {"uri": document.uri}})  # is logged
    client.notify("$/setTrace", {"value": "off"})
    client.notify("no/such/notification", {})
    client.send({"jsonrpc": "2.0", "id": 77, "result": None})  # an answer to what was never asked

    def wrong(data, code):
        client.send_bytes(data)
        while True:
            message = client.receive()
            if "error" in message:
                assert message["error"]["code"] == code, (data[:80], message)
                return

    wrong(framed(b"{"), -32700)
    wrong(framed(b"\xff\xfe"), -32700)
    wrong(framed(b"[]"), -32600)
    wrong(framed(b"3"), -32600)
    wrong(framed(b'{"id": {}, "method": "shutdown"}'), -32600)
    wrong(framed(b'{"id": 1}'), -32600)
    wrong(b"Content-Length: many\r\n\r\n", -32700)
    wrong(b"Content-Type: x\r\n\r\n", -32700)
    wrong(b"content-length: 1\r\nX: y\r\n\r\n{", -32700)
    wrong(framed(b'{"id": 5, "method": "textDocument/hover", "params": ' + b"[" * 500000 + b"]" * 500000 + b"}"), -32602)
    assert "tanh(x)" in document.hover("= |tanh")  # goes on as if nothing had been
    assert client.request("shutdown", None) is None
    refused("textDocument/hover", {}, -32600)
    client.notify("exit", None)
    assert client.process.wait(60) == 0
    for last in ("exit", None):  # the end without `shutdown`
        client = connect()
        if last:
            client.notify(last, None)
        client.process.stdin.close()
        assert client.process.wait(60) == 1


def check_latency():
    """Prints how long an editor waits; nothing but an order of magnitude is asked for."""
    for name in ("mlp", "transformer", "word2vec"):
        client = connect()
        document = Document(client, EXAMPLES / f"{name}.tp")
        begin = time.monotonic()
        client.diagnostics(document)
        opened = time.monotonic() - begin
        place = {**document.named, "position": document.position(re.search(r"^param \w", document.text, re.M).end() - 1)}
        begin = time.monotonic()
        client.request("textDocument/hover", place)
        first = time.monotonic() - begin
        begin = time.monotonic()
        for _ in range(20):
            client.request("textDocument/hover", place)
        again = (time.monotonic() - begin) / 20
        begin = time.monotonic()
        for _ in range(20):
            document.replace(0, 0, "#\n")
            client.request("textDocument/documentSymbol", document.named)
        typed = (time.monotonic() - begin) / 20
        print(f"{name}: diagnostics {opened * 1e3:.0f} ms after opening (200 of them a pause), hover with powers of the width "
              f"{first * 1e3:.0f} ms, again {again * 1e3:.1f} ms; an edit checked {typed * 1e3:.1f} ms")
        assert opened < 30 and again < 1, name
        assert client.end() == 0


for check in (check_capabilities, check_positions, check_edits, check_hover, check_exponents, check_definition, check_all_names, check_completion,
              check_symbols, check_fixes, check_formatting, check_diagnostics, check_protocol, check_latency):
    check()
    print(check.__name__, "passed", flush=True)
