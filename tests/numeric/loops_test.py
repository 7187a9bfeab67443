"""Loops over tokens as dimensions against the same loops written out: networks of finite width agree to rounding, the
limits within their error bars; and neither equations nor machine code grow with the number of tokens.

Usage: loops_test.py TPC EXAMPLES
"""
import math
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from golden_test import flat, tpc

LINES, SECONDS = 40, 1.0  # fewer of both, however many tokens there are


def with_tokens(program, tokens, directory):
    """The example with as many tokens, on data of its own."""
    generator = random.Random(tokens)
    for name, columns in (("train", 2 * tokens + 1), ("test", 2 * tokens)):
        rows = [",".join(f"{generator.gauss(0, 1):.3f}" for _ in range(columns)) for _ in range(3)]
        (directory / f"{name}{tokens}.csv").write_text("\n".join(rows) + "\n")
    before, after = program[: program.index("data train")], program[program.index("train {"):]
    data = f'data train : x[T, d], y[k] = csv("train{tokens}.csv")\ndata test : x[T, d] = csv("test{tokens}.csv")\n'
    path = directory / f"tokens{tokens}.tp"
    path.write_text(before.replace("dim T = 3", f"dim T = {tokens}") + data + after)
    return path


def written_out(program):
    """The same network, where each iteration of a loop needs the one before."""
    head, body = program.split("  for i in 1..T {\n", 1)
    body = body.replace("{ s[j]", "{ c = 0.5 * c\n s[j]").replace("{ o = o", "{ c = 0.5 * c\n o = o")
    return head + "  c = U[:, 1]\n  for i in 1..T {\n    c = 0.5 * c\n" + body


def seconds_of(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, after.ru_utime - before.ru_utime


def check_growth(executable, program, directory):
    listings = {}
    for tokens in (3, 64):
        path = str(with_tokens(program, tokens, directory))
        listing, derived = seconds_of(executable, "derive", path)
        _, compiled = seconds_of(executable, "compile", path, "-o", str(directory / "model.o"))
        print(f"{tokens} tokens: {listing.count(chr(10))} lines in {derived:.2f} s, compiled in {compiled:.2f} s")
        assert listing.count("\n") < LINES and derived + compiled < SECONDS
        listings[tokens] = listing.replace(str(tokens), "T")
    assert listings[3].count("\n") == listings[64].count("\n")


def check_numbers(executable, program, directory):
    reports = {}
    for name, text in (("dimension", program), ("written out", written_out(program))):
        path = directory / f"{name}.tp"
        path.write_text(text)
        reports[name] = (tpc(executable, "simulate", str(path), "--width", "64", "--seeds", "2"),
                         tpc(executable, "run", str(path), "--samples", "8192", "--seed", "7"))
        instructions = subprocess.run([executable, "emit", str(path), "--stage", "tp"], capture_output=True, text=True,
                                      check=True).stdout.count(" = ")
        print(f"{name}: {instructions} lines of TP IR")
    for a, b in zip(flat(reports["dimension"][0]["outputs"]["test"]), flat(reports["written out"][0]["outputs"]["test"])):
        assert abs(a - b) <= 1e-12 * max(1.0, abs(a)), (a, b)
    limits = [reports[name][1] for name in reports]
    values, errors = ([flat(limit[key]["test"]) for limit in limits] for key in ("outputs", "outputs_stderr"))
    worst = max(abs(a - b) / math.hypot(e, f) for a, b, e, f in zip(*values, *errors) if e > 0)
    print(f"limits differ by {worst:.2f} standard errors at most")
    assert worst < 5.0


def main():
    executable, program = sys.argv[1], (Path(sys.argv[2]) / "attention.tp").read_text()
    with tempfile.TemporaryDirectory() as name:
        check_growth(executable, program, Path(name))
        check_numbers(executable, program, Path(name))


if __name__ == "__main__":
    main()
