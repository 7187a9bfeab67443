"""Generated phases beside the same loops written by hand in C++, one thread."""
from harness.table import ratio, seconds, table

AUTHORS = ("generated", "by_hand", "by_hand_fast_math")


def measure(programs, quick):
    """Seconds by phase and author."""
    result = {}
    for name, row in programs.google("^phase/", quick).items():
        _, author, phase = name.split("/")
        result.setdefault(phase, {})[author] = row["real_time"] * 1e-9
    return result


def tables(result):
    rows = []
    for phase, times in result.items():
        best = min(times["by_hand"], times["by_hand_fast_math"])
        rows.append([f"`{phase}`", *(seconds(times[author]) for author in AUTHORS), ratio(best / times["generated"])])
    return table(["phase", "generated", "by hand, -O3", "by hand, -ffast-math", "best by hand / generated"], rows)
