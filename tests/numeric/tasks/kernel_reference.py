"""Training on tasks in the kernel regime of relu, by the standard library alone.

Usage: kernel_reference.py kernel_ntk_relu_clip.json... Checks and rewrites the numbers of the files, which were first
made by other code. The angle between two drawings is taken from whole numbers: acos of a rounded correlation, which that
code used, is off by 1e-8 where two points are one and the same, as in the norm and in every inner step but the first.
"""
import csv
import functools
import json
import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def drawings():
    raw = (HERE / "drawings.npy").read_bytes()
    data = raw[10 + int.from_bytes(raw[8:10], "little"):]
    with open(HERE / "drawings.csv") as table:
        return {(row["class"], row["item"]): data[784 * i:784 * (i + 1)] for i, row in enumerate(csv.DictReader(table))}


DRAWINGS = drawings()


@functools.cache
def point(klass, item, turn):
    """Quarter turns counterclockwise."""
    rows = [list(DRAWINGS[klass, item][28 * i:28 * (i + 1)]) for i in range(28)]
    for _ in range(int(turn)):
        rows = [[rows[j][27 - i] for j in range(28)] for i in range(28)]
    return tuple(value for row in rows for value in row)


@functools.cache
def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


@functools.cache
def kernel(a, b, all_weights):
    product = dot(a, b)
    area = math.sqrt(dot(a, a) * dot(b, b) - product * product)
    angle = math.pi - math.atan2(area, product)
    readout = (area + product * angle) / (2 * math.pi * 255**2)
    return readout + all_weights * product * angle / (2 * math.pi * 255**2)


def tasks(path):
    found = {}
    with open(path) as table:
        for row in csv.DictReader(table):
            task = found.setdefault(int(row["batch"]), {}).setdefault(int(row["task"]), {"support": [], "query": []})
            drawing = point(row["class"], row["item"], row["turn"])
            task[row["part"]].append((int(row["position"]), drawing, int(row["label"])))
    for task in (task for batch in found.values() for task in batch.values()):
        for part in task:
            task[part] = [(drawing, label) for _, drawing, label in sorted(task[part], key=lambda each: each[0])]
    return [list(batch.values()) for batch in found.values()]


class Network:
    def __init__(self, golden):
        self.all_weights, self.golden, self.terms = golden["trained"] == "U, V", golden, []

    def outputs(self, points, terms):
        return [[math.fsum(kernel(x, y, self.all_weights) * c[k] for y, c in terms) for k in range(5)] for x in points]

    @staticmethod
    def gradient(outputs, labels):
        """Of the mean cross entropy, which is returned too."""
        rows, loss = [], 0.0
        for f, label in zip(outputs, labels):
            powers = [math.exp(value - max(f)) for value in f]
            share = [power / sum(powers) for power in powers]
            loss -= math.log(share[label]) / len(labels)
            rows.append([(p - (k == label)) / len(labels) for k, p in enumerate(share)])
        return rows, loss

    def adapted(self, task, steps):
        """f on the query rows."""
        (support, labels), query = zip(*task["support"]), [x for x, _ in task["query"]]
        f_support, f_query = self.outputs(support, self.terms), self.outputs(query, self.terms)
        for _ in range(steps):
            rows, _ = self.gradient(f_support, labels)
            terms = [(x, [-self.golden["inner"]["lr"] * c for c in row]) for x, row in zip(support, rows)]
            for f, points in ((f_support, support), (f_query, query)):
                for values, change in zip(f, self.outputs(points, terms)):
                    values[:] = [a + b for a, b in zip(values, change)]
        return f_query

    def step(self, batch):
        terms, losses = [], []
        for task in batch:
            query, labels = zip(*task["query"])
            rows, loss = self.gradient(self.adapted(task, self.golden["inner"]["steps"]), labels)
            terms += zip(query, rows)
            losses.append(loss)
        norm = math.sqrt(math.fsum(math.fsum(a * b for a, b in zip(c, f)) for (_, c), f in
                                   zip(terms, self.outputs([x for x, _ in terms], terms))))
        clip = self.golden["outer"]["clip"]
        rate = self.golden["outer"]["lr"] * (min(1.0, clip / norm) if clip else 1.0)
        self.terms += [(x, [-rate * value for value in c]) for x, c in terms]
        return sum(losses) / len(losses), norm


def close(name, found, wanted):
    flat = lambda values: [x for value in values for x in flat(value)] if isinstance(values, list) else [values]
    found, wanted = flat(found), flat(wanted)
    worst = max(abs(a - b) for a, b in zip(found, wanted, strict=True)) / max(abs(x) for x in wanted)
    print(f"  {name}: {worst:.1e}")
    return worst


def rewrite(path):
    golden = json.loads(path.read_text())
    network, batches, evaluation = Network(golden), tasks(HERE / "episodes.csv"), tasks(HERE / "evaluation_episodes.csv")[0]
    probes = [point(str(each["class"]), str(each["item"]), each["turn"]) for each in golden["probe"]]
    found = {name: [] for name in ("outer_loss", "gradient_norm", "f_probe", "f_eval_query_inner_steps",
                                   "f_eval_query_20_steps")}
    for step in range(len(batches) + 1):
        found["f_probe"].append(network.outputs(probes, network.terms))
        found["f_eval_query_inner_steps"].append(
            [network.adapted(task, golden["inner"]["steps"]) for task in evaluation])
        found["f_eval_query_20_steps"].append([network.adapted(task, 20) for task in evaluation])
        if step == len(batches):
            break
        loss, norm = network.step(batches[step])
        found["outer_loss"].append(loss)
        found["gradient_norm"].append(norm)
    print(path.name)
    for name, values in found.items():
        assert close(name, values, golden[name]) < 1e-7, name
    path.write_text(json.dumps({**golden, **found}) + "\n")


for argument in sys.argv[1:]:
    rewrite(Path(argument))
