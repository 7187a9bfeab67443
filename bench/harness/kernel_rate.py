"""Entries of the neural tangent kernel a second: 2,000 x 2,000 pairs of 784 numbers, relu, by generated code, by Eigen, and
as published."""
from harness.published import KERNEL_SECONDS
from harness.table import digits, ratio, seconds, table


def measure(programs, quick):
    pattern = "^kernel/generated/1" if quick else "^kernel"
    return {
        name: 1.0 / row["values/s"]
        for name, row in programs.google(pattern, quick).items()
    }


def tables(result):
    rows = [[f"`{name}`", seconds(time), digits(1 / time)] + beside_published(name, time) for name, time in result.items()]
    header = ["21 layers: `kernel_21`, 3: `kernel`", "an entry", "entries/s"]
    return table(header + [f"{where} ({seconds(time)}) / this" for where, time in KERNEL_SECONDS.items()], rows)


def beside_published(name, time):
    """Of the same depth only."""
    return [ratio(published / time) if name.startswith("kernel_21") else "" for published in KERNEL_SECONDS.values()]
