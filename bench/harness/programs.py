"""The programs of the build, and what they print."""
import json
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
EXAMPLES = BENCH.parent / "examples"


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

    def google(self, pattern, *options):
        """The Google Benchmarks whose names match, by name."""
        report = self._json("tpc_bench", f"--benchmark_filter={pattern}", "--benchmark_format=json", *options)
        return {row["name"]: row for row in report["benchmarks"]}

    def _json(self, program, *options):
        command = [str(self.directory / program), *map(str, options)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise ProgramFailed(f"{command[0]}: {error.strerror} (scripts/bench builds it)") from error
        if done.returncode != 0:
            raise ProgramFailed(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)


def quick_google(quick):
    """Options of Google Benchmark for a quick run."""
    return ["--benchmark_min_time=0.001"] if quick else []


def benchmark_name(name):
    """Without what Google Benchmark appends."""
    return name.removesuffix("/real_time")
