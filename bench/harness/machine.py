"""What the machine can do: the rates that others are read against."""
import os
import platform

from harness.programs import benchmark_name, quick_google
from harness.table import digits, table


def facts():
    names = [line for line in cpu_lines() if line.startswith("model name")]
    return {
        "processor": names[0].split(":", 1)[1].strip() if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[0],
    }


def cpu_lines():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def measure(programs, quick):
    pattern = "^machine/copy" if quick else "^(machine|projection|combination|points|finite_width)"
    return {
        benchmark_name(name): rates(row)
        for name, row in programs.google(pattern, *quick_google(quick)).items()
    }


def rates(row):
    return {key: row[key] for key in ("FLOP/s", "B/s", "values/s") if key in row}


def tables(result):
    return table(
        ["benchmark", "rate"],
        [[f"`{name}`", ", ".join(f"{digits(value / 1e9)} G{unit}" for unit, value in row.items())]
         for name, row in result.items()],
    )
