"""Weights shared by a loop and weights shared by writing the steps out are the same network: the limit and a network of
finite width agree in every number to rounding.

Usage: shared_weights_test.py TPC EXAMPLES
"""
import sys
import tempfile
from pathlib import Path

from golden_test import flat, tpc

LOOP = "for j in 2..T { h = tanh(W @ h + u * x[j] + b) }"
STEPS = 4


def numbers(result):
    """Every number of a report but the seconds it took."""
    if isinstance(result, dict):
        return [n for key, value in sorted(result.items()) if "seconds" not in key for n in numbers(value)]
    if isinstance(result, list):
        return [n for value in result for n in numbers(value)]
    return [float(result)] if isinstance(result, (int, float)) else []


def main():
    executable, examples = sys.argv[1], Path(sys.argv[2])
    program = (examples / "rnn.tp").read_text()
    assert program.count(LOOP) == 1, "the example has changed: nothing to write out"
    # Names of their own for every step: nothing of the loop is left.
    written_out = "h2 = tanh(W @ h + u * x[2] + b)\n" + "".join(
        f"  h{j} = tanh(W @ h{j - 1} + u * x[{j}] + b)\n" for j in range(3, STEPS + 1))
    unrolled = program.replace(LOOP, written_out).replace("return V @ h", f"return V @ h{STEPS}")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "unrolled.tp"
        path.write_text(unrolled)
        for command in (["run"], ["simulate", "--width", "64", "--seeds", "3"]):
            reports = [numbers(tpc(executable, command[0], str(file), *command[1:], "--seed", "5"))
                       for file in (examples / "rnn.tp", path)]
            assert len(reports[0]) == len(reports[1]) > 50, [len(report) for report in reports]
            worst = max(abs(a - b) / max(1.0, abs(a)) for a, b in zip(*reports))
            print(f"{' '.join(command)}: {len(reports[0])} numbers, largest relative difference {worst:.1e}")
            assert worst < 1e-12


if __name__ == "__main__":
    main()
