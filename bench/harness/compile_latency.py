"""How long the compiler takes for every example, by stage and by pass."""
from pathlib import Path

from harness.programs import EXAMPLES
from harness.table import digits, table


def measure(programs, quick):
    files = [EXAMPLES / "mlp.tp"] if quick else sorted(EXAMPLES.glob("*.tp"))
    return [
        {"example": Path(row["file"]).stem, "stages": stages(row), "passes": passes(row)}
        for row in programs.compile_times(files)
    ]


def stages(row):
    return {stage["stage"]: stage["milliseconds"] for stage in row["stages"]}


def passes(row):
    """Summed over the places of the pipeline where the pass runs."""
    result = {}
    for item in row["passes"]:
        result[item["pass"]] = result.get(item["pass"], 0.0) + item["milliseconds"]
    return result


def tables(result):
    return [
        "Milliseconds by stage:",
        "",
        *columns(result, "stages", total=True),
        "",
        "Milliseconds by pass, wherever it runs in the training step and the limit (parts of the stages above):",
        "",
        *columns(result, "passes", total=False),
    ]


def columns(result, key, total):
    """A row an example, a column whatever any of them has."""
    names = list(dict.fromkeys(name for row in result for name in row[key]))
    rows = []
    for row in result:
        cells = [digits(row[key].get(name)) for name in names]
        if total:
            cells.append(digits(sum(row[key].values())))
        rows.append([f"`{row['example']}`", *cells])
    return table(["example", *names, *(["total"] if total else [])], rows)
