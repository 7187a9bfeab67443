"""`tpc run --refine`: more replicas for a saved run.

Usage: refined_run_test.py TPC. 6 replicas and then 10 more give what 16 in one run give; a target error is reached;
a run of other data, options or methods is refused.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import golden_test

PROGRAM = """model m
width n
param U : [n, 2] init normal(std = 1)
param W : [n, n] init normal(std = 1.2)
param V : [2, n] init normal(std = 1)
def net(x : [2]) -> [2] {
  z = tanh(W @ tanh(U @ x))
  return V @ z
}
data train : x[2], y {
   1.0  0.3   0
  -0.4  0.8   1
}
data test : x[2] {
   0.5  0.5
}
train {
  data = train
  loss = cross_entropy(net(x), y)
  optimizer = sgd(lr = 0.5)
  batch = full
  steps = 4
}
observe net(x) on train, test
observe gram(z) on test
parametrization mup
"""
QUANTITIES = ("outputs", "loss", "observe", "accuracy")


def numbers(value):
    if isinstance(value, dict):
        return [x for inner in value.values() for x in numbers(inner)]
    return golden_test.flat(value)


def main():
    tpc = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        model, saved, both = folder / "m.tp", folder / "saved.json", folder / "both.json"
        model.write_text(PROGRAM)
        sampling = ("--samples", "512", "--seed", "3")
        golden_test.tpc(tpc, "run", str(model), *sampling, "--replicas", "6", "-o", str(saved))
        whole = golden_test.tpc(tpc, "run", str(model), *sampling, "--replicas", "16")
        refined = golden_test.tpc(tpc, "run", str(model), "--refine", str(saved), "--replicas", "10", "-o", str(both))
        assert refined["replicas"] == 16 and refined["samples"] == 512 and refined["seed"] == 3
        for quantity in QUANTITIES:
            for key in (quantity, quantity + "_stderr"):
                for a, b in zip(numbers(whole[key]), numbers(refined[key])):
                    assert abs(a - b) < 1e-12, f"{key}: {b} instead of {a}"
        print("6 + 10 replicas are 16")

        again = golden_test.tpc(tpc, "run", str(model), "--refine", str(both))
        assert again["replicas"] == 32
        target = 0.5 * max(numbers(refined["outputs_stderr"]))
        better = golden_test.tpc(tpc, "run", str(model), "--refine", str(both), "--target-error", repr(target))
        assert max(numbers(better["outputs_stderr"])) < target and better["largest_stderr"] < target
        print(f"a target is reached with {better['replicas']} replicas")

        def refused(why, *arguments):
            done = subprocess.run([tpc, "run", str(model), *arguments], capture_output=True, text=True, check=False)
            assert done.returncode == 1 and why in done.stderr and "[cannot-refine]" in done.stderr, done.stderr

        refused("of another program", "--refine", str(saved), "--set", "lr=0.4")
        refused("of another program", "--refine", str(saved), "--record", "final")
        refused("--samples 512", "--refine", str(saved), "--samples", "1024")
        refused("--seed 3", "--refine", str(saved), "--seed", "4")
        refused("it is no JSON", "--refine", str(model))
        exact = folder / "exact.json"
        exact.write_text(json.dumps({**json.loads(saved.read_text()), "method": "exact"}))
        refused("its method is exact", "--refine", str(exact))
        broken = folder / "broken.json"
        broken.write_text(json.dumps({**json.loads(saved.read_text()), "outputs": {"train": [["?"]], "test": []}}))
        refused("it is no result of `tpc run`", "--refine", str(broken))
        refused("", "--refine", str(folder / "none.json"))


if __name__ == "__main__":
    main()
