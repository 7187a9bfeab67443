"""A program whose fields are indices of words against losses computed elsewhere: at the width of its given start, and at
infinite width, where every word starts as a direction of its own.

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
param U : [words, n]  init {start}
param W : [words, n]  init zero
data train : word in words, context[..16] in words, negative[25] in words = npy("{data}/{windows_file}")
def surprise(word, context, negative) {{
  h = average(U[context])
  return softplus(-(W[word] @ h)) + sum(softplus(W[negative] @ h))
}}
train {{
  data = train
  loss = surprise(word, context, negative)
  optimizer = sgd(lr = linear({lr}, to = 0), weight_decay = {weight_decay}, lazy = {lazy}{order})
  batch = 1
  {duration}
}}
observe surprise(word, context, negative) on train
parametrization mup
"""


def losses(executable, case, lazy="true", duration="epochs = 1", weight_decay=None):
    order = ", immediate = W" if case["name"].endswith("sequential") else ""
    values = dict(case, data=DATA, lazy=lazy, duration=duration, order=order)
    values["start"] = f'npy("{DATA}/cbow_init_500x64.npy")' if case["width"] else "normal(std = 1)"
    if weight_decay is not None:
        values["weight_decay"] = weight_decay
    command = ["simulate", "--width", str(case["width"])] if case["width"] else ["run"]
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "words.tp"
        program.write_text(PROGRAM.format(**values))
        return tpc(executable, *command, str(program), "--record", "final")


def close(found, expected):
    return abs(found - expected) <= 1e-9 * abs(expected)


def check(executable, name):
    case = json.loads((DATA / name).read_text())
    found = losses(executable, case)["loss"]
    assert len(found) == case["windows"] + 1, len(found)
    for step, expected in enumerate(case["first_losses"]):
        assert close(found[step], expected), f"step {step}: {found[step]}, expected {expected}"
    for part, expected in enumerate(case["loss_per_1000_windows"]):
        total = sum(found[1000 * part : min(1000 * (part + 1), case["windows"])])
        assert close(total, expected), f"windows from {1000 * part}: {total}, expected {expected}"
    if case["name"].endswith("sequential"):  # which is lazy whatever the program says
        return
    # Rows that do not occur move by decay alone: without it, and without momentum, both meanings are one.
    same = [losses(executable, case, lazy, "steps = 40", 0.0)["loss"] for lazy in ("true", "false")]
    assert all(close(a, b) for a, b in zip(*same)), same
    decayed = [losses(executable, case, lazy, "steps = 40")["loss"] for lazy in ("true", "false")]
    assert not all(close(a, b) for a, b in zip(*decayed)), "decay did not reach the other rows"


def main():
    for name in ("cbow_500_width64.json", "cbow_500_simultaneous.json", "cbow_500_sequential.json"):
        check(sys.argv[1], name)


main()
