"""Every word of the language that stands in a list of the checker is known to the editor grammar.

    editor_words_test.py SOURCE
"""
import json
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
known = set(re.findall(r"[a-z_][a-z_0-9]*", json.dumps(json.loads((root / "grammar/tpc.tmLanguage.json").read_text()))))
missing = []
for name in ("builtins", "losses", "data_sources", "parametrizations"):
    text = (root / f"frontend/sema/{name}.def").read_text(encoding="utf-8")
    words = re.findall(r"^TPC_\w+\((\w+)", text, re.MULTILINE)
    missing += [f"{word} ({name}.def)" for word in words if word not in known]
words = re.findall(r"^TPC_WORD\(\w+, (\w+)", (root / "frontend/sema/words.def").read_text(encoding="utf-8"), re.MULTILINE)
missing += [f"{word} (words.def)" for word in words if word not in known]
for path in sorted((root / "library").glob("*.tp")):
    words = re.findall(r"^def (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    missing += [f"{word} ({path.name})" for word in words if word not in known]
if missing:
    sys.exit("not in grammar/tpc.tmLanguage.json: " + ", ".join(missing))
