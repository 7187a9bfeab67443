"""Runs the benchmarks and prints their tables; `scripts/bench --help`."""
import argparse
import json
import sys
import time
from pathlib import Path

from harness import (
    compile_latency, coverage, error_against_time, kernel_rate, machine, phases, readme, step_time, threads,
)
from harness.programs import Programs, ProgramFailed

# In the order they are run and printed. Each has measure(programs, quick), which gives plain data or a text that says why
# there is none, and tables(result), which gives lines.
PARTS = {
    "machine": machine,
    "error": error_against_time,
    "coverage": coverage,
    "steps": step_time,
    "threads": threads,
    "phases": phases,
    "compile": compile_latency,
    "kernel": kernel_rate,
}


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all unless given: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="the smallest sizes: whether everything runs, no figures")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"), help="default: build/bench.json")
    parser.add_argument("--programs", type=Path, default=Path("build/release/bin"), help="where the programs are")
    parser.add_argument("--readme", action="store_true", help="also put the tables into bench/README.md")
    result = parser.parse_args()
    if result.readme and result.quick:
        parser.error("--readme is for figures, and --quick gives none")
    for part in result.parts:
        if part not in PARTS:
            parser.error(f"no part `{part}`; there are {', '.join(PARTS)}")
    return result


def run(part, programs, options):
    """The result of a part, with its tables printed."""
    began = time.monotonic()
    result = PARTS[part].measure(programs, options.quick)
    print(f"\n## {part}\n")
    if isinstance(result, str):
        print(f"SKIPPED: {result}")
        return {"skipped": result}
    lines = PARTS[part].tables(result)
    print("\n".join(lines))
    if options.readme:
        readme.replace_tables(part, lines)
    print(f"\n({part}: {time.monotonic() - began:.0f} s)", flush=True)
    return result


def main():
    options = arguments()
    programs = Programs(options.programs.resolve())
    results = {"quick": options.quick, "machine_facts": machine.facts()}
    print(machine.describe(results["machine_facts"]))
    try:
        for part in options.parts or PARTS:
            results[part] = run(part, programs, options)
            # After every part: what has been measured is kept when a later one fails.
            options.output.parent.mkdir(parents=True, exist_ok=True)
            options.output.write_text(json.dumps(results, indent=1) + "\n")
    except ProgramFailed as failure:
        sys.exit(f"bench: {failure}")
    print(f"\nwritten: {options.output}")


main()
