"""Products: of a weight and a value, of two values over an axis, rows of tables."""
from dataclasses import replace

import torch

from tpc_import.errors import ImportFailure
from tpc_import.program import MOST_ROWS, WIDTH, in_program, wide
from tpc_import.values import Axis, Value


def linear(program, hint, value, weight, bias):
    """weight, bias: (name, tensor); bias may be None. The last axis of the value is summed over."""
    name, tensor = weight
    out = tensor.shape[0]
    last = value.axes[-1]
    if last.kind not in ("wide", "finite"):
        raise ImportFailure(f"`{name}` multiplies an axis that is no vector in the program")
    if name in program.tables:
        return tied_scores(program, hint, value, name, out, bias)
    if not program.sizes.is_wide(out):
        return product(program, hint, value, weight, bias, Axis("finite", out), ())
    axis = wide((), out)

    def split(parts):
        return product(program, hint, value, weight, bias, wide(parts, out), parts)

    return deferred(split, [*value.axes[:-1], axis])


def deferred(split, axes):
    """A product that is written when it is first used: until then its use may say that it is of several parts."""
    written = {}

    def force(parts):
        if parts not in written:
            if written:
                raise ImportFailure("the same product is used as a whole and in parts")
            written[parts] = split(parts)
        return written[parts]

    return Value(tuple(axes), lambda indices: force(()).element(indices), split=force)


def of_parts(value, parts):
    """A value whose vector is of these parts: as it is, or as the product it is can be written."""
    if value.parts == parts:
        return value
    if value.split is None or value.parts:
        raise ImportFailure(f"{described(value)} as {parts[0]} groups of channels, which is not the product of a weight")
    return value.split(parts)


def listed(program, hint, value):
    """All of a value along its loop axes as one expression, at an index of the parts."""
    if value.split is not None:
        value = value.split(())
    if value.listed is None:
        value = program.define(hint + "_in", value.axes, lambda indices: ([], value.element(indices)), value.parts)
    return value.listed


def product(program, hint, value, weight, bias, axis, parts):
    name, tensor = weight
    last, base = value.axes[-1], program.sizes.base
    grows, to_wide = last.kind == "wide", axis.kind == "wide"
    inner = WIDTH if grows else str(last.size)
    ranges = (*parts, *last.parts)
    # The maximal start of a hidden weight is sigma / sqrt(n), of a readout sigma / n.
    scale = (base ** 0.5 if to_wide else base) if grows else 1.0
    own, agrees = program.parameter(name, tensor, [WIDTH if to_wide else axis.size, inner], scale, ranges)
    if not agrees:
        raise ImportFailure(f"`{name}` is used in two ways")
    added = ""
    if bias is not None:
        shape = [WIDTH if to_wide else axis.size]
        # An output that starts as a random number would be no start at 0, which the limit asks for.
        start = bias[1] if to_wide else torch.zeros_like(bias[1])
        if not to_wide and bias[1].any():
            program.remark(f"`{bias[0]}` starts at 0 here, and as random numbers in the module")
        added, _ = program.parameter(bias[0], start, shape, 1.0, parts)
    depth = len(value.loops)
    zero = f"zeros({WIDTH if to_wide else axis.size})"

    def make(indices):
        of_parts = indices[depth:]
        plus = f" + {added}{bracketed(of_parts)}" if added else ""
        if not last.parts:
            return [], f"{own}{bracketed(of_parts)} @ {value.element(indices[:depth])}{plus}"
        over = [f"j{k + 1}" for k in range(len(last.parts))]
        loops = "".join(f"for {index} in 1..{size} {{ " for index, size in zip(over, last.parts))
        each = f"{own}{bracketed([*of_parts, *over])} @ {value.element([*indices[:depth], *over])}"
        return [f"s = {zero}", f"{loops}s = s + {each}{' }' * len(over)}"], f"s{plus}"

    return program.define(hint, [*value.axes[:-1], axis], make, parts)


def places(parts):
    """All indices of parts, as texts."""
    found = [[]]
    for size in parts:
        found = [[*place, str(index + 1)] for place in found for index in range(size)]
    return found


def weighted_sum(own, leading, parts, value):
    """A family of weights at its first indices times a vector, part by part."""
    return " + ".join(f"{own}{bracketed([*leading, *place])} @ {value(place)}" for place in places(parts))


def bracketed(indices):
    return f"[{', '.join(indices)}]" if indices else ""


