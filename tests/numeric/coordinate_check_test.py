"""Powers of the width, measured in finite networks, against the width analysis, for examples/.

Usage: coordinate_check_test.py TPC EXAMPLE.tp [OPTIMIZER]

OPTIMIZER, `adam(lr = 0.03)` say, stands where the example has its own. By `tpc compare --coords` at mup, ntp, sp with the
largest stable c, and, of plain descent, at two points beside mup. Predictions are upper bounds: no measured slope may lie
above. At mup, what is predicted to change by order one must do so, and be known well enough to say so.
"""
import re
import sys
import tempfile
from pathlib import Path

from golden_test import tpc

ALLOWED = 0.2  # and three standard errors
KNOWN = 0.1  # the largest standard error of a slope that must be attained: three of them and ALLOWED reach no n^(-1/2)
SETTINGS = {"--widths": "64,256,1024", "--seeds": "4", "--seed": "5", "--record": "final"}
# Fewer steps over data of the repository. The start of `maml`, of many inputs, is large at small widths.
OF_EXAMPLE = {
    "convolution": {"--set": "steps=3"},
    "digits": {"--set": "steps=5"},
    "kernel": {"--set": "steps=5"},
    "maml": {"--set": "steps=5", "--widths": "256,1024,4096"},
    "word2vec": {"--set": "steps=5"},
}
# The gate of `experts` and the scores of `transformer` start like n^(-1/2) and take long to outgrow that; scores are few.
AT_MUP = {"experts": {"--set": "steps=16"}, "transformer": {"--seeds": "16"}}
POINTS = {
    "mup": "parametrization mup",
    "ntp": "parametrization ntp",
    "sp, c = 1": "parametrization sp { lr : c = 1 }",
    "mup, smaller initial readout": "parametrization mup {\n  V : b = 1\n}",
    "mup, slow": "parametrization mup { lr : c = 1/2 }",
}
# Of entrywise optimizers: sp is stable from c = 3/2 on (Yang and Littwin 2023, theorem 2.8.12).
ENTRYWISE_POINTS = {"mup": POINTS["mup"], "ntp": POINTS["ntp"], "sp, c = 3/2": "parametrization sp { lr : c = 3/2 }"}


def with_point(path, folder, point, optimizer):
    """The example with another parametrization, which is always its last line, and another optimizer, if any."""
    text = path.read_text().rstrip()
    if optimizer:
        text, count = re.subn(r"optimizer = \w+\((?:[^()]|\([^()]*\))*\)", f"optimizer = {optimizer}", text)
        assert count == 1, "the example has no optimizer"
    lines = re.sub(r"\n(parametrization [^#\n]*)#.*$", r"\n\1", text).rstrip().split("\n")
    assert lines[-1].startswith("parametrization"), lines[-1]
    changed = Path(folder) / path.name
    changed.write_text("\n".join(lines[:-1] + [point]) + "\n")
    return changed


def exponent(text):
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


def slopes(check):
    """(value, what, slope, error, prediction) of all that was measured."""
    for value in check["values"]:
        for step in value["steps"]:
            for what in ("value", "change"):
                measured = step[what]
                if measured["slope"] is not None:
                    yield value["name"], what, measured["slope"], measured["stderr"], measured["predicted"]


def check_point(executable, path, name, optimizer):
    settings = SETTINGS | OF_EXAMPLE.get(path.stem, {}) | (AT_MUP.get(path.stem, {}) if name == "mup" else {})
    check = tpc(executable, "compare", path, "--coords", *(word for option in settings.items() for word in option))
    count = attained = 0
    for value, what, slope, error, predicted in slopes(check):
        says = f"{path.stem} ({name}{', ' if optimizer else ''}{optimizer}): {what} of {value} ~ n^{slope:.3f} +- {error:.3f}, predicted n^{predicted}"
        assert predicted != "-inf", says
        allowed = ALLOWED + 3 * error
        assert slope <= exponent(predicted) + allowed, says + ": above the bound"
        is_attained = abs(slope - exponent(predicted)) <= allowed
        if name == "mup" and what == "change" and predicted == "0":
            assert is_attained and error < KNOWN, says
        if not is_attained:
            print(says + ": below the bound")
        count += 1
        attained += is_attained
    assert count > 0, "nothing was measured"
    print(f"{path.stem} ({name}): {attained} of {count} slopes attain their bound")


def main():
    executable, path, optimizer = sys.argv[1], Path(sys.argv[2]), "".join(sys.argv[3:])
    entrywise = "optimizer = sgd(" not in (f"optimizer = {optimizer}" if optimizer else path.read_text())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to(path.resolve().parent / "data")
        for name, point in (ENTRYWISE_POINTS if entrywise else POINTS).items():
            if "V :" in point and "param V" not in path.read_text():
                continue  # no readout to speak of
            check_point(executable, with_point(path, folder, point, optimizer), name, optimizer)


if __name__ == "__main__":
    main()
