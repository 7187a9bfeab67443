"""The first point of a sweep is a run of its own, to the bit; and how often the compiler was at work."""
import json
import sys

sweep, run = (json.load(open(path)) for path in sys.argv[1:3])
first = sweep["points"][0]
minibatches = len(run["loss"]) > 11 and first["loss"] != run["loss"][-1]
assert minibatches or first["loss"] == run["loss"][-1], (first["loss"], run["loss"][-1])
for name, values in run["set_loss"].items():
    assert first["set_loss"][name] == values[-1], name
    assert first["set_loss_stderr"][name] == run["set_loss_stderr"][name][-1], name
assert sweep["compilations"] == int(sys.argv[3]), sweep["compilations"]
