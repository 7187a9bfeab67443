"""What the network returns: one number or a finite vector, the mean over tokens where there is one for each."""
import torch

from tpc_import.errors import ImportFailure
from tpc_import.products import described


def finish(program, traced):
    if isinstance(traced, tuple) and len(traced) == 1:
        traced = traced[0]
    if not hasattr(traced, "value") or not isinstance(traced.tensor, torch.Tensor):
        raise ImportFailure("the module returns something else than one tensor that depends on its input")
    value = traced.value
    vector = value.vector
    if vector is not None and vector.kind == "wide":
        raise ImportFailure(f"the output {described(value)} is a vector of the width, and a network's is finite: wrap the "
                            "module in one with a readout (and an embedding), or say with --width which sizes grow")
    if value.loops:
        program.remark("the module has an output for every token; here it is their mean")
    size = vector.size if vector else 1
    over = [f"i{k + 1}" for k in range(len(value.loops))]
    loops = "".join(f"for {index} in 1..{axis.size} {{ " for index, axis in zip(over, value.loops))
    result = value.element(over)
    if over:
        count = 1
        for axis in value.loops:
            count *= axis.size
        start = f"zeros({size})" if vector else "0"
        program.lines += [f"  s = {start}", f"  {loops}s = s + {result}{' }' * len(over)}"]
        result = f"s / {count}"
    program.output = (size if vector else None, result)
