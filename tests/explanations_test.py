"""Every diagnostic has a page of `tpc explain`, and what the page shows is so (driver/explanations/README.md).

    explanations_test.py TPC SOURCE [CODE ...]     CODE: only these pages
"""
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TPC, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
SECONDS = 120
DECLARATION = re.compile(r"(model|width|dim|const|param|fn|def|data|train|observe|parametrization)\b *(\w*)")
BEFORE_THE_NETWORK = ("width", "dim", "const", "param", "fn", "def")


def codes():
    text = (ROOT / "base/diag/diagnostics.def").read_text(encoding="utf-8")
    return [name.replace("_", "-") for name in re.findall(r"^TPC_DIAGNOSTIC\((\w+),", text, re.MULTILINE)]


def pages():
    """code -> (file, text), of every heading."""
    found = {}
    for path in sorted((ROOT / "driver/explanations").glob("*.md")):
        if path.name == "README.md":
            continue
        for page in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            code, _, text = page.partition("\n")
            assert code not in found, f"{path.name}: a second page of {code}"
            found[code] = (path.name, text)
    return found


def declarations(text):
    """[(keyword, name), text] of a program; comments and blank lines stay with what follows them."""
    found, before = [], ""
    for line in text.splitlines(keepends=True):
        start = DECLARATION.match(line)
        if start:
            name = start.group(2) if start.group(1) not in ("model", "train", "observe", "parametrization") else ""
            found.append([(start.group(1), name), before + line])
            before = ""
        elif found and (line.startswith((" ", "}")) or not line.strip()):
            found[-1][1] += line
        else:
            before += line
    if before:
        found.append([("", ""), before])
    return found


def program(fragment, without=(), example="mlp"):
    """The fragment as a whole program: in its place in an example."""
    if fragment.startswith("model") and "\nwidth" in fragment:
        return fragment
    base = declarations((ROOT / f"examples/{example}.tp").read_text(encoding="utf-8"))
    base = [each for each in base if each[0][0] != "observe"]
    for word in without:
        base = [each for each in base if " ".join(each[0]).strip() != word]
    added = []
    for key, text in declarations(fragment):
        same = [each for each in base if each[0] == key and key[0] != "observe"]
        if same:
            same[0][1] = text
        else:
            added.append((key, text))
    keys = [key for key, _ in base]
    network = next((i for i, key in enumerate(keys) if key[0] == "def"), len(keys))
    train = next((i for i, key in enumerate(keys) if key[0] == "data"), len(keys))
    early = [text for key, text in added if key[0] in BEFORE_THE_NETWORK]
    data = [text for key, text in added if key[0] == "data"]
    late = [text for key, text in added if key[0] not in BEFORE_THE_NETWORK and key[0] != "data"]
    texts = [text for _, text in base]
    if network < train:
        texts[train:train] = data
        texts[network:network] = early
    else:
        texts[network:network] = early
        texts[train:train] = data
    return "".join(texts + late)


def said(stderr):
    return re.findall(r"(?:error|warning): .*\[([a-z0-9-]+)\]$", stderr, re.MULTILINE)


def run(commands, text):
    """Runs the commands in a folder with the program; what they say and the last exit status."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.tp").write_text(text, encoding="utf-8")
        (Path(folder) / "data").symlink_to(ROOT / "examples/data")
        script = f"tpc() {{ '{TPC}' \"$@\"; }}\n" + "\n".join(commands)
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, timeout=SECONDS, check=False,
                              encoding="utf-8", errors="replace", env={**os.environ, "LC_ALL": "C.UTF-8"})
        return said(done.stderr), done.returncode, done.stderr


def fault(code, mark, commands, text):
    """What is wrong with one example; nothing if it is as it should be."""
    found, status, stderr = run(commands, text)
    beside = {"unused-parameter"} - {code}  # a mistake brings it along
    if mark == "wrong" and set(found) - beside == {code} and status in (0, 1):
        return None
    if mark == "mended" and not found and status == 0:
        return None
    return f"{code}: the {mark} example says {found}, exit status {status}\n{stderr}"


def examples(code, text):
    """The arguments of `fault` for every example of a page."""
    current = program("")
    for info, block in re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        language, *words = info.split()
        if language == "tp":
            without = [" ".join(words[i:]).split(" -")[0].removeprefix("-") for i, word in enumerate(words) if word.startswith("-")]
            current = program(block, without, next((word for word in words if word in ("maml", "word2vec")), "mlp"))
            if words and words[0] in ("wrong", "mended"):
                yield code, words[0], ["tpc check model.tp"], current
        else:
            assert language == "console" and words and words[0] in ("wrong", "mended"), f"{code}: a block marked `{info}`"
            commands = [line.removeprefix("$ ") for line in block.splitlines()]
            yield code, words[0], commands, current


def main():
    found = pages()
    chosen = sys.argv[3:] or codes()
    faults = [f"no page of {code}" for code in chosen if code not in found]
    faults += [f"{file}: {code} is no diagnostic" for code, (file, _) in found.items() if code not in codes()]
    faults += [f"{code}: its first sentence is too long for a list" for code in chosen if code in found
               and len(re.split(r"\. |\.?\n\n", found[code][1].strip().replace("\n", " ", 3))[0]) > 150]
    todo = [each for code in chosen if code in found for each in examples(code, found[code][1])]
    with ThreadPoolExecutor(4) as pool:
        faults += [each for each in pool.map(lambda arguments: fault(*arguments), todo) if each]
    if faults:
        sys.exit("\n".join(faults))
    shown = {code for code, mark, *_ in todo if mark == "wrong"}
    print(f"{len(chosen)} pages, {len(todo)} examples; none of a mistake for {', '.join(sorted(set(chosen) - shown))}")


main()
