"""The program as it is written: parameters, statements in loops, remarks."""
import re

from tpc_import.values import Axis, Value

WIDTH = "n"
# Loops over this many rows of a table are written for fewer: exponents do not depend on how many there are.
MOST_ROWS = 16


class Program:
    def __init__(self, model, sizes):
        self.model, self.sizes = re.sub(r"\W", "_", model).lower(), sizes
        self.parameters, self.lines, self.remarks = {}, [], []
        self.input = self.output = None
        self.counts, self.tables = {}, set()

    def dimension(self, size):
        return WIDTH if self.sizes.is_wide(size) else str(size)

    def remark(self, text):
        if text not in self.remarks:
            self.remarks.append(text)

    def parameter(self, name, tensor, shape, scale=1.0, ranges=()):
        """Declares a parameter of the module and says whether it agrees with an earlier use; `scale`: what the maximal
        update parametrization takes of its entries at the module's width."""
        own = in_program(name)
        shape = [str(size) for size in shape]
        declared = self.parameters.setdefault(own, (name, shape, tuple(ranges), initial(tensor, scale)))
        return own, declared[1:3] == (shape, tuple(ranges))

    def name(self, hint):
        count = self.counts[hint] = self.counts.get(hint, 0) + 1
        return f"z_{hint}" if count == 1 else f"z_{hint}_{count}"

    def define(self, hint, axes, make, parts=()):
        """A value with these axes: `make` gives for indices lines to go before, and the expression."""
        name = self.name(hint)
        sizes = [axis.size for axis in axes if axis.kind == "loop"] + list(parts)
        indices = [f"i{k + 1}" for k in range(len(sizes))]
        before, expression = make(indices)
        place = f"[{', '.join(indices)}]" if indices else ""
        indent = "  "
        for index, size in zip(indices, sizes):
            self.lines.append(f"{indent}for {index} in 1..{size} {{")
            indent += "  "
        self.lines += [indent + line for line in [*before, f"{name}{place} = {expression}"]]
        for _ in sizes:
            indent = indent[:-2]
            self.lines.append(indent + "}")

        def element(at):
            return f"{name}[{', '.join(at)}]" if at else name

        last = f"1..{sizes[-1]}" if sizes else ""
        ranges = [f"1..{axis.size}" for axis in axes if axis.kind == "loop"]
        return Value(tuple(axes), element, whole=lambda at: element([*at, last]),
                     listed=lambda part: element([*ranges, *part]))

    def define_whole(self, hint, axes, parts, expression):
        """The same where one expression is all along the loop axes: a list of such by the index of the parts."""
        name = self.name(hint)
        indices = [f"g{k + 1}" for k in range(len(parts))]
        loops = "".join(f"for {index} in 1..{size} {{ " for index, size in zip(indices, parts))
        depth = sum(axis.kind == "loop" for axis in axes)

        def all_of(part):
            return f"{name}[{', '.join(part)}]" if part else name

        self.lines.append(f"  {loops}{all_of(indices)} = {expression(indices)}{' }' * len(parts)}")
        return Value(tuple(axes), lambda at: f"{all_of(at[depth:])}[{', '.join(at[:depth])}]" if at[:depth] else all_of(at),
                     listed=all_of)

    def names(self):
        """By the name in the program the module's, as Python."""
        lines = []
        for own, (name, _, ranges, _) in self.parameters.items():
            for member in members(ranges):
                lines.append(f'    "{own}{member}": "{name}",')
        return lines

    def remarks_text(self, origin):
        lines = [origin, f"{WIDTH} = {self.sizes.base} in the module. Sizes that grow with it: {self.sizes.text()}; all others do not.",
                 *(f"- {remark}" for remark in self.remarks),
                 "To train it here add data and a `train` block (grammar/README.md). What the module calls its parameters:",
                 "names = {", *self.names(), "}"]
        return [f"# {line}" for line in lines]

    def text(self, origin):
        lines = [*self.remarks_text(origin), f"model {self.model}", "", f"width {WIDTH}", ""]
        for own, (_, shape, ranges, start) in self.parameters.items():
            family = f"[{', '.join(f'1..{size}' for size in ranges)}]" if ranges else ""
            lines.append(f"param {own}{family} : [{', '.join(shape)}]  init {start}")
        size, result = self.output
        shape = f" -> [{size}]" if size else ""
        lines += ["", f"def net(x : [{', '.join(map(str, self.input))}]){shape} {{", *self.lines, f"  return {result}", "}", "",
                  "parametrization mup"]
        return "\n".join(lines) + "\n"


def in_program(name):
    """layers.0.weight as layers_0_weight."""
    return re.sub(r"\W", "_", name)


def members(ranges):
    places = [[]]
    for size in ranges:
        places = [[*place, index + 1] for place in places for index in range(size)]
    return [f"[{','.join(map(str, place))}]" if place else "" for place in places]


def initial(tensor, scale):
    """The module's own entries, as a start whose entries are of that size at the module's width."""
    tensor = tensor.detach().double()
    if not tensor.any():
        return "zero"
    if tensor.dim() == 1 and tensor.numel() > 1 and (tensor == tensor[0]).all():
        return f"constant({tensor[0].item():g})"
    return f"normal(std = {tensor.square().mean().sqrt().item() * scale:.2g})"


def wide(parts=(), size=0):
    return Axis("wide", size, tuple(parts))
