"""What a tensor of the module is in the program: for every index of its finite axes one expression."""
from dataclasses import dataclass, field, replace
from typing import Callable


@dataclass(frozen=True, eq=False)
class Axis:
    """kind: batch (which programs do not have), one (size 1), loop (an index of a list), and of what each element is a
    vector: wide, of the width, or finite. A wide axis of parts is several vectors of the width one after the other (heads)."""
    kind: str
    size: int
    parts: tuple = ()


BATCH = Axis("batch", 0)
ONE = Axis("one", 1)


@dataclass(frozen=True, eq=False)
class Value:
    """`element`: the expression at indices of the loop axes, in their order, and then of the parts."""
    axes: tuple
    element: Callable
    split: Callable | None = None  # of a product not yet written: itself, as so many parts
    summed: int = 0                # a sum over so many of the width, written as a mean
    whole: Callable | None = None  # of numbers: all along the last loop axis as one expression
    listed: Callable | None = None  # all along the loop axes as one expression, at an index of the parts
    extra: dict = field(default_factory=dict)  # of the module's input as it stands: that it is, or its tokens

    def with_axes(self, axes, element=None):
        return replace(self, axes=tuple(axes), element=element or self.element, split=None, whole=None, listed=None, extra={})

    @property
    def loops(self):
        return [axis for axis in self.axes if axis.kind == "loop"]

    @property
    def vector(self):
        """The axis along which an element is a vector, or None for numbers."""
        return next((axis for axis in self.axes if axis.kind in ("wide", "finite")), None)

    @property
    def parts(self):
        return self.vector.parts if self.vector else ()


def permuted(value, order):
    """Axis `order[k]` of the value as axis k."""
    if list(order) == list(range(len(value.axes))):
        return value
    axes = [value.axes[each] for each in order]
    loops = [axis for axis in axes if axis.kind == "loop"]
    count = len(loops)

    def element(indices):
        at = dict(zip(map(id, loops), indices))
        return value.element([at[id(axis)] for axis in value.loops] + list(indices[count:]))

    return value.with_axes(axes, element)


def fixed(value, position, index):
    """The value at an index (text) of its axis, which goes away."""
    axis = value.axes[position]
    axes = value.axes[:position] + value.axes[position + 1:]
    if axis.kind == "one":
        return value.with_axes(axes)
    if axis.kind == "finite":
        return value.with_axes(axes, lambda indices: f"{value.element(indices)}[{index}]")
    place = [id(each) for each in value.loops].index(id(axis))
    return value.with_axes(axes, lambda indices: value.element([*indices[:place], index, *indices[place:]]))
