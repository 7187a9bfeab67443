"""The library of the language (library/*.tp): its defs compute what numpy computes, at any stride, padding and dilation.

Usage: library_test.py TPC

Every program reads its weights from files (a family's members one each), so that a network of one width is one function.
Another test sets networks beside the limit (example_widths_test.py, examples/convolution.tp).
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
except ImportError as error:
    print(f"SKIPPED: this test computes with numpy, and {sys.executable} has none ({error})")
    sys.exit(77)

from network_function import as_function

WIDTH, EXAMPLES, TOLERANCE = 6, 3, 1e-12


def tpc(executable, *arguments):
    done = subprocess.run([executable, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def padded(x, padding, dimensions):
    return numpy.pad(x, [(padding, padding)] * dimensions + [(0, 0)] * (x.ndim - dimensions))


def windows(x, kernel, stride=1, padding=0, dilation=1):
    """[positions.., kernel.., channels] of x [positions.., channels]."""
    dimensions = len(kernel)
    x = padded(x, padding, dimensions)
    counts = [(size - dilation * (places - 1) - 1) // stride + 1 for size, places in zip(x.shape, kernel)]
    result = numpy.zeros((*counts, *kernel, *x.shape[dimensions:]))
    for position in numpy.ndindex(*counts):
        for place in numpy.ndindex(*kernel):
            result[position + place] = x[tuple(stride * p + dilation * i for p, i in zip(position, place))]
    return result


def conv(W, x, bias=0, **settings):
    kernel = W.shape[:-2]
    axes = list(range(len(kernel)))
    own = windows(x, kernel, **settings)
    return numpy.tensordot(own, W, ([len(axes) + each for each in axes] + [-1], axes + [-1])) + bias


def depthwise(w, x, bias=0, **settings):
    kernel = w.shape[:-1]
    own = windows(x, kernel, **settings) * w
    return own.sum(axis=tuple(range(len(kernel), 2 * len(kernel)))) + bias


def pool(x, size, stride=None, padding=0, dimensions=1, reduce=numpy.mean):
    own = windows(x, (size,) * dimensions, stride=stride or size, padding=padding)
    return reduce(own, axis=tuple(range(dimensions, 2 * dimensions)))


def largest(*arguments, **settings):
    return pool(*arguments, reduce=numpy.max, **settings)


def grouped(W, x, **settings):
    return numpy.stack([conv(own, each, **settings) for own, each in zip(W, x)])


# The shape of x; the statements that make a value y; its axes besides the width; the same in numpy. U: [3, n, d], kernel
# sizes 3 and 3 x 2 of W and S, E and D: the kernels of depthwise layers, b a bias, F the groups' own.
SEQUENCE, IMAGE = [7, 2], [6, 5, 2]
CASES = [
    (SEQUENCE, "conv(U, x)", lambda x, p: conv(p["U"], x)),
    (SEQUENCE, "conv(U, x, stride = 2, padding = 1)", lambda x, p: conv(p["U"], x, stride=2, padding=1)),
    (SEQUENCE, "conv(U, x, b, dilation = 2, padding = same(U, dilation = 2))",
     lambda x, p: conv(p["U"], x, p["b"], dilation=2, padding=2)),
    (SEQUENCE, "conv(W, tanh(conv(U, x, padding = same(U))), stride = 3)",
     lambda x, p: conv(p["W"], numpy.tanh(conv(p["U"], x, padding=1)), stride=3)),
    (SEQUENCE, "pool(conv(U, x), 2)", lambda x, p: pool(conv(p["U"], x), 2)),
    (SEQUENCE, "pool(conv(U, x), 3, stride = 1, padding = 1)", lambda x, p: pool(conv(p["U"], x), 3, 1, 1)),
    (SEQUENCE, "max_pool(conv(U, x), 3, stride = 2)", lambda x, p: largest(conv(p["U"], x), 3, 2)),
    (SEQUENCE, "depthwise_conv(E, conv(U, x), bias = b, padding = 2)",
     lambda x, p: depthwise(p["E"], conv(p["U"], x), p["b"], padding=2)),
    (IMAGE, "conv2d(P, x, stride = 2, padding = 1)", lambda x, p: conv(p["P"], x, stride=2, padding=1)),
    (IMAGE, "conv2d(S, conv2d(P, x), b, dilation = 2)", lambda x, p: conv(p["S"], conv(p["P"], x), p["b"], dilation=2)),
    (IMAGE, "pool2d(conv2d(P, x), 2, stride = 1)", lambda x, p: pool(conv(p["P"], x), 2, 1, dimensions=2)),
    (IMAGE, "max_pool2d(conv2d(P, x), 2)", lambda x, p: largest(conv(p["P"], x), 2, dimensions=2)),
    (IMAGE, "depthwise_conv2d(D, conv2d(P, x), padding = 1)", lambda x, p: depthwise(p["D"], conv(p["P"], x), padding=1)),
    (SEQUENCE, "grouped_conv(F, [conv(U, x), conv(V, x)], padding = 1)",
     lambda x, p: grouped(p["F"], [conv(p["U"], x), conv(p["V"], x)], padding=1)),
]
PARAMETERS = {"U": ([3], ["n", 2]), "V": ([3], ["n", 2]), "W": ([3], ["n", "n"]), "P": ([3, 2], ["n", 2]),
              "S": ([2, 2], ["n", "n"]), "E": ([3], ["n"]), "D": ([3, 2], ["n"]), "F": ([2, 3], ["n", "n"]), "b": ([], ["n"]),
              "R": ([], [1, "n"])}


def sizes(shape):
    return [WIDTH if each == "n" else each for each in shape]


def save(folder, values):
    for name, (family, _) in PARAMETERS.items():
        for place in numpy.ndindex(*family):
            member = f"[{','.join(str(i + 1) for i in place)}]" if family else ""
            numpy.save(folder / f"{name}{member}.npy", values[name][place])


def declared(name):
    family, shape = PARAMETERS[name]
    members = f"[{', '.join(f'1..{size}' for size in family)}]" if family else ""
    return f'param {name}{members} : [{", ".join(map(str, shape))}] init npy("{name}.npy")'


def program(case, expression, value, x):
    """The readout weighs the positions differently, so that each of them counts."""
    used = [name for name in PARAMETERS if f"({name}" in expression or f", {name}" in expression or name == "R"]
    axes = value.shape[:-1]
    indices = [f"p{k}" for k in range(len(axes))]
    loops = "".join(f"for {index} in 1..{size} {{ " for index, size in zip(indices, axes))
    weight = " + ".join(f"{k + 2} * {index}" for k, index in enumerate(indices))
    lists = expression.replace("[conv(U, x), conv(V, x)]", "z")
    before = "z[1] = conv(U, x)\n  z[2] = conv(V, x)\n  " if lists != expression else ""
    shape = ", ".join(map(str, case))
    return f"""model library
