"""Convolutions and pooling of [batch, channels, positions..], as calls of the program's library (library/*.tp)."""
from dataclasses import replace

from tpc_import.errors import ImportFailure
from tpc_import.products import bracketed, deferred, described, listed, of_parts, places, vector_axis
from tpc_import.program import WIDTH, wide
from tpc_import.values import BATCH, ONE, Axis, Value


def image(value, dimensions):
    """With the channels as the vector at every position."""
    if value.extra.get("input") and len(value.axes) == dimensions + 2:
        sizes = [axis.size for axis in value.axes[1:]]
        axes = (BATCH, Axis("finite", sizes[0]), *(Axis("loop", size) for size in sizes[1:]))
        return Value(axes, lambda indices: f"x[:, {', '.join(indices)}]")
    kinds = [axis.kind for axis in value.axes]
    if len(kinds) != dimensions + 2 or kinds[1] not in ("wide", "finite") or set(kinds[2:]) != {"loop"}:
        raise ImportFailure(f"positions along the axes after the channels of {described(value)}")
    return value


def one(what, numbers):
    """The number that is the same along all axes."""
    numbers = set(numbers) if isinstance(numbers, (tuple, list)) else {numbers}
    if len(numbers) != 1:
        raise ImportFailure(f"{what} of {sorted(numbers)}, which differ between the axes")
    return numbers.pop()


