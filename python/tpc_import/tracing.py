"""Runs the traced graph on numbers and, beside them, on values of the program: what depends on the input or a parameter is
both, sizes and masks are numbers alone."""
import operator
from dataclasses import dataclass

import torch
import torch.fx

from tpc_import import rules
from tpc_import.errors import ImportFailure
from tpc_import.values import Value


@dataclass(frozen=True, eq=False)
class Traced:
    tensor: torch.Tensor
    value: Value
    name: str = ""  # of a parameter as it stands


def plain(arguments):
    return torch.fx.node.map_aggregate(arguments, lambda each: each.tensor if isinstance(each, Traced) else each)


def has_traced(arguments):
    found = []
    torch.fx.node.map_aggregate(arguments, lambda each: found.append(isinstance(each, Traced)))
    return any(found)


class Translator(torch.fx.Interpreter):
    def __init__(self, graph_module, program, example):
        super().__init__(graph_module, garbage_collect_values=False)
        self.program, self.example, self.node = program, example, None
        self.placeholders = 0
        # Tied parameters have one name, the first.
        self.parameter_names = {id(each): name for name, each in graph_module.named_parameters()}

    def run_node(self, node):
        self.node = node
        return super().run_node(node)

    def placeholder(self, target, args, kwargs):
        if self.placeholders:
            raise ImportFailure(f"a second input, `{target}`")
        self.placeholders += 1
        return Traced(self.example, rules.input_value(self.program, self.example))

    def get_attr(self, target, args, kwargs):
        tensor = super().get_attr(target, args, kwargs)
        if id(tensor) not in self.parameter_names:
            return tensor
        name = self.parameter_names[id(tensor)]
        return Traced(tensor, rules.parameter_value(self.program, name, tensor), name)

    def call_module(self, target, args, kwargs):
        module = self.fetch_attr(target)
        return self.translated(super().call_module, target, args, kwargs,
                               lambda: rules.of_module(self, target, module, args, kwargs))

    def call_function(self, target, args, kwargs):
        return self.translated(super().call_function, target, args, kwargs,
                               lambda: rules.of_function(self, target.__name__, args, kwargs))

    def call_method(self, target, args, kwargs):
        return self.translated(super().call_method, target, args, kwargs,
                               lambda: rules.of_function(self, target, args, kwargs))

    def translated(self, compute, target, args, kwargs, translate):
        if target is operator.getitem and isinstance(args[0], tuple):
            return args[0][args[1]]
        numbers = compute(target, plain(args), plain(kwargs))
        if not has_traced((args, kwargs)) and not rules.is_table(self, target):
            return numbers
        if not isinstance(numbers, (torch.Tensor, tuple, list)) or isinstance(numbers, torch.Size):
            return numbers
        self.numbers = numbers
        values = translate()
        return paired(numbers, values)


def paired(numbers, values):
    """What a module returns, tuples within tuples too; a value may be missing."""
    if isinstance(values, tuple) and isinstance(numbers, (tuple, list)):
        return tuple(paired(number, value) for number, value in zip(numbers, values))
    return Traced(numbers, values) if values is not None else None
