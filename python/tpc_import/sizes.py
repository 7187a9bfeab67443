"""Which sizes of a module grow with the width."""
from collections import Counter

import torch

from tpc_import.errors import ImportFailure

# Wider than the width by more than this, or narrower: another kind of dimension, unless --width says so.
MOST_RATIO = 8


class Sizes:
    """`base`: the width of the module; `wide`: all sizes that grow in proportion to it."""

    def __init__(self, base, wide):
        self.base, self.wide = base, sorted({base, *wide})

    def is_wide(self, size):
        return size in self.wide

    def text(self):
        return ", ".join(map(str, self.wide))


def rows_of_tables(module):
    return {each.num_embeddings for each in module.modules() if isinstance(each, torch.nn.Embedding)}


def sizes_of(module):
    """Of all parameters; the gates of a recurrent module stand below each other in one, and count as one."""
    for each in module.modules():
        gates = {"LSTM": 4, "LSTMCell": 4, "GRU": 3, "GRUCell": 3}.get(type(each).__name__, 1)
        for parameter in each.parameters(recurse=False):
            yield from (parameter.shape[0] // gates, *parameter.shape[1:]) if parameter.dim() else ()


def guessed(module):
    """The size that occurs most often in parameters, the largest of those, and its repeated multiples and fractions."""
    counts = Counter(sizes_of(module))
    repeated = {size: count for size, count in counts.items()
                if count > 1 and size > 1 and size not in rows_of_tables(module)}
    if not repeated:
        raise ImportFailure("no size occurs twice in the parameters: say which is the width, as --width n=SIZE")
    width = max(repeated, key=lambda size: (repeated[size], size))
    # A multiple that occurs once may be several matrices in one (queries, keys and values).
    whole = {size for size in counts if size % width == 0 and size <= MOST_RATIO * width
             and size not in rows_of_tables(module)}
    parts = {size for size in repeated if width % size == 0 and width <= 2 * size}
    return Sizes(width, whole | parts)
