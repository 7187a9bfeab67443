"""Points of a sweep as JSON and as a table, beside runs of their own."""
import csv
import json
import sys

sweep, table, run, kernel, simulate = sys.argv[1:]
sweep = json.load(open(sweep))
rows = list(csv.DictReader(open(table)))
assert len(rows) == len(sweep["points"]) == 12
assert sweep["swept"]["lr"] == ["0.011", "0.0583952", "0.31"]
# mup as code of its own, ntp with its kernel and recursion; networks need none.
assert sweep["compilations"] <= 5, sweep["compilations"]


def point(param, width):
    found = [p for p in sweep["points"] if (p["param"], p["width"], p["settings"]["lr"]) == (param, width, "0.0583952")]
    return found[0], rows[sweep["points"].index(found[0])]


for param, width, path in (("mup", None, run), ("ntp", None, kernel), ("mup", 16, simulate)):
    alone = json.load(open(path))
    found, row = point(param, width)
    mean = param != "ntp"  # a random start: the mean over initial functions
    loss = alone["loss"][-1] if mean else alone["ensemble"]["loss_mean"][-1]
    assert found["loss"] == loss, (found["loss"], loss)
    assert float(row["loss"]) == loss
    assert row["fingerprint"] == found["fingerprint"]
    assert row["width"] == ("inf" if width is None else str(width))
    test = alone["set_loss"]["test"][-1]
    if mean:
        assert found["set_loss"]["test"] == test
    else:  # squared loss: that of the mean and half of the variances, at the two points after the four of `train`
        expected = test + 0.25 * sum(alone["outputs_cov"][i][i] for i in (4, 5))
        assert abs(found["set_loss"]["test"] - expected) < 1e-12, (found["set_loss"], expected)
    assert float(row["loss_on_test"]) == found["set_loss"]["test"]
files = sweep["provenance"]["data"]
assert files and all(len(file["sha256"]) == 64 for file in files)
assert all(file["sha256"] in rows[0]["files"] for file in files)
