"""A reference case by `tpc run --format json` and by `tpc simulate` at growing widths.

Usage: golden_test.py TPC CASE.json limit|widths
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import golden_model

WIDTHS = {256: 16, 1024: 8, 4096: 4}  # seeds for each
KERNEL_WIDTH, KERNEL_SEEDS = 512, 64  # networks that start from a Gaussian process: only means and spreads agree


def flat(nested):
    if isinstance(nested, (int, float)):
        return [float(nested)]
    return [value for inner in nested for value in flat(inner)]


def tpc(executable, *arguments):
    done = subprocess.run([executable, *arguments, "--format", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def tolerance(result, reference, reference_error, own_error):
    """The rule of golden/README.md for one number: by what the reference is, too."""
    if result["method"] == "exact":
        return 1e-9 * max(1.0, abs(reference))
    if result["method"] == "quadrature" and 4.0 * reference_error < 1e-4:
        return 1e-4
    return 4.0 * math.hypot(reference_error, own_error) + 2e-4


def compare_limit(executable, model, case):
    result = tpc(executable, "run", str(model), "--seed", "11")
    assert result["regime"] == "feature-learning", result["regime"]
    worst = 0.0
    for data_set in ("train", "test"):
        reference, own = flat(case[f"f_{data_set}"]), flat(result["outputs"][data_set])
        assert len(reference) == len(own), f"{data_set}: {len(own)} numbers instead of {len(reference)}"
        reference_errors = flat(case.get(f"se_{data_set}", [0.0] * len(reference)))
        own_errors = result["outputs_stderr"][data_set] if result["outputs_stderr"] else None
        own_errors = flat(own_errors) if own_errors else [0.0] * len(own)
        for a, b, reference_error, own_error in zip(reference, own, reference_errors, own_errors):
            allowed = tolerance(result, a, reference_error, own_error)
            worst = max(worst, abs(a - b) / allowed)
            assert abs(a - b) <= allowed, f"{data_set}: {b} instead of {a} (allowed difference {allowed:.2g})"
    for a, b in zip(case.get("loss_values", []), result["loss"]):
        # The golden files give no error of the loss; 1e-3 covers that of the sampled cases.
        allowed = 1e-9 if result["method"] == "exact" else 1e-3
        assert abs(a - b) <= allowed, f"loss {b} instead of {a}"
    print(f"{case['name']}: {result['method']}, worst difference {worst:.2f} of what is allowed")


def close(name, reference, own):
    """Numbers of the kernel regime: 1e-6, where closed forms of the references cancel at equal inputs (5e-9) and sums
    over their nodes have an error of their own (4e-7); kernel_angles_test.py and kernel_nodes_test.py are sharper."""
    allowed = 1e-6
    reference, own = flat(reference), flat(own)
    assert len(reference) == len(own), f"{name}: {len(own)} numbers instead of {len(reference)}"
    for a, b in zip(reference, own):
        assert abs(a - b) <= allowed, f"{name}: {b} instead of {a} (allowed difference {allowed:.2g})"
    return max(abs(a - b) for a, b in zip(reference, own)) / allowed


def compare_kernel(executable, model, case):
    result = tpc(executable, "run", str(model), "--seed", "11")
    assert result["regime"] == "kernel", result["regime"]
    assert result["method"] == ("quadrature" if case["act"] == "tanh" else "exact"), result["method"]
    worst = [close(name, case[name], result[name]) for name in ("kernel", "nngp")]
    for data_set in ("train", "test"):
        worst.append(close(data_set, case[f"f_mean_{data_set}"], result["outputs"][data_set]))
    assert ("f_cov_final" in case) == ("outputs_cov" in result)
    if "f_cov_final" in case:
        worst.append(close("covariance", case["f_cov_final"], result["outputs_cov"]))
    else:
        assert result["ensemble"]["draws"] >= 2
    print(f"{case['name']}: {result['method']}, worst difference {max(worst):.2f} of what is allowed")


def compare_kernel_widths(executable, model, case):
    """Means and standard deviations over networks against those over initial functions."""
    limit = tpc(executable, "run", str(model), "--seed", "11")
    networks = tpc(
        executable, "simulate", str(model), "--width", str(KERNEL_WIDTH), "--seeds", str(KERNEL_SEEDS), "--seed", "5"
    )
    ensemble = limit["ensemble"]
    offsets, errors, variances, expected = 0.0, 0.0, 0.0, 0.0
    for data_set in ("train", "test"):
        means = flat(ensemble.get("outputs_mean", limit["outputs"])[data_set])
        deviations = flat(ensemble["outputs_std"][data_set])
        drawn = ensemble["draws"] or math.inf
        own, own_errors = flat(networks["outputs"][data_set]), flat(networks["outputs_stderr"][data_set])
        for mean, deviation, a, error in zip(means, deviations, own, own_errors):
            offsets += (a - mean) ** 2
            errors += error**2 + deviation**2 / drawn
            variances += error**2 * KERNEL_SEEDS
            expected += deviation**2
    offset, spread = math.sqrt(offsets / errors), math.sqrt(variances / expected)
    print(f"{case['name']}: width {KERNEL_WIDTH}: mean off by {offset:.2f} standard errors, spread {spread:.2f} of the limit's")
    assert offset < 4.0, "the mean over networks does not agree with the limit"
    # Trajectories are strongly correlated over steps: count on one independent number for each network.
    assert abs(spread - 1.0) < 4.0 / math.sqrt(2.0 * KERNEL_SEEDS), "the spread over networks does not agree"


def distance_at(executable, model, case, width, seeds):
    """Root mean square over outputs and seeds of (finite network - reference), and how far the mean over seeds is off
    in units of its own standard error."""
    result = tpc(executable, "simulate", str(model), "--width", str(width), "--seeds", str(seeds), "--seed", "5")
    squares, offsets, errors = [], [], []
    for data_set in ("train", "test"):
        reference = flat(case[f"f_{data_set}"])
        means, standard_errors = flat(result["outputs"][data_set]), flat(result["outputs_stderr"][data_set])
        for a, mean, error in zip(reference, means, standard_errors):
            offsets.append((mean - a) ** 2)
            errors.append(error**2)
            squares.append((mean - a) ** 2 + error**2 * (seeds - 1))
    count = len(squares)
    return math.sqrt(sum(squares) / count), math.sqrt(sum(offsets) / max(sum(errors), 1e-30))


def compare_widths(executable, model, case):
    points = []
    for width, seeds in WIDTHS.items():
        distance, offset = distance_at(executable, model, case, width, seeds)
        print(f"{case['name']}: width {width}: rms difference {distance:.5f}, mean off by {offset:.2f} standard errors")
        assert offset < 4.0, "the mean over seeds does not agree with the limit"
        points.append((math.log(width), math.log(distance)))
    mean_x, mean_y = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    print(f"{case['name']}: difference ~ n^{slope:.2f}")
    assert -0.75 < slope < -0.3, "the difference does not shrink like n^(-1/2)"


def main():
    executable, path, mode = sys.argv[1:4]
    case = golden_model.load(path)
    with tempfile.TemporaryDirectory() as directory:
        model = Path(directory) / f"{case['name']}.tp"
        model.write_text(golden_model.program(case))
        kernel = case.get("regime") == "kernel"
        tests = {
            "limit": compare_kernel if kernel else compare_limit,
            "widths": compare_kernel_widths if kernel else compare_widths,
        }
        tests[mode](executable, model, case)


if __name__ == "__main__":
    main()
