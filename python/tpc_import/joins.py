"""torch.cat, torch.stack of tokens, and torch.einsum of two tensors."""
import torch

from tpc_import.errors import ImportFailure
from tpc_import.products import described, linear, matmul
from tpc_import.program import wide
from tpc_import.values import BATCH, Axis, Value, permuted


def concatenated(program, hint, values, axis):
    values = with_batch(values)
    first = values[0]
    axis %= len(first.axes)
    for value in values[1:]:
        for place, (a, b) in enumerate(zip(first.axes, value.axes)):
            if len(first.axes) != len(value.axes) or (place != axis and not same(a, b)):
                raise ImportFailure(f"{described(first)} and {described(value)} one after the other")
    kinds = {value.axes[axis].kind for value in values}
    if kinds == {"wide"}:
        return of_vectors(program, hint, values, axis)
    if kinds == {"finite"} and not first.loops:
        own = ", ".join(value.element([]) for value in values)
        size = sum(value.axes[axis].size for value in values)
        return program.define(hint, [*first.axes[:axis], Axis("finite", size)], lambda indices: ([], f"concat({own})"))
    if kinds <= {"loop", "one"} and not first.parts:
        return of_tokens(program, hint, values, axis)
    raise ImportFailure(f"{described(first)} and others one after the other along axis {axis}")


def with_batch(values):
    """What is the same for all examples, such as a parameter that was expanded, stands before or behind what is not."""
    batched = any(value.axes[0].kind == "batch" for value in values)
    return [value.with_axes([BATCH, *value.axes[1:]]) if batched and value.axes[0].kind == "one" else value for value in values]


def same(a, b):
    return a.kind == b.kind and a.size == b.size and a.parts == b.parts


def of_vectors(program, hint, values, axis):
    """Vectors of the width are parts of a longer one, which the weight after them takes one by one."""
    if any(value.parts for value in values) or len({value.axes[axis].size for value in values}) > 1:
        raise ImportFailure("vectors of the width of different sizes one after the other")
    loops = values[0].loops
    indices = [f"i{k + 1}" for k in range(len(loops))]
    name = program.name(hint)
    head = "".join(f"for {index} in 1..{axis_.size} {{ " for index, axis_ in zip(indices, loops))
    for k, value in enumerate(values):
        program.lines.append(f"  {head}{name}[{', '.join([*indices, str(k + 1)])}] = {value.element(indices)}{' }' * len(loops)}")
    axes = list(values[0].axes)
    axes[axis] = wide((len(values),), len(values) * axes[axis].size)
    return Value(tuple(axes), lambda at: f"{name}[{', '.join(at)}]")


def of_tokens(program, hint, values, axis):
    """Lists one behind the other."""
    axes = list(values[0].axes)
    axes[axis] = Axis("loop", sum(value.axes[axis].size for value in values))
    loops = [each for each in axes if each.kind == "loop"]
    own = sum(each.kind == "loop" for each in axes[:axis])
    indices = [f"i{k + 1}" for k in range(len(loops))]
    name, before = program.name(hint), 0
    for value in values:
        size = value.axes[axis].size
        sizes = [size if k == own else each.size for k, each in enumerate(loops)]
        head = "".join(f"for {index} in 1..{each} {{ " for index, each in zip(indices, sizes))
        place = [f"{before} + {index}" if k == own and before else index for k, index in enumerate(indices)]
        at = [index for k, index in enumerate(indices) if k != own or value.axes[axis].kind == "loop"]
        program.lines.append(f"  {head}{name}[{', '.join(place)}] = {value.element(at)}{' }' * len(loops)}")
        before += size
    ranges = ", ".join(f"1..{each.size}" for each in loops)
    return Value(tuple(axes), lambda at: f"{name}[{', '.join(at)}]" if at else name, listed=lambda part: f"{name}[{ranges}]")


def einsum(program, hint, equation, operands):
    """Of two tensors over one letter: a product over it. A parameter must be [out, in], as that of a linear layer is."""
    left, arrow, out = equation.replace(" ", "").partition("->")
    letters = left.split(",")
    if not arrow or len(letters) != 2 or len(operands) != 2 or "." in equation or any(len(set(each)) < len(each) for each in letters):
        raise ImportFailure(f"`{equation}`: expected two tensors, as in `bij,bjk->bik`")
    summed = [each for each in letters[0] if each in letters[1] and each not in out]
    if len(summed) != 1 or set(out) != set(letters[0]) ^ set(letters[1]) | set(out) & set(letters[0]) & set(letters[1]):
        raise ImportFailure(f"`{equation}`: expected a sum over one letter that both have")
    if operands[1].name and isinstance(operands[1].tensor, torch.nn.Parameter):
        return of_weight(program, hint, equation, letters, summed[0], out, operands)
    shared = [each for each in out if each in letters[0] and each in letters[1]]
    rows = [each for each in letters[0] if each not in shared + summed]
    columns = [each for each in letters[1] if each not in shared + summed]
    if len(rows) != 1 or len(columns) != 1:
        raise ImportFailure(f"`{equation}`: expected one letter more on each side")
    sides = [permuted(operand.value, [own.index(each) for each in order]) for operand, own, order in zip(
        operands, letters, (shared + rows + summed, shared + summed + columns))]
    made = matmul(program, hint, *sides)
    return permuted(made, [(shared + rows + columns).index(each) for each in out])


def of_weight(program, hint, equation, letters, summed, out, operands):
    value, weight = operands
    if letters[0][-1] != summed or letters[1][-1] != summed or len(letters[1]) != 2 or out != letters[0][:-1] + letters[1][0]:
        raise ImportFailure(f"`{equation}`: expected the weight as `oi` and the sum over the last letters, as in `bti,oi->bto`")
    return linear(program, hint, value.value, (weight.name, weight.tensor), None)
