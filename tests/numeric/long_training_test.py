"""Long trainings keep their error bars: what the default tolerance renews or discards must not show.

Usage: long_training_test.py TPC. Default tolerance against one a hundred times sharper, on programs where small residuals
add up: 150 steps with momentum on three examples, and one matrix used ten times in every pass. Few sample points and many
replicas: the mean of the differences must be below a third of what four replicas, the fewest of the default, give as
standard error, as far as the scatter of the differences can tell.
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """model long
width n
dim d = 2
dim k = 1
param U : [n, d] init normal(std = 1)
param b : [n] init zero
param W : [n, n] init normal(std = {std})
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {{
{network}
}}
data train : x[d], y[k] {{
   1.0  0.3    1.0
  -0.4  0.8   -1.0
   0.7 -0.6    0.5
}}
data test : x[d] {{
   0.5  0.5
  -1.0  0.2
}}
train {{
  data = train
  loss = mse(net(x), y)
  optimizer = {optimizer}
  steps = {steps}
}}
parametrization mup
"""
CASES = {
    "150 steps with momentum": dict(
        std=1.4, network="  return V @ tanh(W @ tanh(U @ x + b))", optimizer="sgd(lr = 0.5, momentum = 0.5)", steps=150),
    "ten uses of one matrix": dict(
        std=1, network="  z[0] = tanh(U @ x + b)\n  for i in 1..10 { z[i] = tanh(W @ z[i-1] + U @ x + b) }\n  return V @ z[10]",
        optimizer="sgd(lr = 0.2)", steps=12),
}
SAMPLES, REPLICAS, FEWEST = 1024, 24, 4


def flat(values):
    return [x for value in values for x in flat(value)] if isinstance(values, list) else [values]


def run(executable, path, *arguments):
    command = [executable, "run", str(path), "--format", "json", "--record", "final", "--samples", str(SAMPLES),
               "--replicas", str(REPLICAS), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    return result, flat(result["outputs"]["test"]), flat(result["outputs_stderr"]["test"])


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "long.tp"
        for name, case in CASES.items():
            path.write_text(PROGRAM.format(**case))
            result, own, errors = run(executable, path)
            sharp, reference, sharp_errors = run(executable, path, "--tol", "0.003", "--seed", "2")
            print(f"{name}: rank {result['rank']['W']} and {sharp['rank']['W']}, renewed below {result['truncation']:.2g}")
            for a, b, e, f in zip(own, reference, errors, sharp_errors):
                third = e * math.sqrt(REPLICAS / FEWEST) / 3.0
                scatter = math.hypot(e, f)
                print(f"  {a:.4f} +- {e:.4f}, sharper {b:.4f}: difference {a - b:+.4f}, allowed {third:.4f}")
                assert abs(a - b) < third + 2.0 * scatter, f"{name}: the default tolerance shows"
            assert max(result["rank"]["W"]) < SAMPLES / 4


if __name__ == "__main__":
    main()
