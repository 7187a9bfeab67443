"""Before training, the loss of `test` is the training loss of a program that trains on it."""
import json
import sys

result, other = (json.load(open(path)) for path in sys.argv[1:])
assert set(result["set_loss"]) == {"test"}, result["set_loss"]
assert set(other["set_loss"]) == {"train"}, other["set_loss"]
assert abs(result["set_loss"]["test"][0] - other["loss"][0]) < 1e-12, (result["set_loss"], other["loss"])
assert abs(other["set_loss"]["train"][0] - result["loss"][0]) < 1e-12, (other["set_loss"], result["loss"])
