"""The time of a training step against its number, the samples M and the rank, for images of 28 x 28 pixels: the limit with
one replica, a finite network of width M written by hand, and the projected limit as published; then long trainings.

Everything on one thread, as the published figures are. The median over the steps of a window is taken, in a run that ends
with it, and the rank after that.
"""
from harness import fashion
from harness.numbers import median_between
from harness.programs import EXAMPLES, ProgramFailed
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
# Whether steps become slower: 2,000 of them.
LONG = [
    ("mlp", EXAMPLES / "mlp.tp", 16384, "steps=2000"),
    ("digits", EXAMPLES / "digits.tp", 2048, "epochs=40"),
    ("fashion2", fashion.program(2), 2048, "steps=2000"),
]
EARLY, LATE = (190, 210), (1980, 2000)


def measure(programs, quick):
    if absent := fashion.missing():
        return absent
    if quick:
        return {"settings": [measure_setting(programs, *setting, ["1-10"]) for setting in QUICK_SETTINGS], "long": []}
    settings = [measure_setting(programs, *setting, list(WINDOWS)) for setting in SETTINGS]
    return {"settings": settings, "long": [measure_long(programs, *setting) for setting in LONG]}


def measure_setting(programs, layers, samples, precision, windows):
    network = programs.training(
        f"by_hand_{precision}", fashion.program(layers), "--width", samples, "--set", f"steps={NETWORK_STEPS}"
    )
    return {
        "hidden_layers": layers,
        "samples": samples,
        "precision": precision,
        "windows": {window: measure_window(programs, layers, samples, precision, window) for window in windows},
        "network_milliseconds": 1e3 * median_between(network["step_seconds"], NETWORK_STEPS // 2, NETWORK_STEPS),
    }


def measure_window(programs, layers, samples, precision, window):
    first, last = WINDOWS[window]
    run = limit_run(programs, fashion.program(layers), samples, f"steps={last}", "--precision", precision)
    if run is None:
        return None
    return {"milliseconds": 1e3 * median_between(run["step_seconds"], first, last), "rank": largest_rank(run)}


def limit_run(programs, file, samples, setting, *options):
    """None: more directions were met than there are samples."""
    try:
        return programs.training(
            "limit", file, "--threads", 1, "--replicas", 1, "--samples", samples, "--set", setting, *options
        )
    except ProgramFailed as failure:
        if "[sample-space-full]" in str(failure):
            return None
        raise


def largest_rank(run):
    """Of all matrices and their transposes."""
    return max(max(pair) for pair in run["rank"].values())


def measure_long(programs, name, file, samples, setting):
    row = {"name": name, "samples": samples}
    run = limit_run(programs, file, samples, setting)
    if run is not None:
        row["early_milliseconds"], row["late_milliseconds"] = (
            1e3 * median_between(run["step_seconds"], *steps) for steps in (EARLY, LATE)
        )
        row["rank"] = largest_rank(run)
    return row


def tables(result):
    lines = []
    for layers in dict.fromkeys(row["hidden_layers"] for row in result["settings"]):
        lines += [f"### {layers} hidden layers", "", *layer_table(result["settings"], layers), ""]
    if result["long"]:
        lines += ["### 2,000 steps", "", *long_table(result["long"])]
    return lines


def layer_table(settings, layers):
    own = [row for row in settings if row["hidden_layers"] == layers]
    windows = list(own[0]["windows"])
    rows = [setting_cells(row, windows) for row in own]
    published = PROJECTED_LIMIT_MILLISECONDS[layers]
    rows.append(["projected limit, r = 200, f32 (published)", *(digits(published[window]) for window in windows), "", ""])
    header = ["M", *(f"steps {window}: ms (rank)" for window in windows), "network of width M, ms", "limit / network, last"]
    return table(header, rows)


def setting_cells(row, windows):
    measured = [row["windows"][window] for window in windows]
    cells = ["full" if window is None else f"{digits(window['milliseconds'])} ({window['rank']})" for window in measured]
    beside = None if measured[-1] is None else measured[-1]["milliseconds"] / row["network_milliseconds"]
    return [f"{row['samples']}, {row['precision']}", *cells, digits(row["network_milliseconds"]), ratio(beside)]


def long_table(rows):
    header = ["training", "M", "rank", "steps 190-210, ms", "steps 1980-2000, ms", "late / early"]
    return table(header, [long_cells(row) for row in rows])


def long_cells(row):
    if "rank" not in row:
        return [row["name"], row["samples"], "full", "", "", ""]
    early, late = row["early_milliseconds"], row["late_milliseconds"]
    return [row["name"], row["samples"], row["rank"], digits(early), digits(late), ratio(late / early)]
