"""The programs of the build, and what they print."""
import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
EXAMPLES = BENCH.parent / "examples"
REPETITIONS = 3


class ProgramFailed(Exception):
    """Says which command failed, and what it printed."""


class Programs:
    def __init__(self, directory):
        self.directory = directory

    def training(self, evaluator, file, *options):
        """One training by tpc_bench_training (bench/training/main.cpp); outputs are recorded after the last step only."""
        return self._json("tpc_bench_training", evaluator, file, "--record", "final", *options)

    def compile_times(self, files):
        return self._json("tpc_bench_compile", *files)

    def google(self, pattern, quick):
        """The Google Benchmarks whose names match, by name: the quickest of several repetitions."""
        options = ["--benchmark_min_time=0.001"] if quick else [f"--benchmark_repetitions={REPETITIONS}"]
        report = self._json("tpc_bench", f"--benchmark_filter={pattern}", "--benchmark_format=json", *options)
        result = {}
        for row in report["benchmarks"]:
            if row["run_type"] == "iteration":  # no mean or deviation of several
                result.setdefault(row["run_name"].removesuffix("/real_time"), []).append(row)
        return {name: min(rows, key=lambda row: row["real_time"]) for name, rows in result.items()}

    def _json(self, program, *options):
        command = [str(self.directory / program), *map(str, options)]
        print("bench:", program, *command[1:], file=sys.stderr, flush=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise ProgramFailed(f"{command[0]}: {error.strerror} (scripts/bench builds it)") from error
        if done.returncode != 0:
            raise ProgramFailed(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)

