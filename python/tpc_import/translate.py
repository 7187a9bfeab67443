"""From `model.py:Net` to the text of a program."""
import torch

from tpc_import.errors import ImportFailure
from tpc_import.graphs import traced_graph
from tpc_import.loading import loaded
from tpc_import.output import finish
from tpc_import.program import Program
from tpc_import.sizes import Sizes, guessed
from tpc_import.tracing import Translator

# In a batch to trace with; tokens in an example, and positions along each axis, where nothing says how many there are.
EXAMPLES, TOKENS, POSITIONS = 2, 4, 8


def sizes_of(module, width):
    """--width n=256 or n=64,256: the width, and further sizes that grow with it."""
    if width is None:
        return guessed(module)
    name, equals, sizes = width.partition("=")
    try:
        wide = [int(size) for size in (sizes if equals else name).split(",")]
    except ValueError:
        raise ImportFailure(f"expected --width n=SIZE or n=SIZE,SIZE, not {width}") from None
    present = {size for parameter in module.parameters() for size in parameter.shape}
    if missing := [size for size in wide if size not in present]:
        raise ImportFailure(f"--width: no parameter has a dimension of {missing[0]}; there are {sorted(present)}")
    return Sizes(wide[0], wide)


def shapes_for(layer):
    """Of one example, for what may be the first layer that knows; empty: it does not."""
    if isinstance(layer, (torch.nn.Conv1d, torch.nn.Conv2d)):
        return [[layer.in_channels, *[POSITIONS] * len(layer.kernel_size)]]
    if isinstance(layer, torch.nn.RNNBase):
        return [[TOKENS, layer.input_size]]
    if isinstance(layer, torch.nn.RNNCellBase):
        return [[layer.input_size], [TOKENS, layer.input_size]]
    return [[layer.in_features], [TOKENS, layer.in_features]] if isinstance(layer, torch.nn.Linear) else []


def candidates(module, shape):
    """Inputs that the module may take, the likely ones first."""
    layers = list(module.modules())
    shapes = [shape] if shape else next(filter(None, map(shapes_for, layers)), [[1], [TOKENS, 1]])
    numbers = [torch.randn(EXAMPLES, *each) for each in shapes]
    tokens = [torch.zeros(EXAMPLES, *each, dtype=torch.long) for each in ([shape] if shape else [[TOKENS]])]
    embeds = any(isinstance(each, torch.nn.Embedding) for each in layers)
    return tokens + numbers if embeds else numbers + tokens


def example_for(module, text):
    try:
        shape = [int(size) for size in text.split(",")] if text else None
    except ValueError:
        raise ImportFailure(f"expected --input SIZE or SIZE,SIZE, not {text}") from None
    why = None
    for example in candidates(module, shape):
        try:
            with torch.no_grad():
                module(example)
            return example
        except Exception as error:  # whatever the user's module raises
            why = why or error
    raise ImportFailure(f"the module does not take the inputs tried: {why}; say the shape of one example, as --input 8,16")


def translated(target, width, shape):
    torch.manual_seed(0)  # the same text every time
    module, name = loaded(target)
    program = Program(type(module).__name__, sizes_of(module, width))
    example = example_for(module, shape)
    with torch.no_grad():
        result = Translator(traced_graph(module, example), program, example).run(example)
    finish(program, result)
    unused = [each for each, _ in module.named_parameters() if each not in {own[0] for own in program.parameters.values()}]
    if unused:
        program.remark(f"not used by forward: {', '.join(unused)}")
    return program.text(f"`{name}` of {target.partition(':')[0]}, by `tpc import`.")
