"""The error of the infinitely wide network's outputs against time, beside ensembles of networks of finite width.

Errors are standard errors: root mean squares over the test outputs after the last step, s / sqrt(R) over R replicas or
networks, without Student's factor. An ensemble reaches the error E after (time of a network) * (standard deviation / E)^2;
how far the mean of its networks is from the limit whatever their number, which shrinks with the width, is a column of its
own. All times are on all cores: an ensemble trains as many networks at once as there are cores, each on one. They leave
out compiling, which is reported once.
"""
import math
from dataclasses import dataclass
from pathlib import Path

from harness.numbers import flat, rms
from harness.programs import BENCH, EXAMPLES, ProgramFailed
from harness.table import digits, ratio, seconds, table

EVALUATORS = ("interpreter", "by_hand_f64", "by_hand_f32")
# How far outputs of the loops written by hand may be from the interpreter's for the same weights: rounding, through
# some hundred steps.
AGREEMENT = {"by_hand_f64": 1e-8, "by_hand_f32": 1e-2}


@dataclass(frozen=True)
class Subject:
    name: str
    file: Path
    limits: tuple  # (samples, replicas); None: the defaults of `tpc run`
    widths: dict  # width: networks
    repetitions: int = 1  # runs of each, the limits' with seeds of their own
    target: float | None = None  # an error that all are compared at


DIGITS_WIDTHS = {64: 32, 128: 32, 256: 16, 512: 8, 1024: 8, 2048: 4}
SMALL_WIDTHS = {16: 256, 64: 256, 256: 64, 1024: 16}
SMALL_LIMITS = (None, (256, 16), (1024, 16), (4096, 16))
SUBJECTS = (
    Subject("mlp", EXAMPLES / "mlp.tp", SMALL_LIMITS, SMALL_WIDTHS, repetitions=3),
    Subject("rnn", EXAMPLES / "rnn.tp", SMALL_LIMITS, SMALL_WIDTHS, repetitions=3),
    Subject("relu_L2_ce", BENCH / "programs" / "relu_L2_ce.tp", SMALL_LIMITS, SMALL_WIDTHS, repetitions=3),
    Subject("digits", EXAMPLES / "digits.tp", (None, (512, 4), (1024, 4), (2048, 4)), DIGITS_WIDTHS, target=0.066),
)
QUICK_SUBJECTS = tuple(
    Subject(subject.name, subject.file, ((256, 4),), {16: 4, 64: 4}) for subject in SUBJECTS if subject.name != "digits"
)


def measure(programs, quick):
    return {subject.name: measure_subject(programs, subject) for subject in (QUICK_SUBJECTS if quick else SUBJECTS)}


def measure_subject(programs, subject):
    check_agreement(programs, subject)
    limits = [measure_limit(programs, subject, counts) for counts in subject.limits]
    reference = min(limits, key=lambda limit: limit["error"])
    ensembles = [
        measure_ensemble(programs, subject, evaluator, width)
        for evaluator in EVALUATORS
        for width in subject.widths
    ]
    for row in limits + ensembles:
        row["bias"] = 0.0 if row is reference else bias(row, reference)
    for limit in limits:
        best, limit["ensemble_seconds"] = best_ensemble(ensembles, limit["error"])
        limit["best_ensemble"] = f"{best['evaluator']}, width {best['width']}"
        limit["ratio"] = limit["ensemble_seconds"] / limit["seconds"]
    result = {"limits": limits, "ensembles": ensembles}
    if subject.target is not None:
        result["at_target"] = at_target(subject.target, limits, ensembles)
    for row in limits + ensembles:
        del row["mean"], row["errors"]
    return result


def check_agreement(programs, subject):
    """The loops written by hand and the interpreter train the same networks."""
    options = ["--width", min(subject.widths), "--seeds", 2]
    expected = test_outputs(programs.training("interpreter", subject.file, *options)["outputs"])
    for evaluator, allowed in AGREEMENT.items():
        outputs = test_outputs(programs.training(evaluator, subject.file, *options)["outputs"])
        difference = max(abs(one - other) for one, other in zip(outputs, expected, strict=True))
        if not difference <= allowed:
            raise ProgramFailed(f"{subject.name}: {evaluator} is off by {difference} from the interpreter")


def test_outputs(series):
    """After the last recorded step."""
    return flat(series["test"][-1])