def padding_of(padding, kernel, dilation):
    if padding == "valid":
        return 0
    if padding != "same":
        return one("paddings", padding)
    if any(dilation * (size - 1) % 2 for size in kernel):
        raise ImportFailure("`same` padding of a kernel that has no middle")
    return one("paddings", [dilation * (size - 1) // 2 for size in kernel])


class Call:
    """One layer: conv(W, x, bias = b, stride = 2), for all groups or each."""

    def __init__(self, program, hint, value, weight, bias, stride, padding, dilation, groups):
        self.program, self.hint, self.weight, self.bias, self.groups = program, hint, weight, bias, groups
        self.out, self.inner, *self.kernel = weight[1].shape
        self.value = image(value, len(self.kernel))
        self.stride, self.dilation = one("strides", stride), one("dilations", dilation)
        self.padding = padding_of(padding, self.kernel, self.dilation)
        self.suffix = "2d" if len(self.kernel) == 2 else ""
        sizes = [axis.size for axis in self.value.axes[2:]]
        self.positions = [Axis("loop", (size + 2 * self.padding - self.dilation * (places - 1) - 1) // self.stride + 1)
                          for size, places in zip(sizes, self.kernel)]

    def settings(self, bias):
        given = [("bias", bias, ""), ("stride", self.stride, 1), ("padding", self.padding, 0), ("dilation", self.dilation, 1)]
        return "".join(f", {name} = {value}" for name, value, usual in given if value != usual)

    def parameter(self, shape, scale, parts):
        own, agrees = self.program.parameter(*self.weight, shape, scale, (*parts, *self.kernel))
        if not agrees:
            raise ImportFailure(f"`{self.weight[0]}` is used in two ways")
        return own

    def bias_of(self, size, parts):
        if self.bias is None:
            return ""
        return self.program.parameter(*self.bias, [size], 1.0, parts)[0]

    def result(self, axis, parts, expression):
        """`expression` of the index of a part: all positions of it."""
        axes = [BATCH, axis, *self.positions]
        return self.program.define_whole(self.hint, axes, parts, expression)

    def written(self, axis, parts):
        value = of_parts(self.value, parts) if self.groups > 1 else self.value
        whole = listed(self.program, self.hint, value)
        inner = () if self.groups > 1 else value.parts
        grows = self.value.axes[1].kind == "wide"
        base = self.program.sizes.base
        scale = (base ** 0.5 if axis.kind == "wide" else base) if grows else 1.0
        size = WIDTH if axis.kind == "wide" else axis.size
        own = self.parameter([size, WIDTH if grows else self.inner], scale, (*parts, *inner))
        bias = self.bias_of(size, parts)

        def expression(part):
            """Of channels in parts the sum over them, to which the bias is added once."""
            terms = []
            for place in places(inner):
                added = bias + bracketed(part) if bias and not terms else ""
                terms.append(f"conv{self.suffix}({own}{bracketed([*part, *place])}, {whole(part if self.groups > 1 else place)}"
                             f"{self.settings(added)})")
            return " + ".join(terms)

        return self.result(axis, parts, expression)

    def depthwise(self):
        axis = self.value.axes[1]
        size = WIDTH if axis.kind == "wide" else axis.size
        whole = listed(self.program, self.hint, self.value)
        own, bias = self.parameter([size], 1.0, ()), self.bias_of(size, ())
        return self.result(axis, (), lambda part: f"depthwise_conv{self.suffix}({own}, {whole(())}{self.settings(bias)})")


def convolution(program, hint, value, weight, bias, stride, padding, dilation, groups):
    """weight, bias: (name, tensor); bias may be None."""
    call = Call(program, hint, value, weight, bias, stride, padding, dilation, groups)
    channels = call.value.axes[1]
    if groups > 1 and groups == call.out == channels.size:
        return call.depthwise()
    if groups > 1:
        if channels.kind != "wide":
            raise ImportFailure(f"{groups} groups of {described(call.value)}")
        return call.written(wide((groups,), call.out), (groups,))
    axis = vector_axis(program, call.out)
    if axis.kind != "wide":
        return call.written(axis, ())
    return deferred(lambda parts: call.written(wide(parts, call.out), parts), [BATCH, axis, *call.positions])


def of_module(program, hint, value, module, weight, bias):
    if module.padding_mode != "zeros":
        raise ImportFailure(f"padding by `{module.padding_mode}`")
    return convolution(program, hint, value, weight, bias, module.stride, module.padding, module.dilation, module.groups)


def of_function(program, hint, name, args, kwargs):
    """torch.nn.functional.conv1d, avg_pool2d, adaptive_max_pool1d, ..; `name` is one of FUNCTIONS."""
    given = dict(zip(FUNCTIONS[name], args)) | kwargs
    value, largest = given.pop("input").value, "max" in name
    if name.startswith("conv"):
        weight, bias = [(each.name, each.tensor) if each is not None else None for each in (given["weight"], given.get("bias"))]
        settings = {key: given.get(key, usual) for key, usual in (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1))}
        return convolution(program, hint, value, weight, bias, **settings)
    if name.startswith("adaptive"):
        return adaptive(program, hint, value, largest, given["output_size"])
    unknown = {key: each for key, each in given.items() if key not in ("kernel_size", "stride", "padding") and each not in (False, None, 1)}
    if unknown and unknown != {"count_include_pad": True}:
        raise ImportFailure(f"a setting of it, {', '.join(unknown)}")
    return pooling(program, hint, value, largest, given["kernel_size"], given.get("stride"), given.get("padding", 0))


CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
MEANS = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
LARGEST = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode")
FUNCTIONS = {f"{name}{dimensions}d": names for dimensions in (1, 2) for name, names in (
    ("conv", CONVOLUTION), ("avg_pool", MEANS), ("max_pool", LARGEST),
    ("adaptive_avg_pool", ("input", "output_size")), ("adaptive_max_pool", ("input", "output_size")))}


def pooling(program, hint, value, largest, size, stride, padding):
    """Windows of `size` positions."""
    dimensions = len(value.axes) - 2
    value = image(value, dimensions)
    size, padding = one("windows", size), one("paddings", padding)
    stride = size if stride in (None, ()) else one("strides", stride)
    if largest and padding:
        raise ImportFailure("padding of a largest entry, which torch takes for minus infinity")
    positions = [Axis("loop", (axis.size + 2 * padding - size) // stride + 1) for axis in value.axes[2:]]
    whole = listed(program, hint, value)
    name = f"{'max_' if largest else ''}pool{'2d' if dimensions == 2 else ''}"
    further = (f", stride = {stride}" if stride != size else "") + (f", padding = {padding}" if padding else "")
    return program.define_whole(hint, [*value.axes[:2], *positions], value.parts,
                                lambda part: f"{name}({whole(part)}, {size}{further})")


def of_pooling_module(program, hint, value, module, largest):
    if module.ceil_mode or getattr(module, "dilation", 1) not in (1, (1,), (1, 1)):
        raise ImportFailure("windows that end beyond the positions, or have gaps")
    if not largest and not module.count_include_pad and one("paddings", module.padding):
        raise ImportFailure("a mean that does not count the zeros of the padding")
    return pooling(program, hint, value, largest, module.kernel_size, module.stride, module.padding)


def adaptive(program, hint, value, largest, out):
    """To so many positions along every axis."""
    out = one("sizes", out)
    value = image(value, len(value.axes) - 2)
    sizes = [axis.size for axis in value.axes[2:]]
    if out == 1 and not largest:
        whole = listed(program, hint, value)
        mean = "average(" * len(sizes)
        axes = [*value.axes[:2], *[ONE] * len(sizes)]
        return program.define(hint, axes, lambda part: ([], f"{mean}{whole(part)}{')' * len(sizes)}"), value.parts)
    if any(size % out for size in sizes) or len(set(sizes)) != 1:
        raise ImportFailure(f"windows of different sizes, of {sizes} positions to {out}")
    made = pooling(program, hint, value, largest, sizes[0] // out, None, 0)
    return without_ones(made) if out == 1 else made


def without_ones(value):
    """Axes of one position are no loops."""
    axes = [ONE if axis.kind == "loop" and axis.size == 1 else axis for axis in value.axes]
    loops = value.loops

    def element(indices):
        each = iter(indices)
        return value.element([*("1" if axis.size == 1 else next(each) for axis in loops), *each])

    return replace(value.with_axes(axes), element=element)
