"""What each module and function of torch is in the program. What has no rule is named in an error."""
import torch

from tpc_import import attention, convolutions, joins, pointwise, products, recurrent, shapes
from tpc_import.errors import ImportFailure
from tpc_import.values import BATCH, ONE, Axis, Value, fixed, permuted

IDENTITIES = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "Identity", "dropout",
              "dropout1d", "dropout2d", "contiguous", "clone", "float", "double", "to", "type_as")
CONVOLUTIONS = ("Conv1d", "Conv2d")
POOLS = {"AvgPool1d": False, "AvgPool2d": False, "MaxPool1d": True, "MaxPool2d": True}
ADAPTIVE_POOLS = {"AdaptiveAvgPool1d": False, "AdaptiveAvgPool2d": False, "AdaptiveMaxPool1d": True, "AdaptiveMaxPool2d": True}
SEQUENCES = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "RNN"}
CELLS = {"LSTMCell": "LSTM", "GRUCell": "GRU", "RNNCell": "RNN"}
REASONS = {f"BatchNorm{each}": "its mean and variance are those of a batch, and a program says what one example becomes: "
                               "layer norm has a rule" for each in ("1d", "2d", "3d")}


def input_value(program, example):
    """Numbers [batch, .., d], or tokens [batch, T]."""
    sizes = list(example.shape[1:])
    if not example.is_floating_point():
        return Value((BATCH, *(Axis("loop", size) for size in sizes)), lambda indices: "x", extra={"tokens": "x"})
    program.input = sizes
    axes = [Axis("loop", size) for size in sizes[:-1]] + [Axis("finite", sizes[-1])]
    return Value((BATCH, *axes), lambda indices: f"x[{', '.join(indices)}]" if indices else "x", extra={"input": True})


def parameter_value(program, name, tensor):
    """A parameter used as it stands: added, or multiplied coordinate by coordinate. Declared when that happens."""
    shape = [size for size in tensor.shape if size != 1]
    if not shape:
        raise ImportFailure(f"`{name}` is one number")
    if any(program.sizes.is_wide(size) for size in shape[:-1]):
        return Value(tuple(Axis("unknown", size) for size in tensor.shape), lambda indices: "")
    last = len(tensor.shape) - 1
    axes = [ONE if size == 1 else products.vector_axis(program, size) if place == last else Axis("loop", size)
            for place, size in enumerate(tensor.shape)]

    def element(indices):
        own, _ = program.parameter(name, tensor, [*map(str, shape[:-1]), program.dimension(shape[-1])])
        return f"{own}[{', '.join(indices)}]" if indices else own

    return Value(tuple(axes), element)


def is_table(translator, target):
    """Whether a module has values in the program even of numbers: rows of a table at positions."""
    modules = dict(translator.module.named_modules())
    return isinstance(target, str) and isinstance(modules.get(target), torch.nn.Embedding)


def parameter_of(translator, tensor):
    return None if tensor is None else (translator.parameter_names[id(tensor)], tensor)


def of_module(translator, target, module, args, kwargs):
    program, kind, hint = translator.program, type(module).__name__, translator.node.name
    try:
        if kind in IDENTITIES:
            return args[0].value
        if kind in ("Linear", "NonDynamicallyQuantizableLinear"):
            weight, bias = (parameter_of(translator, each) for each in (module.weight, module.bias))
            return products.linear(program, hint, args[0].value, weight, bias)
        if kind == "Embedding":
            return rows(translator, module, args[0])
        if kind == "LayerNorm":
            own = [parameter_of(translator, each) for each in (module.weight, module.bias)]
            return pointwise.layer_norm(program, hint, args[0].value, *own, module.eps)
        if kind == "MultiheadAttention":
            query, key, value = (*args, *(kwargs[each] for each in ("query", "key", "value") if each in kwargs))[:3]
            is_masked = kwargs.get("attn_mask") is not None or len(args) > 3
            made = attention.multi_head(program, hint, module, target, query.value, key.value, value.value, is_masked)
            return made, None
        if kind == "Softmax":
            return pointwise.softmax(program, hint, args[0].value, module.dim)
        if kind == "Flatten":
            return shapes.reshaped(program, args[0].value, args[0].tensor.shape, translator.numbers.shape)
        if kind == "LeakyReLU":
            return pointwise.apply(program, hint, args[0].value, "leaky_relu", f", {module.negative_slope:g}")
        if kind in pointwise.FUNCTIONS:
            return pointwise.apply(program, hint, args[0].value, pointwise.FUNCTIONS[kind])
        return of_layer(translator, kind, module, args, kwargs)
    except ImportFailure as failure:
        raise ImportFailure(f"the module `{target}` (torch.nn.{kind}) cannot be written as a program: {failure}") from failure


def of_layer(translator, kind, module, args, kwargs):
    """Convolutions, pooling and recurrences."""
    program, hint, value = translator.program, translator.node.name, args[0].value
    if kind in CONVOLUTIONS:
        weight, bias = (parameter_of(translator, each) for each in (module.weight, module.bias))
        return convolutions.of_module(program, hint, value, module, weight, bias)
    if kind in POOLS:
        return convolutions.of_pooling_module(program, hint, value, module, POOLS[kind])
    if kind in ADAPTIVE_POOLS:
        return convolutions.adaptive(program, hint, value, ADAPTIVE_POOLS[kind], module.output_size)
    given = args[1] if len(args) > 1 else kwargs.get("hx")
    if kind in SEQUENCES:
        return recurrent.of_sequence(translator, module, SEQUENCES[kind], value, given)
    if kind in CELLS:
        return recurrent.of_cell(translator, module, CELLS[kind], value, given)
    raise ImportFailure(REASONS.get(kind, "no rule"))


