"""The block that `tpc mup` prints, pasted into the program, is what it says: feature learning through every weight.

Usage: pasted_mup_test.py TPC EXAMPLES_FOLDER

For all of examples/, and for the attention readout of the language's definition; each also with AdamW, some also with
momentum, and with weight decay and clipping, which tell points apart that plain descent does not.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from golden_test import tpc

ATTEND = """\
model attend
width n
dim T = 3
dim d = 2
dim k = 1
param U : [n, d]  init normal(std = 1)
param Q : [n, n]  init normal(std = 1)
param K : [n, n]  init normal(std = 1)
param P : [n, n]  init normal(std = 1)
param V : [k, n]  init normal(std = 1)
def attend(x : [T, d]) -> [k] {
  for i in 1..T { e[i] = U @ x[i] }
  q = Q @ e[T]
  for i in 1..T { s[i] = mean(q * (K @ e[i])) }
  a = softmax(s[1..T])
  o = e[T]
  for i in 1..T { o = o + a[i] * (P @ e[i]) }
  return V @ tanh(o)
}
data train : x[T, d], y[k] {
   1.0  0.3   -0.2  0.7    0.5 -0.6     1.0
}
train {
  data  = train
  loss  = mse(attend(x), y)
  optimizer = sgd(lr = 0.3)
  steps = 2
}
parametrization ntp
"""


def with_optimizer(path, settings, folder):
    """A copy of the program with more settings of its optimizer."""
    text, count = re.subn(r"sgd\((.*)\)", rf"sgd(\1, {settings})", path.read_text())
    assert count == 1, path
    copy = Path(folder) / f"{path.stem}_{settings.split(' ')[0]}.tp"
    copy.write_text(text)
    return copy


def with_adamw(path, folder):
    """A copy of the program that is trained by another optimizer; None: by an entrywise one already."""
    text, count = re.subn(r"optimizer = sgd\(.*\)", "optimizer = adamw(lr = 0.01, weight_decay = 0.1)", path.read_text())
    copy = Path(folder) / f"{path.stem}_adamw.tp"
    copy.write_text(text)
    return copy if count == 1 else None


def pasted(executable, path, folder):
    done = subprocess.run([executable, "mup", str(path)], capture_output=True, text=True, check=True)
    block = done.stdout[: done.stdout.index("}\n") + 2]
    assert block.startswith("parametrization custom {\n"), block
    kept = [line for line in path.read_text().rstrip().split("\n") if not line.startswith("parametrization")]
    copy = Path(folder) / f"pasted_{path.name}"
    copy.write_text("\n".join(kept) + "\n" + block)
    return copy, block


def check(executable, path, folder):
    copy, block = pasted(executable, path, folder)
    found = tpc(executable, "classify", copy)
    derived = tpc(executable, "mup", path)
    assert found["parametrization"] == "custom"
    assert found["regime"] == "feature-learning", f"{path.stem}: {found['regime']}\n{block}"
    # The output of word2vec.tp is its loss, which is one number whatever the weights of zero scores.
    start = "deterministic" if path.stem.startswith("word2vec") else "zero"
    assert found["initial_function"] == start, found["initial_function"]
    for key in ("regime", "r", "initial_function"):
        assert found[key] == derived["classification"][key], (path.stem, key, derived["classification"])
    trained = {weight["name"]: weight for weight in derived["weights"]}
    assert len(trained) == len(found["weights"]) > 0
    for weight in found["weights"]:
        for key in ("a", "b", "c", "kind", "update_exponent"):
            assert weight[key] == trained[weight["name"]][key], (path.stem, weight, trained[weight["name"]])
        assert weight["update_exponent"] == "0", f"{path.stem}: {weight['name']} moves n^{weight['update_exponent']}"
    print(f"{path.stem}: {len(found['weights'])} weights")


def main():
    executable, examples = sys.argv[1], Path(sys.argv[2])
    paths = sorted(examples.glob("*.tp"))
    assert paths, "no examples"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to((examples / "data").resolve())
        attend = Path(folder) / "attend_source.tp"
        attend.write_text(ATTEND)
        for path in [*paths, attend]:
            check(executable, path, Path(folder))
            by_adamw = with_adamw(path, folder)
            if by_adamw:
                check(executable, by_adamw, Path(folder))
        for path in [examples / "mlp.tp", examples / "autoencoder.tp", attend]:
            for settings in ("momentum = 0.9", "weight_decay = 0.01", "clip = 1"):
                check(executable, with_optimizer(path, settings, folder), Path(folder))


if __name__ == "__main__":
    main()
