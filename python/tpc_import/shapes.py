"""Reshaping: axes that are split into parts or joined, slices, new axes."""
from dataclasses import replace

from tpc_import.errors import ImportFailure
from tpc_import.products import described
from tpc_import.program import wide
from tpc_import.values import BATCH, ONE, Axis, Value, fixed, permuted


def reshaped(program, value, old, new):
    """From torch's sizes `old` to `new`: every new axis is an old one, a part of one, or several joined."""
    if tuple(old) == tuple(new):
        return value
    kept = [place for place, axis in enumerate(value.axes) if axis.kind != "one"]
    if len(kept) < len(old) and [old[place] for place in kept] == list(new):
        return value.with_axes([value.axes[place] for place in kept])
    if value.extra.get("input") and old[0] == new[0] and len(new) == 2:
        program.input = [new[1]]
        return Value((BATCH, Axis("finite", new[1])), lambda indices: "x", extra=value.extra)
    if len(new) == 2 and len(old) > 2 and old[0] == new[0] and value.axes[1].kind == "wide" and not value.parts:
        return flattened(value, new[1])
    if len(old) >= 1 and old[:-1] == new[:len(old) - 1] and len(new) > len(old):
        return split(value, new[len(old) - 1:])
    if old[:len(new) - 1] == new[:-1] and len(new) < len(old):
        return joined(value, len(old) - len(new))
    raise ImportFailure(f"a reshape of {list(old)} to {list(new)}")


def flattened(value, size):
    """[batch, width, positions..] as one vector: the next weight has a block for every position."""
    if any(axis.kind != "loop" for axis in value.axes[2:]):
        raise ImportFailure(f"{described(value)} as one vector")
    return Value((BATCH, wide(tuple(axis.size for axis in value.axes[2:]), size)), value.element)


def split(value, sizes):
    """The last axis as several, of which the last is a vector of the width: heads, or queries, keys and values."""
    last, parts = value.axes[-1], tuple(sizes[:-1])
    if last.kind != "wide":
        raise ImportFailure(f"a split of {described(value)}")
    if last.parts:
        if last.parts != parts:
            raise ImportFailure(f"{last.parts} parts of the width split as {parts}")
        made = value
    elif value.split is not None:
        made = value.split(parts)
    else:
        raise ImportFailure("a vector of the width is split that is not the product of a weight")
    loops = [Axis("loop", size) for size in parts]
    return Value((*value.axes[:-1], *loops, wide((), sizes[-1])), made.element)


def joined(value, count):
    """The last `count` + 1 axes as one, of parts."""
    taken = value.axes[-count - 1:-1]
    last = value.axes[-1]
    if last.kind != "wide" or last.parts or any(axis.kind not in ("loop", "one") for axis in taken):
        raise ImportFailure(f"the last {count + 1} axes of {described(value)} joined")
    parts = tuple(axis.size for axis in taken if axis.kind == "loop")
    size = last.size
    for each in parts:
        size *= each
    return Value((*value.axes[:-count - 1], wide(parts, size)), value.element)


def chunks(value, count, sizes):
    """The value's last axis cut into equal pieces."""
    last = value.axes[-1]
    if last.kind != "wide" or value.split is None or len(set(sizes)) != 1:
        raise ImportFailure(f"a cut of {described(value)} into pieces of {sizes}")

    def piece(number):
        def further(parts):
            """A piece that is itself of parts: heads of the queries."""
            made = value.split((count, *parts))
            depth = len(value.loops)
            return Value((*value.axes[:-1], wide(parts, sizes[0])),
                         lambda at: made.element([*at[:depth], str(number + 1), *at[depth:]]))
        whole = Value((*value.axes[:-1], wide((), sizes[0])), lambda at: further(()).element(at))
        return replace(whole, split=further)

    return tuple(piece(number) for number in range(count))


def taken(program, value, places, new):
    """value[places] for full slices, leading parts, single indices and None; `new`: the sizes of the result."""
    places = list(places) if isinstance(places, tuple) else [places]
    if Ellipsis in places:
        position = places.index(Ellipsis)
        rest = len(value.axes) - sum(each is not None for each in places) + 1
        places[position:position + 1] = [slice(None)] * rest
    position = 0
    for place in places:
        axis = value.axes[position] if position < len(value.axes) else None
        if place is None:
            value = value.with_axes([*value.axes[:position], ONE, *value.axes[position:]])
            position += 1
        elif isinstance(place, slice):
            position += 1
            if place == slice(None):
                continue
            if axis.kind != "loop" or place.start not in (None, 0) or place.step not in (None, 1):
                raise ImportFailure(f"the part {place} of {described(value)}")
            value = shortened(value, position - 1, new[position - 1])
        elif isinstance(place, int) and axis.kind in ("loop", "one", "finite"):
            value = fixed(value, position, str((place + axis.size) % axis.size + 1))
        else:
            raise ImportFailure(f"the part {place} of {described(value)}")
    return value


def shortened(value, position, size):
    axes = list(value.axes)
    axes[position] = Axis("loop", size)
    return value.with_axes(axes)


def transposed(value, first, second):
    order = list(range(len(value.axes)))
    first, second = first % len(order), second % len(order)
    order[first], order[second] = order[second], order[first]
    return permuted(value, order)
