"""Programs that adapt to tasks, against independent references, to 1e-9: at infinite width, exactly.

Usage: tasks_test.py TPC. Linear networks whose features move: one hidden layer with bias and clipping, first order; three
inner steps differentiated through; two hidden layers. The kernel regime: neural tangent kernel, with and without
clipping, and the readout alone. Losses of every step, and outputs on tasks and on single drawings after every step.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "tasks"
PROGRAM = """model tasks
width n
dim d = 784
dim ways = 5
param U : [n, d] init normal(std = 1)
{parameters}
param V : [ways, n] init normal(std = {readout})
def net(pixels : [d]) -> [ways] {{ return V @ {hidden} }}
def few_shot(support, query, steps, rate) {{
  adapt sgd(lr = rate, steps = steps, order = {order}) on cross_entropy(net(support.pixels), support.label)
  return net(query.pixels)
}}
data drawings : pixels[d], class = npy("{here}/drawings.npy", axes = [class, item],
                                       where = csv("{here}/drawings.csv"), turns = 4)
data train : support(pixels[d], label), query(pixels[d], label) = episodes(drawings, from = "{here}/episodes.csv")
data test : support(pixels[d], label), query(pixels[d], label) =
  episodes(drawings, from = "{here}/evaluation_episodes.csv")
data probe : support(pixels[d], label), query(pixels[d], label) = episodes(drawings, from = "{probes}")
train {{
  data = train
  loss = cross_entropy(few_shot(support, query, {steps}, {rate}), query.label)
  optimizer = sgd(lr = {lr}{clip})
  batch = 8
  reduce = sum
  steps = 4
}}
observe few_shot(support, query, {steps}, {rate}) on test
observe few_shot(support, query, 20, {rate}) on test
observe net(query.pixels) on probe
observe accuracy(few_shot(support, query, {steps}, {rate}), query.label) on train
parametrization mup
"""
NO_BIAS = {"parameters": "", "hidden": "(U @ (pixels / 255))", "readout": 0.03125}
RELU = {"parameters": "", "hidden": "relu(U @ (pixels / 255))", "readout": 1}
CASES = {
    "first_order_bias": {**NO_BIAS, "parameters": "param b : [n] init zero", "hidden": "(U @ (pixels / 255) + b)"},
    "second_order_inner3": NO_BIAS,
    "two_hidden_first_order": {**NO_BIAS, "parameters": "param W : [n, n] init normal(std = 1)",
                               "hidden": "(W @ (U @ (pixels / 255)))"},
    "kernel_ntk_relu_first_order": RELU,
    "kernel_ntk_relu_clip": RELU,
    "kernel_gp_relu_first_order": RELU,
}
OPTIONS = {
    "kernel_ntk_relu_first_order": ["--param", "ntp"],
    "kernel_ntk_relu_clip": ["--param", "ntp"],
    "kernel_gp_relu_first_order": ["--param", "ntp", "--set", "U.lr=0"],
}
TOLERANCE = 1e-9


def flat(values):
    return [x for value in values for x in flat(value)] if isinstance(values, list) else [values]


def compare(name, found, wanted):
    found, wanted = flat(found), flat(wanted)
    assert len(found) == len(wanted), f"{name}: {len(found)} numbers, not {len(wanted)}"
    scale = max(abs(x) for x in wanted)
    worst = max(abs(a - b) for a, b in zip(found, wanted)) / scale
    print(f"  {name}: relative difference {worst:.1e}")
    assert worst < TOLERANCE, f"{name}: {worst}"


def write_probes(path, probes):
    """Single drawings as a task of their own: learnt from and asked, of which the second is looked at."""
    lines = ["batch,task,part,position,class,item,turn,label"]
    for part in ("support", "query"):
        for i, probe in enumerate(probes):
            lines.append(f"0,0,{part},{i},{probe['class']},{probe['item']},{probe['turn']},0")
    path.write_text("\n".join(lines) + "\n")


def check(executable, directory, name, network):
    golden = json.loads((HERE / f"{name}.json").read_text())
    inner, outer = golden["inner"], golden["outer"]
    probes, program = directory / "probes.csv", directory / f"{name}.tp"
    write_probes(probes, golden["probe"])
    clip = f", clip = {outer['clip']}" if outer["clip"] else ""
    program.write_text(PROGRAM.format(
        **network, here=HERE, probes=probes, steps=inner["steps"], rate=inner["lr"],
        order=1 if inner["order"].startswith("first") else 2, lr=outer["lr"], clip=clip))
    done = subprocess.run([executable, "run", str(program), "--format", "json", *OPTIONS.get(name, [])],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["method"] == "exact"
    print(name)
    compare("losses", result["loss"][:4], golden["outer_loss"])
    compare("outputs on tasks", result["outputs"]["test"], golden["f_eval_query_inner_steps"])
    call = f"few_shot(support, query, 20, {inner['lr']}) on test"
    if "f_eval_query_20_steps" in golden:
        compare("after 20 inner steps", result["observe"][call], golden["f_eval_query_20_steps"])
    compare("on single drawings", result["observe"]["net(query.pixels) on probe"], golden["f_probe"])


def main():
    with tempfile.TemporaryDirectory() as directory:
        for name, network in CASES.items():
            check(sys.argv[1], Path(directory), name, network)


if __name__ == "__main__":
    main()