def measure_limit(programs, subject, counts):
    """The least time and the root mean square error of several runs."""
    options = [] if counts is None else ["--samples", counts[0], "--replicas", counts[1]]
    runs = [
        programs.training("limit", subject.file, "--seed", seed, *options) for seed in range(1, subject.repetitions + 1)
    ]
    errors = [
        [error / run.get("student_factor", 1.0) for error in test_outputs(run["outputs_stderr"])] for run in runs
    ]
    return {
        "samples": runs[0]["samples"],
        "replicas": runs[0]["replicas"],
        "default": counts is None,
        "seconds": min(run["seconds"]["run"] for run in runs),
        "compile_seconds": min(run["seconds"]["compile"] for run in runs),
        "error": rms([rms(error) for error in errors]),
        "rank": runs[0]["rank"],
        "mean": test_outputs(runs[0]["outputs"]),
        "errors": errors[0],
    }


def measure_ensemble(programs, subject, evaluator, width):
    """The least time of several runs of the same networks."""
    networks = subject.widths[width]
    runs = [
        programs.training(evaluator, subject.file, "--width", width, "--seeds", networks)
        for _ in range(subject.repetitions)
    ]
    errors = test_outputs(runs[0]["outputs_stderr"])
    return {
        "evaluator": evaluator,
        "width": width,
        "networks": networks,
        "seconds_per_network": min(run["seconds"]["run"] for run in runs) / networks,
        "deviation": rms(errors) * math.sqrt(networks),
        "mean": test_outputs(runs[0]["outputs"]),
        "errors": errors,
    }


def bias(row, reference):
    """The distance of two means, root mean square, without what their standard errors explain of it; and those."""
    distance = rms([one - other for one, other in zip(row["mean"], reference["mean"], strict=True)])
    explained = rms(row["errors"]) ** 2 + rms(reference["errors"]) ** 2
    return math.sqrt(max(0.0, distance**2 - explained))


def ensemble_seconds(ensemble, error):
    """At least one network."""
    return ensemble["seconds_per_network"] * max(1.0, (ensemble["deviation"] / error) ** 2)


def best_ensemble(ensembles, error):
    """The quickest at this error, whatever its bias, and its time."""
    best = min(ensembles, key=lambda ensemble: ensemble_seconds(ensemble, error))
    return best, ensemble_seconds(best, error)


def at_target(error, limits, ensembles):
    """Times at one error: of the limit with as many replicas as that takes, and samples enough for less bias than that; of
    ensembles whatever their bias."""
    def limit_seconds(limit):
        return limit["seconds"] * (limit["error"] / error) ** 2

    best, time = best_ensemble(ensembles, error)
    limit = min([limit for limit in limits if limit["bias"] <= error] or limits, key=limit_seconds)
    return {
        "error": error,
        "limit": f"{limit['samples']} samples",
        "limit_bias": limit["bias"],
        "limit_seconds": limit_seconds(limit),
        "ensemble": f"{best['evaluator']}, width {best['width']}",
        "ensemble_bias": best["bias"],
        "ensemble_seconds": time,
        "ratio": time / limit_seconds(limit),
    }


def tables(result):
    lines = []
    for name, subject in result.items():
        lines += [f"### {name}", "", *limit_table(subject["limits"]), "", *ensemble_table(subject["ensembles"]), ""]
        if "at_target" in subject:
            lines += [target_line(subject["at_target"]), ""]
    return lines


def limit_table(limits):
    rows = [
        [f"{limit['samples']} x {limit['replicas']}{' (default)' if limit['default'] else ''}",
         digits(limit["error"]), digits(limit["bias"]), seconds(limit["seconds"]), seconds(limit["compile_seconds"]),
         f"{seconds(limit['ensemble_seconds'])} ({limit['best_ensemble']})", ratio(limit["ratio"])]
        for limit in limits
    ]
    return table(["limit: samples x replicas", "error", "bias", "time", "besides, to compile",
                  "best ensemble at that error", "ensemble / limit"], rows)


def ensemble_table(ensembles):
    rows = [
        [ensemble["evaluator"], ensemble["width"], ensemble["networks"], seconds(ensemble["seconds_per_network"]),
         digits(ensemble["deviation"]), digits(ensemble["bias"]),
         seconds(ensemble["seconds_per_network"] * ensemble["deviation"] ** 2)]
        for ensemble in ensembles
    ]
    return table(["networks by", "width", "networks", "time of one", "their standard deviation", "bias",
                  "time x deviation^2"], rows)


def target_line(target):
    return (
        f"At the error {target['error']}: limit ({target['limit']}, bias {digits(target['limit_bias'])})"
        f" {seconds(target['limit_seconds'])}, best ensemble ({target['ensemble']}, bias"
        f" {digits(target['ensemble_bias'])}) {seconds(target['ensemble_seconds'])}, ensemble / limit"
        f" {ratio(target['ratio'])}"
    )
