"""The same run on one thread and on two."""
from harness import fashion
from harness.programs import EXAMPLES
from harness.table import ratio, seconds, table

COUNTS = (1, 2)
REPETITIONS = 2  # the least time is taken


def measure(programs, quick):
    return {name: times(programs, file, options) for name, file, options in subjects(quick)}


def subjects(quick):
    if quick:
        return [("mlp, 256 x 4", EXAMPLES / "mlp.tp", ["--samples", 256, "--replicas", 4])]
    result = [("digits, 1024 samples x 4", EXAMPLES / "digits.tp", ["--samples", 1024, "--replicas", 4])]
    if not fashion.missing():
        options = ["--samples", 2048, "--replicas", 1, "--set", "steps=100"]
        result.append(("fashion2, 2048 samples x 1", fashion.program(2), options))
    return result


def times(programs, file, options):
    """Seconds by the number of threads, in turn."""
    runs = [
        {str(count): programs.training("limit", file, "--threads", count, *options)["seconds"]["run"] for count in COUNTS}
        for _ in range(REPETITIONS)
    ]
    return {count: min(run[count] for run in runs) for count in runs[0]}


def tables(result):
    rows = [[name, seconds(time["1"]), seconds(time["2"]), ratio(time["1"] / time["2"])] for name, time in result.items()]
    lines = table(["run", "one thread", "two threads", "one / two"], rows)
    return [*lines, "", f"fashion2 SKIPPED: {fashion.missing()}"] if fashion.missing() else lines
