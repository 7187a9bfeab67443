"""Long trainings keep their error bars: what is not stored or discarded by default must not show.

Usage: long_training_test.py TPC. Default tolerance against a much sharper one and against networks of width 512, on
programs where small residuals add up: 150 steps with momentum on three examples; one matrix used ten times in every pass;
a matrix and its transpose in one pass, so that both meet activations and gradients, on inputs that are nearly parallel.
Few sample points and many replicas: the
difference of the means must be below a third of what four replicas, the fewest of the default, give as standard error,
as far as the scatter of the differences can tell.
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """model long
width n
dim d = 3
dim k = 1
param U : [n, d] init normal(std = 1)
param b : [n] init zero
param W : [n, n] init normal(std = {std})
param V : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {{
{network}
}}
data train : x[d], y[k] {{
{rows}
}}
data test : x[d] {{
  0.5 0.5 {third}
  -1 0.2 {third}
}}
train {{
  data = train
  loss = mse(net(x), y)
  optimizer = {optimizer}
  steps = {steps}
}}
parametrization mup
"""
THREE = "  1 0.3 0  1\n  -0.4 0.8 0  -1\n  0.7 -0.6 0  0.5"
# Most of an input is the same for all: what is learnt lies in small differences.
NEARLY_PARALLEL = "\n".join(
    f"  {0.25 * math.sin(2.1 * i):.4f} {0.25 * math.cos(1.3 * i):.4f} 1.5  {math.sin(2.1 * i) - math.cos(1.3 * i):.4f}"
    for i in range(24))
CASES = {
    "150 steps with momentum": dict(
        std=1.4, network="  return V @ tanh(W @ tanh(U @ x + b))", optimizer="sgd(lr = 0.5, momentum = 0.5)", steps=150,
        rows=THREE, third=0),
    "ten uses of one matrix": dict(
        std=1, network="  z[0] = tanh(U @ x + b)\n  for i in 1..10 { z[i] = tanh(W @ z[i-1] + U @ x + b) }\n  return V @ z[10]",
        optimizer="sgd(lr = 0.2)", steps=12, rows=THREE, third=0),
    "a matrix and its transpose": dict(
        std=1.2, network="  z = tanh(U @ x + b)\n  return V @ (z + tanh((W - W.T) @ z))", optimizer="sgd(lr = 0.1)",
        steps=10, rows=NEARLY_PARALLEL, third=1.5, own=["--tol", "0.1"]),
}
SAMPLES, REPLICAS, FEWEST = 1024, 24, 4


def flat(values):
    return [x for value in values for x in flat(value)] if isinstance(values, list) else [values]


def outputs(executable, command, path, *arguments):
    done = subprocess.run([executable, command, str(path), "--format", "json", "--record", "final", *arguments],
                          capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    return result, flat(result["outputs"]["test"]), flat(result["outputs_stderr"]["test"])


def run(executable, path, *arguments):
    return outputs(executable, "run", path, "--samples", str(SAMPLES), "--replicas", str(REPLICAS), *arguments)


def simulate(executable, path):
    return outputs(executable, "simulate", path, "--width", "512", "--seeds", "32")


def main():
    executable = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "long.tp"
        for name, case in CASES.items():
            path.write_text(PROGRAM.format(**case))
            result, own, errors = run(executable, path, *case.get("own", []))
            sharp, reference, sharp_errors = run(executable, path, "--tol", "0.003", "--seed", "2")
            print(f"{name}: rank {result['rank']['W']} and {sharp['rank']['W']}, discarded {result['discarded']:.2g}")
            _, networks, network_errors = simulate(executable, path)
            for other, values, value_errors in (("sharper", reference, sharp_errors), ("networks", networks, network_errors)):
                for a, b, e, f in zip(own, values, errors, value_errors):
                    third = e * math.sqrt(REPLICAS / FEWEST) / 3.0
                    scatter = math.hypot(e, f)
                    print(f"  {a:.4f} +- {e:.4f}, {other} {b:.4f} +- {f:.4f}: difference {a - b:+.4f}, allowed {third:.4f}")
                    assert abs(a - b) < third + 2.0 * scatter, f"{name}: the tolerance shows ({other})"
            assert max(result["rank"]["W"]) < SAMPLES / 3


if __name__ == "__main__":
    main()
