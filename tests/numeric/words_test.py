"""A program whose fields are indices of words, against losses, inner products and nearest words computed elsewhere: at
the width of its given start, and at infinite width, where every word starts as a direction of its own; and in the kernel
regime against the linear model that is left of it.

Usage: words_test.py TPC
"""
import json
import math
import struct
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
observe nearest(U, "{asked}", count = 5)
observe pca(U, "{data}/vocabulary_500.txt")
parametrization mup
"""


def run(executable, case, lazy="true", duration="epochs = 1", weight_decay=None, save=None, options=()):
    values = dict(case, data=DATA, lazy=lazy, duration=duration, asked=" ".join(case["nearest_by_cosine_of_u"]))
    values["order"] = ", immediate = W" if is_ordered(case) else ""
    values["start"] = f'npy("{DATA}/cbow_init_500x64.npy")' if case["width"] else "normal(std = 1)"
    if weight_decay is not None:
        values["weight_decay"] = weight_decay
    command = ["simulate", "--width", str(case["width"])] if case["width"] else ["run"]
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "words.tp"
        program.write_text(PROGRAM.format(**values))
        command += [str(program), "--record", "final"] + ([f"--save=U={save}"] if save else []) + list(options)
        return tpc(executable, *command)


def is_ordered(case):
    return case["name"].endswith("sequential")


def saved_vectors(path):
    """word2vec's text format: names and rows of numbers."""
    lines = Path(path).read_text().splitlines()
    size, dimension = map(int, lines[0].split())
    rows = [line.split(" ") for line in lines[1:]]
    assert len(rows) == size and all(len(row) == 1 + dimension for row in rows)
    return {row[0]: [float(number) for number in row[1:]] for row in rows}


def check_vectors(observed, case, path):
    nearest = next(value for key, value in observed.items() if key.startswith("nearest"))
    for entry in nearest["words"]:
        expected = case["nearest_by_cosine_of_u"][entry["word"]]
        found = [(neighbour["word"], neighbour["cosine"]) for neighbour in entry["neighbours"]]
        assert [word for word, _ in found] == [word for word, _ in expected], (entry["word"], found, expected)
        assert all(close(cosine, other) for (_, cosine), (_, other) in zip(found, expected)), (found, expected)
    assert len(nearest["words"]) == len(case["nearest_by_cosine_of_u"])
    vectors = saved_vectors(path)
    words = list(vectors)
    assert len(words) == case["vocabulary_size"]
    for i, j, expected in case["gram_u"]["probe"]:  # single precision in the file
        found = sum(a * b for a, b in zip(vectors[words[i]], vectors[words[j]]))
        assert abs(found - expected) < 1e-5 * max(1, abs(expected)), (i, j, found, expected)
    # Principal coordinates of all words: the variance along each axis is its share of the whole. Trained entries are of
    # order n^(-1/2), so that plain sums of squares converge.
    picture = next(value for key, value in observed.items() if key.startswith("pca"))
    count = len(words)
    means = [sum(row[k] for row in vectors.values()) / count for k in range(len(next(iter(vectors.values()))))]
    total = sum((x - m) ** 2 for row in vectors.values() for x, m in zip(row, means))
    assert len(picture["words"]) == count and not picture["unknown"]
    for axis in range(2):
        variance = sum(entry["coordinates"][axis] ** 2 for entry in picture["words"])
        assert abs(variance / total / picture["shares"][axis] - 1) < 1e-5, (axis, variance, total, picture["shares"])


def close(found, expected):
    return abs(found - expected) <= 1e-9 * abs(expected)


def check(executable, name):
    case = json.loads((DATA / name).read_text())
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "vectors.txt"
        result = run(executable, case, save=path)
        check_vectors(result["observe"], case, path)
    found = result["loss"]
    assert len(found) == case["windows"] + 1, len(found)
    for step, expected in enumerate(case["first_losses"]):
        assert close(found[step], expected), f"step {step}: {found[step]}, expected {expected}"
    for part, expected in enumerate(case["loss_per_1000_windows"]):
        total = sum(found[1000 * part : min(1000 * (part + 1), case["windows"])])
        assert close(total, expected), f"windows from {1000 * part}: {total}, expected {expected}"
    if is_ordered(case):  # which is lazy whatever the program says
        return
    # Rows that do not occur move by decay alone: without it, and without momentum, both meanings are one.
    same = [run(executable, case, lazy, "steps = 40", 0.0)["loss"] for lazy in ("true", "false")]
    assert all(close(a, b) for a, b in zip(*same)), same
    decayed = [run(executable, case, lazy, "steps = 40")["loss"] for lazy in ("true", "false")]
    assert not all(close(a, b) for a, b in zip(*decayed)), "decay did not reach the other rows"


def windows_of(case):
    """Word, contexts, negatives of every row of a version 1 .npy file of int16 [windows, 42]."""
    raw = (DATA / case["windows_file"]).read_bytes()
    header = 10 + struct.unpack("<H", raw[8:10])[0]
    numbers = [number for (number,) in struct.iter_unpack("<h", raw[header:])]
    rows = [numbers[i : i + 42] for i in range(0, len(numbers), 42)]
    return [(row[0], [c for c in row[1:17] if c >= 0], [v for v in row[17:] if v >= 0]) for row in rows]


def linear_losses(case, windows, steps):
    """Where vectors of contexts stay as drawn, words are scored by a linear function of the counts around them."""
    scores = [{} for _ in range(case["vocabulary_size"])]
    losses = []
    for step, (word, contexts, negatives) in enumerate(windows):
        counts = {c: contexts.count(c) / len(contexts) for c in contexts}
        loss, moves = 0.0, []
        for target, sign in [(word, -1.0)] + [(negative, 1.0) for negative in negatives]:
            score = sign * sum(scores[target].get(c, 0.0) * count for c, count in counts.items())
            loss += max(score, 0.0) + math.log1p(math.exp(-abs(score)))
            moves.append((target, sign / (1.0 + math.exp(-score))))
        losses.append(loss)
        rate = case["lr"] * (1.0 - step / steps)
        for target, move in moves:
            for c, count in counts.items():
                scores[target][c] = scores[target].get(c, 0.0) - rate * move * count
    return losses


def check_kernel_regime(executable, name):
    """The output starts as an average, and only W moves: the same with and without a step on U, exactly."""
    case = json.loads((DATA / name).read_text())
    windows = windows_of(case)
    expected = linear_losses(case, windows, len(windows))
    for options in (["--param", "ntp"], ["--param", "ntp", "--set", "U.lr=0"]):
        result = run(executable, case, weight_decay=0.0, options=options)
        assert result["regime"] == "kernel" and result["method"] == "exact", (result["regime"], result["method"])
        found = result["loss"][: len(windows)]
        assert all(close(a, b) for a, b in zip(found, expected)), max(map(lambda a, b: abs(a - b), found, expected))


def main():
    check_kernel_regime(sys.argv[1], "cbow_500_simultaneous.json")
    for name in ("cbow_500_width64.json", "cbow_500_simultaneous.json", "cbow_500_sequential.json"):
        check(sys.argv[1], name)


main()
