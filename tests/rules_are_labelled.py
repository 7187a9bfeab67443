"""Rules of the theory have labels (passes/limit/README.md): each stands in the code that applies it and in a test that
shows it, and no file speaks of a label that the table does not have.

    rules_are_labelled.py SOURCE
"""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
table = (root / "passes/limit/README.md").read_text(encoding="utf-8")
labels = set(re.findall(r"^\| (Z[A-Z]\w+) \|", table, re.MULTILINE))
found = {"code": set(), "tests": set()}
for place, folders in {"code": ["ir", "passes", "runtime"], "tests": ["tests"]}.items():
    for folder in folders:
        for path in (root / folder).rglob("*"):
            if path.suffix in {".cpp", ".h", ".tpir", ".test", ".tp"}:
                found[place] |= set(re.findall(r"\bZ[A-Z][a-z]\w*\b", path.read_text(encoding="latin-1")))
complaints = [f"{label} is in no {place}" for label in sorted(labels) for place in found if label not in found[place]]
complaints += [f"{label} is not in the table" for label in sorted(set().union(*found.values()) - labels)]
if complaints or not labels:
    sys.exit("\n".join(complaints or ["no labels in passes/limit/README.md"]))
print(f"{len(labels)} rules, each in code and tests")
