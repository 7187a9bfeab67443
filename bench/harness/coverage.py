"""How often the limit lies outside two error bars: every output of a model after training, in runs that differ in nothing
but the seed, beside a reference of far more samples and replicas.

z = (output - reference) / sqrt(stderr^2 + stderr of the reference^2) with standard errors as `tpc run` prints them, Student's
factor included: |z| > 2 in 4.6 % of all cases if the replicas of an output are normal and their mean is that of the limit.
The outputs of one run go together, so that the error of a share is that of a mean over runs.
"""
import math
import statistics
from dataclasses import dataclass
from pathlib import Path

from harness.numbers import flat, rms
from harness.programs import BENCH, EXAMPLES
from harness.table import digits, table


@dataclass(frozen=True)
class Size:
    samples: int
    replicas: int

    def options(self):
        return ["--samples", self.samples, "--replicas", self.replicas]

    def __str__(self):
        return f"{self.samples} x {self.replicas}"


@dataclass(frozen=True)
class Subject:
    name: str
    file: Path
    run: Size
    reference: Size


SEEDS = 40
REFERENCE_SEED = 1000  # of no run
SMALL, SMALL_REFERENCE = Size(256, 4), Size(16384, 16)
SUBJECTS = (
    Subject("mlp", EXAMPLES / "mlp.tp", SMALL, SMALL_REFERENCE),
    # 256 and 512 points have a bias of nearly one standard error here (README.md).
    Subject("rnn", EXAMPLES / "rnn.tp", Size(1024, 4), SMALL_REFERENCE),
    Subject("relu_L2_ce", BENCH / "programs" / "relu_L2_ce.tp", SMALL, SMALL_REFERENCE),
    Subject("attention", EXAMPLES / "attention.tp", SMALL, SMALL_REFERENCE),
    Subject("residual", EXAMPLES / "residual.tp", SMALL, SMALL_REFERENCE),
    Subject("digits", EXAMPLES / "digits.tp", Size(512, 4), Size(8192, 16)),
)
QUICK_SEEDS = 3
QUICK_SUBJECTS = (Subject("mlp", EXAMPLES / "mlp.tp", Size(64, 4), Size(1024, 8)),)


@dataclass(frozen=True)
class Estimates:
    """Of all outputs after the last step, on every data set."""
    mean: list
    stderr: list


def measure(programs, quick):
    seeds = range(1, 1 + (QUICK_SEEDS if quick else SEEDS))
    return {subject.name: measure_subject(programs, subject, seeds) for subject in (QUICK_SUBJECTS if quick else SUBJECTS)}


def measure_subject(programs, subject, seeds):
    reference = estimates(programs, subject, subject.reference, REFERENCE_SEED)
    runs = [estimates(programs, subject, subject.run, seed) for seed in seeds]
    return {
        "run": str(subject.run),
        "reference": str(subject.reference),
        "runs": len(runs),
        "outputs": len(reference.mean),
        "stderr_ratio": rms(reference.stderr) / rms([error for run in runs for error in run.stderr]),
        **misses(runs, reference),
        **largest_bias(runs, reference),
    }


def estimates(programs, subject, size, seed):
    result = programs.training("limit", subject.file, "--seed", seed, *size.options())
    return Estimates(last_step(result["outputs"]), last_step(result["outputs_stderr"]))


def last_step(series):
    return [number for steps in series.values() for number in flat(steps[-1])]


def misses(runs, reference):
    """The share of |z| > 2 in all cases, its standard error, and the share of the output that has most of them."""
    missed = [missed_outputs(run, reference) for run in runs]
    by_run = [statistics.fmean(outputs) for outputs in missed]
    return {
        "share": statistics.fmean(by_run),
        "share_stderr": statistics.stdev(by_run) / math.sqrt(len(runs)),
        "largest_share_of_output": max(statistics.fmean(cases) for cases in zip(*missed, strict=True)),
    }


def missed_outputs(run, reference):
    """Of one run: whether |z| > 2, by output."""
    differences = [one - other for one, other in zip(run.mean, reference.mean, strict=True)]
    errors = [math.hypot(one, other) for one, other in zip(run.stderr, reference.stderr, strict=True)]
    return [abs(difference) > 2 * error for difference, error in zip(differences, errors, strict=True)]


def largest_bias(runs, reference):
    """How far the mean over runs is from the reference at the output where that is most, in standard errors of one run, and
    the standard error of that number."""
    biases = [
        bias(means, errors, expected, uncertainty)
        for means, errors, expected, uncertainty in zip(
            zip(*(run.mean for run in runs), strict=True),
            zip(*(run.stderr for run in runs), strict=True),
            reference.mean,
            reference.stderr,
            strict=True,
        )
    ]
    size, error = max(biases)
    return {"largest_bias": size, "largest_bias_stderr": error}


def bias(means, errors, expected, uncertainty):
    """Of one output over all runs: |bias| and its standard error, both in standard errors of a run."""
    error = rms(errors)
    spread = statistics.stdev(means) / math.sqrt(len(means))
    return abs(statistics.fmean(means) - expected) / error, math.hypot(spread, uncertainty) / error


def tables(result):
    rows = [
        [f"`{name}`", row["run"], row["reference"], digits(row["stderr_ratio"]), f"{row['runs']} x {row['outputs']:,}",
         f"{100 * row['share']:.1f} ± {100 * row['share_stderr']:.1f} %", f"{100 * row['largest_share_of_output']:.1f} %",
         f"{row['largest_bias']:.2f} ± {row['largest_bias_stderr']:.2f}"]
        for name, row in result.items()
    ]
    return table(["model", "samples x replicas", "of the reference", "its stderr / a run's", "runs x outputs",
                  "z outside ±2", "largest of one output", "largest bias / stderr"], rows)
