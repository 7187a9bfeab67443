"""Diagnostics of the language server, quick fixes that lead to a program that checks, and formatting."""
import json
import subprocess

from client import Document
from common import EXAMPLES, PROGRAM, SCRATCH, TPC, connect, program, run

# Programs with mistakes: what is written, what is wrong in it; the fixes lead to one that checks.
MISTAKES = [
    ("init normal(std = 2)", "init normla(std = 2)"), ("tanh(α", "tahn(α"), ("sgd(lr", "sdg(lr"),
    ("sgd(lr", "sgd(learning_rate"), ("loss = mse", "loss = squared_loss"), ("data = train", "data = trian"),
    ("V @ z", "z @ V"), ("W[l] @ z", "W[l] @ zz"), ("parametrization mup\n", ""), ("width n\n", ""),
    ("[n, d] init normal(std = 1)", "[n, d]"), ("param W", "parm W"), ("return V", "retrun V"),
    ("z = z + act", "z += act"), ("const α = 0.5", "let α = 0.5"), ("parametrization mup", "parametrization = mup"),
    ("model greek", "model = greek"), ("act(U @ x)", "act(U @ x"), ("[l] @ z) }", "[l] @ z)"), ("@ z\n}", "@ z\n"),
    ("steps = 3", "steps == 3"), ("steps = 3", "iterations = 3"), ("x : [d]", "x"), ("α * u", "α × u"),
    ("# 𝛼 is", "// 𝛼 is"), ("parametrization mup", "parametrization standard"), ("U @ x)", "U.T @ x)"),
    ("tanh(α", "math.tanh(α"), ("W[l] @ z)", "W[l] @ z) ** 2"), ("observe gram(z) on", "observe gram(z) onn"),
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
    texts = [PROGRAM, PROGRAM.replace("\n", "\r\n"), PROGRAM.replace(" ", "   "),
             PROGRAM.replace("# 𝛼", "#𝛼").rstrip(), "# €\nmodel a", ""]
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


run(check_fixes, check_formatting, check_diagnostics)
