"""A program whose fields are indices of words, at the width of its given start, against losses computed elsewhere.

Usage: words_test.py TPC
"""
import json
import sys
import tempfile
from pathlib import Path

from golden_test import tpc

DATA = Path(__file__).resolve().parent / "words"
PROGRAM = """model words
width n
dim words = vocabulary(list = "{data}/vocabulary_500.txt")
param U : [words, n]  init npy("{data}/cbow_init_500x64.npy")
param W : [words, n]  init zero
data train : word in words, context[..16] in words, negative[25] in words = npy("{data}/{windows_file}")
def surprise(word, context, negative) {{
  h = average(U[context])
  return softplus(-(W[word] @ h)) + sum(softplus(W[negative] @ h))
}}
train {{
  data = train
  loss = surprise(word, context, negative)
  optimizer = sgd(lr = linear({lr}, to = 0), weight_decay = {weight_decay}, lazy = {lazy})
  batch = 1
  {duration}
}}
observe surprise(word, context, negative) on train
parametrization mup
"""


def losses(executable, case, lazy="true", duration="epochs = 1", weight_decay=None):
    values = dict(case, data=DATA, lazy=lazy, duration=duration)
    if weight_decay is not None:
        values["weight_decay"] = weight_decay
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "words.tp"
        program.write_text(PROGRAM.format(**values))
        return tpc(executable, "simulate", str(program), "--width", str(case["width"]), "--record", "final")


def close(found, expected):
    return abs(found - expected) <= 1e-9 * abs(expected)


def main():
    executable = sys.argv[1]
    case = json.loads((DATA / "cbow_500_width64.json").read_text())
    found = losses(executable, case)["loss"]
    assert len(found) == case["windows"] + 1, len(found)
    for step, expected in enumerate(case["first_losses"]):
        assert close(found[step], expected), f"step {step}: {found[step]}, expected {expected}"
    for part, expected in enumerate(case["loss_per_1000_windows"]):
        total = sum(found[1000 * part : min(1000 * (part + 1), case["windows"])])
        assert close(total, expected), f"windows from {1000 * part}: {total}, expected {expected}"
    # Rows that do not occur move by decay alone: without it, and without momentum, both meanings are one.
    same = [losses(executable, case, lazy, "steps = 40", 0.0)["loss"] for lazy in ("true", "false")]
    assert all(close(a, b) for a, b in zip(*same)), same
    decayed = [losses(executable, case, lazy, "steps = 40")["loss"] for lazy in ("true", "false")]
    assert not all(close(a, b) for a, b in zip(*decayed)), "decay did not reach the other rows"


main()
