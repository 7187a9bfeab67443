"""The time of a training step against its number, the samples M and the rank, for images of 28 x 28 pixels: the limit with
one replica, a finite network of width M written by hand, and the projected limit as published; then one long training.

Everything on one thread, as the published figures are. The median over the steps of a window is taken. Ranks are those
after its last step, from runs that end there.
"""
from harness import fashion
from harness.numbers import median_between
from harness.published import PROJECTED_LIMIT_MILLISECONDS
from harness.table import digits, ratio, table

WINDOWS = {"1-10": (1, 10), "45-55": (45, 55), "95-105": (95, 105), "190-200": (190, 200)}
# (hidden layers, M, precision of the limit and of the network).
SETTINGS = [
    (layers, samples, precision)
    for layers in (2, 3)
    for samples, precision in ((1024, "f64"), (2048, "f64"), (2048, "f32"), (4096, "f64"))
]
QUICK_SETTINGS = [(2, 128, "f64")]
NETWORK_STEPS = 20
LONG = {"samples": 1024, "steps": 2000, "early": (190, 210), "late": (1980, 2000)}


def measure(programs, quick):
    if absent := fashion.missing():
        return absent
    if quick:
        return {"settings": [measure_setting(programs, *setting, ["1-10"]) for setting in QUICK_SETTINGS]}
    settings = [measure_setting(programs, *setting, list(WINDOWS)) for setting in SETTINGS]
    return {"settings": settings, "long": measure_long(programs)}


def measure_setting(programs, layers, samples, precision, windows):
    runs = {
        window: limit_run(programs, layers, WINDOWS[window][1], "--samples", samples, "--precision", precision)
        for window in windows
    }
    times = runs[windows[-1]]["step_seconds"]
    network = programs.training(
        f"by_hand_{precision}", fashion.program(layers), "--width", samples, "--set", f"steps={NETWORK_STEPS}"
    )
    return {
        "hidden_layers": layers,
        "samples": samples,
        "precision": precision,
        "step_milliseconds": {window: 1e3 * median_between(times, *WINDOWS[window]) for window in windows},
        "ranks": {window: largest_rank(run) for window, run in runs.items()},
        "network_milliseconds": 1e3 * median_between(network["step_seconds"], NETWORK_STEPS // 2, NETWORK_STEPS),
        "loss": runs[windows[-1]]["loss"][-1],
    }


def limit_run(programs, layers, steps, *options):
    return programs.training(
        "limit", fashion.program(layers), "--threads", 1, "--replicas", 1, "--set", f"steps={steps}", *options
    )


def largest_rank(run):
    """Of all matrices and their transposes."""
    return max(max(pair) for pair in run["rank"].values())


def measure_long(programs):
    run = limit_run(programs, 2, LONG["steps"], "--samples", LONG["samples"])
    early, late = (1e3 * median_between(run["step_seconds"], *LONG[when]) for when in ("early", "late"))
    return {"samples": LONG["samples"], "early_milliseconds": early, "late_milliseconds": late,
            "ratio": late / early, "rank": largest_rank(run), "loss": run["loss"][-1]}


def tables(result):
    lines = []
    for layers in dict.fromkeys(row["hidden_layers"] for row in result["settings"]):
        lines += [f"### {layers} hidden layers", "", *layer_table(result["settings"], layers), ""]
    if "long" in result:
        lines.append(long_line(result["long"]))
    return lines


def layer_table(settings, layers):
    own = [row for row in settings if row["hidden_layers"] == layers]
    windows = list(own[0]["step_milliseconds"])
    rows = [setting_cells(row, windows) for row in own]
    published = PROJECTED_LIMIT_MILLISECONDS[layers]
    rows.append(["projected limit, r = 200, f32 (published)", *(digits(published[window]) for window in windows), "", ""])
    header = ["M", *(f"steps {window}: ms (rank)" for window in windows), "network of width M, ms", "limit / network, last"]
    return table(header, rows)


def setting_cells(row, windows):
    cells = [f"{digits(row['step_milliseconds'][window])} ({row['ranks'][window]})" for window in windows]
    last = row["step_milliseconds"][windows[-1]]
    return [f"{row['samples']}, {row['precision']}", *cells, digits(row["network_milliseconds"]),
            ratio(last / row["network_milliseconds"])]


def long_line(row):
    return (
        f"After 2,000 steps (M = {row['samples']}, two hidden layers, rank {row['rank']}):"
        f" {digits(row['late_milliseconds'])} ms a step, after 200: {digits(row['early_milliseconds'])} ms,"
        f" ratio {digits(row['ratio'])}"
    )
