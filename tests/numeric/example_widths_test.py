"""An example of examples/: it learns features in every weight, and finite networks approach its limit.

Usage: example_widths_test.py TPC EXAMPLE.tp [OPTION..]      options of tpc, such as --set steps=3

At three widths, the mean over seeds of all outputs after training against the limit, in units of the combined standard
error of both; and the root mean square distance of single networks, which must shrink like n^(-1/2).
"""
import math
import sys
from pathlib import Path

from golden_test import flat, tpc

WIDTHS = {128: 16, 512: 8, 2048: 4}  # seeds for each
SPREAD_OF_SLOPE = 0.25  # what the fitted slope of these few networks may be off


def check_classification(executable, path):
    result = tpc(executable, "classify", path)
    assert result["regime"] == "feature-learning", result["regime"]
    for weight in result["weights"]:
        exponent = weight["update_exponent"]
        assert exponent == "0", f"the update of {weight['name']} acts with exponent {exponent}"


def distances(limit, finite, seeds):
    """Root mean square distance of one network from the limit; of the mean over networks, in standard errors."""
    squares = offsets = variances = count = 0.0
    for data_set, outputs in limit["outputs"].items():
        numbers = zip(flat(outputs), flat(limit["outputs_stderr"][data_set]), flat(finite["outputs"][data_set]),
                      flat(finite["outputs_stderr"][data_set]))
        for expected, own_error, mean, error in numbers:
            squares += (mean - expected) ** 2 + (seeds - 1) * error**2
            offsets += (mean - expected) ** 2
            variances += error**2 + own_error**2
            count += 1
    return math.sqrt(squares / count), math.sqrt(offsets / variances)


def fitted_slope(points):
    mean_x, mean_y = (sum(point[i] for point in points) / len(points) for i in (0, 1))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def check_approach(executable, path, name, widths, *options, spread_of_slope=SPREAD_OF_SLOPE):
    """`widths`: seeds for each."""
    limit = tpc(executable, "run", path, *options, "--seed", "3")
    points = []
    for width, seeds in widths.items():
        finite = tpc(executable, "simulate", path, "--width", str(width), "--seeds", str(seeds), "--seed", "17", *options)
        distance, offset = distances(limit, finite, seeds)
        print(f"{name}: width {width}: rms distance {distance:.5f}, mean off by {offset:.2f} standard errors")
        points.append((math.log(width), math.log(distance)))
    assert offset < 4.0, "the mean over the widest networks does not agree with the limit"
    slope = fitted_slope(points)
    print(f"{name}: distance ~ n^{slope:.2f}")
    assert abs(slope + 0.5) < spread_of_slope, "the distance does not shrink like n^(-1/2)"


def main():
    executable, path, *options = sys.argv[1:]
    check_classification(executable, path)
    check_approach(executable, path, Path(path).stem, WIDTHS, *options)


if __name__ == "__main__":
    main()