def tied_scores(program, hint, value, name, rows, bias):
    own, rows = in_program(name), min(rows, MOST_ROWS)
    program.remark(f"`{name}` embeds and reads out: its scores are written as means, so divide them by the width")
    axis = Axis("finite", rows)
    added = f" + {program.parameter(bias[0], torch.zeros(rows), [rows])[0]}" if bias else ""

    def make(indices):
        each = value.element(indices)
        return [f"for w in 1..{rows} {{ score[w] = mean({own}[w] * {each}) }}"], f"score[1..{rows}]{added}"

    return replace(program.define(hint, [*value.axes[:-1], axis], make), summed=value.axes[-1].size)


def embedding(program, hint, value, name, tensor):
    """Rows of a table [rows, width] at tokens, which the program has as one 1 among zeros."""
    rows = min(tensor.shape[0], MOST_ROWS)
    if rows < tensor.shape[0]:
        program.remark(f"`{name}` has {tensor.shape[0]} rows, here {rows}: the exponents do not depend on it")
    program.tables.add(name)
    own, _ = program.parameter(name, tensor, [rows, program.dimension(tensor.shape[1])])
    if program.input not in (None, shape := [*(axis.size for axis in value.loops), rows]):
        raise ImportFailure(f"tokens that are rows of two tables of different sizes, one of them `{name}`")
    program.input = shape
    depth = len(value.loops)

    def make(indices):
        return ([f"s = zeros({program.dimension(tensor.shape[1])})",
                 f"for w in 1..{rows} {{ s = s + {indexed(value.extra['tokens'], indices[:depth], 'w')} * {own}[w] }}"], "s")

    return program.define(hint, [*value.axes, vector_axis(program, tensor.shape[1])], make)


def indexed(name, indices, last):
    return f"{name}[{', '.join([*indices, last])}]"


def vector_axis(program, size):
    return wide((), size) if program.sizes.is_wide(size) else Axis("finite", size)


def matmul(program, hint, left, right):
    """[.., M, K] @ [.., K, N]: over the width a mean, over a finite axis a sum."""
    inner, other = left.axes[-1], right.axes[-2]
    if inner.kind == "wide" and other.kind == "wide" and not inner.parts and not other.parts:
        return means(program, hint, left, right, inner.size)
    if other.kind == "loop" and inner.kind in ("finite", "loop") and right.axes[-1].kind == "wide" and not right.parts:
        return mixture(program, hint, left, right, other.size)
    raise ImportFailure(f"a product of {described(left)} and {described(right)}")


def described(value):
    return "[" + ", ".join(f"{axis.kind} {axis.size or ''}".strip() for axis in value.axes) + "]"


def leading(left, right):
    if len(left.axes) != len(right.axes) or any(
            a.kind != b.kind or a.size != b.size for a, b in zip(left.axes[:-2], right.axes[:-2])):
        raise ImportFailure(f"a product of {described(left)} and {described(right)}")
    return list(left.axes[:-2])


def at(value, kept):
    """The element of a value by the indices of the loops among its axes, which stand in torch's order."""
    return value.element([index for axis, index in zip(value.axes, kept) if axis.kind == "loop"])


def means(program, hint, left, right, size):
    # Queries and keys may be of the same tokens, which are two axes of the result.
    axes = [*leading(left, right), left.axes[-2], replace(right.axes[-1])]
    if any(axis.kind not in ("batch", "one", "loop") for axis in axes):
        raise ImportFailure(f"a product of {described(left)} and {described(right)}")

    def make(indices):
        each = iter(indices)
        index = [next(each) if axis.kind == "loop" else "" for axis in axes]
        return [], f"mean({at(left, [*index[:-1], ''])} * {at(right, [*index[:-2], '', index[-1]])})"

    program.remark("sums over the width of products (attention logits) are written as means: divide by the head size, "
                   "not by its root")
    return replace(program.define(hint, axes, make), summed=size)


def mixture(program, hint, left, right, size):
    """Weights that are numbers times vectors of the width."""
    axes = [*leading(left, right), left.axes[-2], right.axes[-1]]

    def make(indices):
        each = iter(indices)
        index = [next(each) if axis.kind == "loop" else "" for axis in axes]
        vector = at(right, [*index[:-2], "j", ""])
        if left.axes[-1].kind == "finite":
            before, weight = [f"a = {at(left, [*index[:-1], ''])}"], "a[j]"
        else:
            before, weight = [], at(left, [*index[:-1], "j"])
        return [*before, f"s = zeros({WIDTH})", f"for j in 1..{size} {{ s = s + {weight} * {vector} }}"], "s"

    return program.define(hint, axes, make)