width n
{chr(10).join(map(declared, used))}
def net(x : [{shape}]) -> [1] {{
  {before}y = {lists}
  s = zeros(n)
  {loops}s = s + sin({weight}) * y[{', '.join(indices)}]{' }' * len(axes)}
  return R @ s
}}
""" + as_function(f"[{shape}]", x, 1, used)


def check(executable, folder, case, random, values):
    shape, expression, own = case
    x = random.standard_normal((EXAMPLES, *shape))
    made = [own(each, values) for each in x]
    path = folder / "library.tp"
    path.write_text(program(shape, expression, made[0], x))
    found = json.loads(tpc(executable, "simulate", path, "--width", WIDTH, "--format", "json"))["outputs"]["train"][0]
    for output, value in zip(found, made):
        total = 0.0
        for position in numpy.ndindex(*value.shape[:-1]):
            weight = math.sin(sum((k + 2) * (index + 1) for k, index in enumerate(position)))
            total += weight * (values["R"][0] @ value[position])
        assert abs(output[0] - total) < TOLERANCE * (1 + abs(total)), (expression, output, total)
    print(f"{expression}: {len(made)} outputs agree")


def main():
    executable = sys.argv[1]
    seed = 20
    print(f"seed {seed}")
    random = numpy.random.default_rng(seed)
    values = {name: random.standard_normal((*family, *sizes(shape))) for name, (family, shape) in PARAMETERS.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(folder, values)
        for case in CASES:
            check(executable, folder, case, random, values)


if __name__ == "__main__":
    main()
