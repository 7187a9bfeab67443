"""A recurrent network of up to 256 steps and a residual network of 64 layers: what is compiled and printed does not explode.

Usage: deep_model_test.py TPC. Counts of instructions and lines decide: from 16 to 32 to 64 steps they grow by equal
amounts a step, generated kernels not at all, and the printed equations keep their number. The time limit is the
requirement (3 s a command, of the processor) and generous.
"""
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER = """model deep
width n
dim d = 1
dim k = 1
param U : [n, d] init normal(std = 1)
"""
TRAINING = """train {{
  data = train
  loss = mse(net({call}), y)
  optimizer = sgd(lr = 0.1)
  batch = full
  steps = 3
}}
parametrization mup
"""


def data(fields, columns):
    stream = random.Random(7)
    rows = ["  " + " ".join(f"{stream.gauss(0, 1):.3f}" for _ in range(columns)) for _ in range(4)]
    return f"data train : {fields}, y[k] {{\n" + "\n".join(rows) + "\n}\n"


def recurrent(steps):
    tokens = [f"x{j}" for j in range(1, steps + 1)]
    body = ["  h1 = tanh(U @ x1 + b)"]
    body += [f"  h{j} = tanh(W @ h{j - 1} + U @ x{j} + b)" for j in range(2, steps + 1)]
    return (HEADER + "param b : [n] init zero\nparam W : [n, n] init normal(std = 1)\n"
            "param V : [k, n] init normal(std = 1)\n"
            f"def net({', '.join(t + ' : [d]' for t in tokens)}) -> [k] {{\n" + "\n".join(body) +
            f"\n  return V @ h{steps}\n}}\n" + data(", ".join(t + "[d]" for t in tokens), steps + 1) +
            TRAINING.format(call=", ".join(tokens)))


def residual(layers):
    weights = [f"param W{j} : [n, n] init normal(std = 1)" for j in range(2, layers + 1)]
    body = ["  z1 = U @ x"] + [f"  z{j} = z{j - 1} + 0.1 * tanh(W{j} @ z{j - 1})" for j in range(2, layers + 1)]
    return (HEADER + "\n".join(weights) + "\nparam V : [k, n] init normal(std = 1)\n"
            "def net(x : [d]) -> [k] {\n" + "\n".join(body) + f"\n  return V @ z{layers}\n}}\n" +
            data("x[d]", 2) + TRAINING.format(call="x"))


def children_seconds():
    """Processor time, which other work on the machine does not lengthen."""
    times = os.times()
    return times.children_user + times.children_system


def run(executable, path, *arguments):
    start = children_seconds()
    done = subprocess.run([executable, arguments[0], str(path), *arguments[1:]], capture_output=True, text=True,
                          check=True)
    seconds = children_seconds() - start
    assert seconds < 3, f"tpc {' '.join(arguments)} took {seconds:.1f} s"
    return done.stdout, seconds


def measure(executable, path):
    limit, _ = run(executable, path, "emit", "--stage", "limit")
    llvm, seconds = run(executable, path, "emit", "--stage", "llvm")
    derived, derive_seconds = run(executable, path, "derive")
    run(executable, path, "classify")
    return {"limit": len(re.findall(r"^ *%", limit, re.M)), "llvm": llvm.count("\n"),
            "functions": len(re.findall(r"^define", llvm, re.M)), "equations": derived.count("\n"),
            "seconds": (round(derive_seconds, 2), round(seconds, 2))}


def check(name, sizes):
    """`sizes`: at 16, 32 and 64 steps."""
    first, second, third = sizes
    for what in ("limit", "llvm"):
        growth, later = (second[what] - first[what]) / 16, (third[what] - second[what]) / 32
        assert later <= 1.02 * growth, f"{name}: {what} grows by {growth:.1f} a step, then by {later:.1f}"
    assert third["llvm"] < 20000, f"{name}: {third['llvm']} lines of LLVM IR"
    for what in ("functions", "equations"):
        assert first[what] == third[what], f"{name}: {first[what]} {what} at 16 steps, {third[what]} at 64"


def check_long(executable, path, short):
    """Nothing that is done before machine code takes more than a multiple of the steps: 256 are within the limit, too."""
    path.write_text(recurrent(256))
    long = measure(executable, path)
    print(f"recurrent, 256 steps: {long}")
    for what in ("functions", "equations"):
        assert short[what] == long[what], f"recurrent: {short[what]} {what} at 16 steps, {long[what]} at 256"


def check_kernel(executable, path):
    """Of the T^2 pairs of steps only T have an expectation that is not zero: the kernel's formulas grow like T, and so does
    what is done to find them, up to a small part."""
    sizes = []
    for steps in (16, 32, 64, 128):
        path.write_text(recurrent(steps))
        limit, seconds = run(executable, path, "emit", "--stage", "limit", "--param", "ntp")
        sizes.append(len(re.findall(r"^ *%", limit, re.M)))
        print(f"recurrent, {steps} steps, kernel regime: {sizes[-1]} instructions, {seconds:.2f} s")
    for first, second, third in zip(sizes, sizes[1:], sizes[2:]):
        assert third - second <= 2.02 * (second - first), f"kernel: {sizes} instructions"


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "deep.tp"
        for name, program in (("recurrent", recurrent), ("residual", residual)):
            sizes = []
            for steps in (16, 32, 64):
                path.write_text(program(steps))
                sizes.append(measure(executable, path))
                print(f"{name}, {steps} steps: {sizes[-1]}")
            check(name, sizes)
            if program is recurrent:
                check_long(executable, path, sizes[0])
        check_kernel(executable, path)
        path.write_text(residual(96))
        _, seconds = run(executable, path, "emit", "--stage", "limit", "--param", "ntp")
        print(f"residual, 96 layers, kernel regime: {seconds:.2f} s")
        path.write_text(residual(128))
        # Powers of the width alone.
        for parametrization in ("mup", "ntp"):
            _, seconds = run(executable, path, "classify", "--param", parametrization)
            print(f"residual, 128 layers, classified ({parametrization}): {seconds:.2f} s")


if __name__ == "__main__":
    main()