def rows(translator, module, tokens):
    program, hint = translator.program, translator.node.name
    name, tensor = parameter_of(translator, module.weight)
    if isinstance(tokens, torch.Tensor):  # positions
        count = tokens.shape[-1]
        if not torch.equal(tokens.flatten()[:count], torch.arange(count)) or tokens.numel() != count:
            raise ImportFailure("rows at numbers that are not 0, 1, 2, ..")
        value = parameter_value(program, name, tensor)
        value = shapes.shortened(value, 0, count)
        return value.with_axes([*[ONE] * (tokens.dim() - 1), *value.axes])
    if "tokens" not in tokens.value.extra:
        raise ImportFailure("rows at numbers that are computed")
    return products.embedding(program, hint, tokens.value, name, tensor)


def of_function(translator, name, args, kwargs):
    try:
        return function_value(translator, name, args, kwargs)
    except ImportFailure as failure:
        raise ImportFailure(f"the function `{name}` (`{translator.node.name}` of the traced graph) cannot be written as a "
                            f"program: {failure}") from failure


def function_value(translator, name, args, kwargs):
    program, hint = translator.program, translator.node.name
    first = args[0].value if args and hasattr(args[0], "value") else None
    if name in pointwise.OPERATORS:
        return operator(translator, pointwise.OPERATORS[name], *args[:2])
    if name in ("matmul", "bmm"):
        return products.matmul(program, hint, args[0].value, args[1].value)
    if name == "linear":
        given = [*args, *(kwargs[each] for each in ("weight", "bias") if each in kwargs)]
        weight, bias = [(each.name, each.tensor) if each is not None else None for each in [*given[1:], None][:2]]
        return products.linear(program, hint, first, weight, bias)
    if name == "layer_norm":
        own = dict(zip(("weight", "bias", "eps"), args[2:])) | kwargs
        weight, bias = [(each.name, each.tensor) if each is not None else None for each in map(own.get, ("weight", "bias"))]
        return pointwise.layer_norm(program, hint, first, weight, bias, own.get("eps", 1e-5))
    if name in IDENTITIES:
        return first
    if name in ("cat", "concat", "concatenate"):
        return joins.concatenated(program, hint, [each.value for each in args[0]], kwargs.get("dim", args[1] if len(args) > 1 else 0))
    if name in convolutions.FUNCTIONS:
        return convolutions.of_function(program, hint, name, args, kwargs)
    if name == "einsum":
        return joins.einsum(program, hint, args[0], args[1:])
    if name in ("masked_fill", "masked_fill_", "where"):
        return pointwise.masked(program, next(each.value for each in args if hasattr(each, "value")))
    if name == "scaled_dot_product_attention":
        is_masked = kwargs.get("is_causal", False) or kwargs.get("attn_mask") is not None or len(args) > 3
        return attention.scaled_dot_product(program, hint, *(each.value for each in args[:3]), is_masked)
    if name == "softmax":
        return pointwise.softmax(program, hint, first, kwargs.get("dim", args[1] if len(args) > 1 else -1))
    if name in ("mean", "sum"):
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if axis is None:
            raise ImportFailure("over all axes at once, the batch too")
        return pointwise.reduced(program, hint, first, axis, kwargs.get("keepdim", len(args) > 2 and args[2]), name == "mean")
    if name in pointwise.FUNCTIONS:
        return pointwise.apply(program, hint, first, pointwise.FUNCTIONS[name])
    return shape_value(translator, name, args, kwargs, first)


def shape_value(translator, name, args, kwargs, first):
    program, numbers = translator.program, translator.numbers
    if name == "getitem":
        return shapes.taken(program, first, args[1], numbers.shape)
    if name in ("view", "reshape", "flatten", "unflatten"):
        return shapes.reshaped(program, first, args[0].tensor.shape, numbers.shape)
    if name == "getattr" and args[1] == "mT":
        return shapes.transposed(first, -1, -2)
    if name in ("transpose", "swapaxes"):
        return shapes.transposed(first, *(args[1:] or (kwargs["dim0"], kwargs["dim1"])))
    if name == "permute":
        order = args[1] if isinstance(args[1], (tuple, list)) else args[1:]
        return permuted(first, [each % len(first.axes) for each in order])
    if name in ("chunk", "split"):
        axis = kwargs.get("dim", args[2] if len(args) > 2 else 0)
        if axis % len(first.axes) != len(first.axes) - 1:
            raise ImportFailure("over another axis than the last")
        return shapes.chunks(first, len(numbers), [each.shape[-1] for each in numbers])
    if name == "unsqueeze":
        place = (kwargs.get("dim", args[1] if len(args) > 1 else 0)) % (len(first.axes) + 1)
        return first.with_axes([*first.axes[:place], ONE, *first.axes[place:]])
    if name == "expand" and all(axis.kind != "one" or size == 1 for axis, size in zip(first.axes[1:], numbers.shape[1:])):
        return first  # to all examples
    if name == "squeeze" and len(args) > 1 and first.axes[args[1]].size == 1:
        return fixed(first, args[1] % len(first.axes), "1")
    raise ImportFailure("no rule")


def operator(translator, symbol, left, right):
    program, hint = translator.program, translator.node.name
    if hasattr(left, "value") and hasattr(right, "value"):
        return pointwise.binary(program, hint, left.value, right.value, symbol)
    if not hasattr(left, "value") and symbol not in "+*":
        if isinstance(left, torch.Tensor):
            raise ImportFailure("a constant tensor comes first")
        return pointwise.constant(program, hint, right.value, symbol, left, True)
    traced, number = (left, right) if hasattr(left, "value") else (right, left)
    if isinstance(number, torch.Tensor):
        return pointwise.with_tensor(program, hint, traced.value, symbol, number)
    return pointwise.constant(program, hint, traced.value, symbol, number, False)
