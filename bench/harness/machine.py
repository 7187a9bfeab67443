"""What the machine can do: the rates that others are read against."""
import os
import platform

from harness.table import digits, table


def facts():
    names = [line for line in cpu_lines() if line.startswith("model name")]
    return {
        "processor": names[0].split(":", 1)[1].strip() if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[0],
    }


def describe(found):
    """Of what facts() found, for people."""
    text = f"{found['cores']} cores of {found['processor']}"
    if found["load_before"] > 0.5:
        text += f"; WARNING: other programs are running (load {found['load_before']:.1f}), times are not to be relied on"
    return text


def cpu_lines():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def measure(programs, quick):
    pattern = "^machine/copy" if quick else "^(machine|projection|combination|points|finite_width)"
    return {
        name: rates(row)
        for name, row in programs.google(pattern, quick).items()
    }


def rates(row):
    return {key: row[key] for key in ("FLOP/s", "B/s", "values/s") if key in row}


def tables(result):
    return table(
        ["benchmark", "rate"],
        [[f"`{name}`", ", ".join(f"{digits(value / 1e9)} G{unit}" for unit, value in row.items())]
         for name, row in result.items()],
    )
