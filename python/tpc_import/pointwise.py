"""Functions of every coordinate, sums and products with broadcasting, softmax, layer norms, means."""
import math
from dataclasses import replace

import torch

from tpc_import.errors import ImportFailure
from tpc_import.products import deferred, described
from tpc_import.program import WIDTH
from tpc_import.values import ONE, Axis

# By torch's name of the function or module: the program's.
FUNCTIONS = {
    "relu": "relu", "relu_": "relu", "ReLU": "relu", "gelu": "gelu", "GELU": "gelu", "tanh": "tanh", "Tanh": "tanh",
    "sigmoid": "sigmoid", "Sigmoid": "sigmoid", "silu": "silu", "SiLU": "silu", "softplus": "softplus",
    "Softplus": "softplus", "exp": "exp", "log": "log", "sqrt": "sqrt", "square": "square", "abs": "abs", "erf": "erf",
    "sin": "sin", "cos": "cos", "neg": "-", "LeakyReLU": "leaky_relu", "leaky_relu": "leaky_relu",
}
OPERATORS = {"add": "+", "iadd": "+", "add_": "+", "sub": "-", "isub": "-", "mul": "*", "imul": "*", "mul_": "*",
             "truediv": "/", "itruediv": "/", "div": "/", "div_": "/"}
# A number added to a logit that stands for a mask.
MASK = -1e4


def apply(program, hint, value, function, further=""):
    def applied(value):
        def make(indices):
            return [], f"{function}({value.element(indices)}{further})"

        return program.define(hint, value.axes, make, value.parts)

    # Of a product that may yet be of several parts, so may the function.
    if value.split is not None:
        return deferred(lambda parts: applied(value.split(parts)), value.axes)
    return applied(value)


def constant(program, hint, value, operator, number, number_first):
    """With a number. What scales attention logits is left out: they are means."""
    if value.summed and operator in "*/":
        scale = number if operator == "*" else 1 / number
        if any(math.isclose(scale, value.summed ** power, rel_tol=1e-4) for power in (-1, -0.5)):
            return replace(value, summed=0)

    def make(indices):
        parts = [value.element(indices), f"{number:g}"]
        return [], f" {operator} ".join(reversed(parts) if number_first else parts)

    made = program.define(hint, value.axes, make, value.parts)
    return replace(made, summed=value.summed if operator in "*/" else 0)


def aligned(left, right):
    """Axes from the right, by the larger of both; what each value's own axes are among them."""
    count = max(len(left.axes), len(right.axes))
    rows = [[ONE] * (count - len(value.axes)) + list(value.axes) for value in (left, right)]
    axes = []
    for a, b in zip(*rows):
        if "one" not in (a.kind, b.kind) and "batch" not in (a.kind, b.kind):
            if a.kind != b.kind or a.size != b.size or a.parts != b.parts:
                raise ImportFailure(f"{described(left)} and {described(right)} coordinate by coordinate")
        axes.append(b if a.kind == "one" else a)
    return axes, rows


def binary(program, hint, left, right, operator):
    axes, rows = aligned(left, right)
    depth = sum(axis.kind == "loop" for axis in axes)

    def make(indices):
        each = iter(indices)
        index = [next(each) if axis.kind == "loop" else "" for axis in axes]
        own = [[place for axis, place in zip(row, index) if axis.kind == "loop"] for row in rows]
        terms = [value.element([*places, *(indices[depth:] if value.parts else [])])
                 for value, places in zip((left, right), own)]
        return [], f" {operator} ".join(bracket(term, operator) for term in terms)

    parts = left.parts or right.parts
    return program.define(hint, axes, make, parts)


def bracket(term, operator):
    return f"({term})" if operator in "*/-" and " + " in term else term


def masked(program, value):
    program.remark("masks are left out: exponents do not depend on which tokens see which")
    return value


def with_tensor(program, hint, value, operator, tensor):
    """With numbers that the module computes from none of its inputs and parameters."""
    if tensor.numel() == 1:
        return constant(program, hint, value, operator, tensor.item(), False)
    if operator == "+" and tensor.min() < MASK and tensor.max() <= 0:
        return masked(program, value)
    raise ImportFailure("a constant tensor that is no mask")


def softmax(program, hint, value, axis):
    if axis % len(value.axes) != len(value.axes) - 1:
        raise ImportFailure("a softmax that is not over the last axis")
    last = value.axes[-1]
    if last.kind == "finite":
        return apply(program, hint, value, "softmax")
    if last.kind != "loop" or value.whole is None:
        raise ImportFailure(f"a softmax of {described(value)}")
    axes = [*value.axes[:-1], Axis("finite", last.size)]
    return program.define(hint, axes, lambda indices: ([], f"softmax({value.whole(indices)})"))


def layer_norm(program, hint, value, weight, bias, eps):
    """weight, bias: (name, tensor), or None."""
    last = value.axes[-1]
    if last.kind != "wide" or last.parts:
        raise ImportFailure(f"a layer norm of {described(value)}")
    gain = f"{program.parameter(*weight, [WIDTH])[0]} * " if weight else ""
    shift = f" + {program.parameter(*bias, [WIDTH])[0]}" if bias else ""

    def make(indices):
        return [], f"{gain}layernorm({value.element(indices)}, eps = {eps:g}){shift}"

    return program.define(hint, value.axes, make)


def reduced(program, hint, value, axis, keep, mean):
    """The sum or the mean along one axis."""
    if not isinstance(axis, int):
        for each in sorted((each % len(value.axes) for each in axis), reverse=True):
            value = reduced(program, hint, value, each, keep, mean)
        return value
    position = axis % len(value.axes)
    over = value.axes[position]
    axes = [*value.axes[:position], *([ONE] if keep else []), *value.axes[position + 1:]]
    if over.kind == "wide" and mean and not over.parts:
        return program.define(hint, axes, lambda indices: ([], f"mean({value.element(indices)})"))
    vector = value.vector
    if over.kind != "loop" or vector is None:
        raise ImportFailure(f"a mean or sum of {described(value)} over axis {axis}")
    place = sum(each.kind == "loop" for each in value.axes[:position])
    zero = f"zeros({WIDTH if vector.kind == 'wide' else vector.size})"

    def make(indices):
        each = value.element([*indices[:place], "j", *indices[place:]])
        return [f"s = {zero}", f"for j in 1..{over.size} {{ s = s + {each} }}"], f"s / {over.size}" if mean else "s"

    return program.define(hint, axes, make, vector.parts)
