"""Recurrent modules of torch written out: one step of each cell, and loops over tokens, layers and directions."""
import torch

from tpc_import.errors import ImportFailure
from tpc_import.products import bracketed, described, weighted_sum
from tpc_import.program import WIDTH, wide
from tpc_import.values import BATCH, Axis, Value, permuted

# One step by the kind of the cell, with its gates in torch's order: {i[1]} is what the input brings to the first, {h[1]}
# what the state brings.
LSTM = ["{input} = sigmoid({i[1]} + {h[1]})", "{forget} = sigmoid({i[2]} + {h[2]})", "{candidate} = tanh({i[3]} + {h[3]})",
        "{output} = sigmoid({i[4]} + {h[4]})", "{cell} = {forget} * {cell} + {input} * {candidate}",
        "{state} = {output} * tanh({cell})"]
GRU = ["{reset} = sigmoid({i[1]} + {h[1]})", "{update} = sigmoid({i[2]} + {h[2]})",
       "{candidate} = tanh({i[3]} + {reset} * ({h[3]}))", "{state} = (1 - {update}) * {candidate} + {update} * {state}"]
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
NAMES = ("input", "forget", "candidate", "output", "reset", "update", "cell", "state")


class Cell:
    """One step of a module, of one of its layers and directions (`suffix`)."""

    def __init__(self, translator, module, kind, suffix=""):
        self.program, self.kind, self.gates = translator.program, kind, GATES[kind]
        plain = f"{{state}} = {getattr(module, 'nonlinearity', '')}({{i[1]}} + {{h[1]}})"
        self.statements = {"LSTM": LSTM, "GRU": GRU, "RNN": [plain]}[kind]
        self.size = module.hidden_size
        if not self.program.sizes.is_wide(self.size):
            raise ImportFailure(f"states of {self.size} coordinates, which do not grow with the width")
        name = self.program.name(translator.node.name)
        self.names = {each: f"{name}_{each}" for each in NAMES}
        tensors = {kind: getattr(module, f"{kind}{suffix}", None) for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        self.weights = {kind: (translator.parameter_names[id(tensor)], tensor) for kind, tensor in tensors.items()
                        if isinstance(tensor, torch.nn.Parameter)}

    def gate(self, which, gate, inner, value):
        """weight[gate] @ value + bias[gate]"""
        grows = inner.kind == "wide"
        # A plain cell has one gate: no family.
        gates, place = ((self.gates,), [str(gate)]) if self.gates > 1 else ((), [])
        own, agrees = self.program.parameter(*self.weights[f"weight_{which}"], [WIDTH, WIDTH if grows else inner.size],
                                             self.program.sizes.base ** 0.5 if grows else 1.0, (*gates, *inner.parts))
        if not agrees:
            raise ImportFailure(f"`{self.weights[f'weight_{which}'][0]}` is used in two ways")
        bias = self.weights.get(f"bias_{which}")
        added = f" + {self.program.parameter(*bias, [WIDTH], 1.0, gates)[0]}{bracketed(place)}" if bias else ""
        return weighted_sum(own, place, inner.parts, value) + added

    def start(self, state="zeros(n)", kept="zeros(n)"):
        cell = [f"{self.names['cell']} = {kept}"] if self.kind == "LSTM" else []
        return [f"{self.names['state']} = {state}", *cell]

    def step(self, inner, value):
        """The lines of a step on the vector that `value` gives at indices of its parts."""
        gates = range(1, self.gates + 1)
        i = {gate: self.gate("ih", gate, inner, value) for gate in gates}
        h = {gate: self.gate("hh", gate, wide((), self.size), lambda part: self.names["state"]) for gate in gates}
        return [each.format(i=i, h=h, **self.names) for each in self.statements]


def layer(cell, hint, value, reverse):
    """All states of one layer in one direction, [batch, tokens, width]."""
    program, count, inner = cell.program, value.axes[1].size, value.axes[2]
    name = program.name(hint)
    at = f"{count + 1} - t" if reverse else "t"
    step = cell.step(inner, lambda part: value.element([at, *part]))
    program.lines += [*(f"  {line}" for line in cell.start()), f"  for t in 1..{count} {{",
                      *(f"    {line}" for line in [*step, f"{name}[{at}] = {cell.names['state']}"]), "  }"]
    axes = (BATCH, value.axes[1], wide((), cell.size))
    return Value(axes, lambda indices: f"{name}[{indices[0]}]", listed=lambda part: f"{name}[1..{count}]")


def joined(program, hint, states):
    """The states of both directions one after the other in every vector: parts of it."""
    count = states[0].axes[1].size
    name = program.name(hint)
    lines = [f"{name}[t, {k + 1}] = {each.element(['t'])}" for k, each in enumerate(states)]
    program.lines += [f"  for t in 1..{count} {{", *(f"    {line}" for line in lines), "  }"]
    axis = wide((len(states),), len(states) * states[0].axes[2].size)
    return Value((*states[0].axes[:2], axis), lambda indices: f"{name}[{', '.join(indices)}]")


def last(cells, which):
    """The last states by layer and direction, [layers, batch, width]."""
    names = [cell.names[which] for cell in cells]
    return Value((Axis("loop", len(names)), BATCH, wide((), cells[0].size)), lambda indices: names[int(indices[0]) - 1])


def of_sequence(translator, module, kind, value, given):
    """torch.nn.LSTM, GRU, RNN: (states of the last layer, last states)."""
    if given is not None:
        raise ImportFailure("a state to begin with: expected none, which is 0")
    if not module.batch_first and len(value.axes) == 3:  # [tokens, batch, ..]
        value = permuted(value, [1, 0, 2])
    if len(value.axes) != 3 or value.axes[1].kind != "loop" or value.axes[2].kind not in ("wide", "finite"):
        raise ImportFailure(f"tokens along the second axis of {described(value)}")
    if module.proj_size:
        raise ImportFailure("states that are projected")
    hint, cells = translator.node.name, []
    for number in range(module.num_layers):
        states = []
        for reverse in range(1 + module.bidirectional):
            cells.append(Cell(translator, module, kind, f"_l{number}" + "_reverse" * reverse))
            states.append(layer(cells[-1], hint, value, reverse))
        value = joined(translator.program, hint, states) if module.bidirectional else states[0]
    ends = last(cells, "state")
    if not module.batch_first:
        value = permuted(value, [1, 0, 2])
    return value, ((ends, last(cells, "cell")) if kind == "LSTM" else ends)


def of_cell(translator, module, kind, value, given):
    """torch.nn.LSTMCell, GRUCell, RNNCell on one token, from a state or from 0."""
    inner = value.axes[-1]
    if len(value.axes) != 2 or inner.kind not in ("wide", "finite"):
        raise ImportFailure(f"a cell on {described(value)}")
    cell = Cell(translator, module, kind)
    before = [state_text(each) for each in (given if isinstance(given, (tuple, list)) else [given])]
    translator.program.lines += [f"  {line}" for line in [*cell.start(*before), *cell.step(inner, value.element)]]
    made = [Value((BATCH, wide((), cell.size)), lambda indices, name=name: cell.names[name]) for name in ("state", "cell")]
    return tuple(made) if kind == "LSTM" else made[0]


def state_text(given):
    if given is None or (isinstance(given, torch.Tensor) and not given.any()):
        return f"zeros({WIDTH})"
    if isinstance(given, torch.Tensor):
        raise ImportFailure("a state to begin with that is neither 0 nor computed")
    return given.value.element([])
