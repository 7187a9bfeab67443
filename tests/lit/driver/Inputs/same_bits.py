"""A compiled model takes the steps of a `tpc run` whose JSON is given, with as many samples and replicas: the same
losses and outputs, bit by bit.

Usage: same_bits.py MODEL.so NAME RUN.json FOLDER THREADS [defaults]
FOLDER: where train.py, the host in Python, is. defaults: the options are left alone. The data are those of
examples/mlp.tp.
"""
import json
import sys

sys.path.insert(0, sys.argv[4])
from train import Network  # noqa: E402

POINTS = [1.0, 0.3, -0.4, 0.8]
TARGETS = [1.0, -1.0]
TESTS = [0.5, 0.5, -1.0, 0.2, 0.0, -0.7]


def together(sets, steps):
    """By step, the outputs on both data sets one after the other."""
    return [[row[0] for name in ("train", "test") for row in sets[name][t]] for t in range(steps)]


def main():
    with open(sys.argv[3], encoding="utf-8") as file:
        run = json.load(file)
    asked = () if "defaults" in sys.argv else ("samples", "replicas")
    counts = {name: run[name] for name in (*asked, "seed")}
    method = {"qmc": 0, "exact": 3}[run["method"]]  # tp_method
    network = Network(sys.argv[1], sys.argv[2], **counts, threads=int(sys.argv[5]), method=method)
    predictions, errors, losses = [], [], []
    for _ in run["steps_recorded"]:
        f, error = network.predict(POINTS + TESTS, 5)
        predictions.append(f)
        errors.append(error)
        losses.append(network.step(POINTS, TARGETS))
    network.close()
    assert losses == run["loss"], (losses, run["loss"])
    assert predictions == together(run["outputs"], len(losses))
    if run["outputs_stderr"] is not None:
        assert errors == together(run["outputs_stderr"], len(losses))
    assert len(set(losses)) == len(losses) > 1, "nothing moves"
    print(len(losses), "steps bit for bit")


if __name__ == "__main__":
    main()
