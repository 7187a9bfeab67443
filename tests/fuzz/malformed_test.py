"""200 broken programs: mutations of the examples. Each either still is a program, or is refused with a diagnostic and exit
status 1; never a crash, a hang, or an internal error. Usage: malformed_test.py TPC EXAMPLES
"""
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SEED, COUNT, SECONDS = 7041, 200, 10


def mutate(text, generator):
    tokens = re.findall(r"\s+|[A-Za-z_]\w*|[\d.]+|.", text)
    for _ in range(generator.randint(1, 4)):
        i, j = generator.randrange(len(tokens)), generator.randrange(len(tokens))
        kind = generator.randrange(7)
        if kind == 0:
            del tokens[i]
        elif kind == 1:
            tokens[i], tokens[j] = tokens[j], tokens[i]
        elif kind == 2:
            tokens.insert(i, tokens[j])
        elif kind == 3:
            tokens[i] = generator.choice(["{", "}", "(", ")", "[", "]", "@", "=", "..", '"', "\0", "é", "1e999", "-", "999999999999"])
        elif kind == 4:
            tokens = tokens[: max(1, i)]
        elif kind == 5:
            tokens[i:i] = ["("] * generator.choice([1, 500, 20000])
        else:
            tokens[i] = "".join(reversed(tokens[i])) + generator.choice(["x", "_", "0"])
        if not tokens:
            tokens = [" "]
    return "".join(tokens)


def check_format(executable, text):
    """Whatever the text: formatted, and then a fixed point; or left alone with a diagnostic."""
    def formatted(program):
        return subprocess.run([executable, "format", "-"], input=program, capture_output=True, timeout=SECONDS, check=False)

    once = formatted(text.encode())
    again = formatted(once.stdout) if once.returncode == 0 else once
    if once.returncode not in (0, 1) or again.stdout != once.stdout:
        sys.exit(f"format: exit status {once.returncode}, stderr:\n{once.stderr[:2000]}\n{text[:2000]}")


def main():
    executable, directory = sys.argv[1], Path(sys.argv[2])
    examples = [p.read_text() for p in sorted(directory.glob("*.tp"))]
    assert examples, "no examples found"
    generator = random.Random(SEED)
    print(f"seed {SEED}")
    refused = attempts = 0
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "mutant.tp"
        while refused < COUNT:
            attempts += 1
            assert attempts < 5 * COUNT, "too many mutants are accepted: the checker is blind"
            path.write_text(mutate(generator.choice(examples), generator))
            check_format(executable, path.read_text())
            done = subprocess.run(
                [executable, "check", str(path)], capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace"
            )
            if done.returncode == 0:
                continue
            refused += 1
            if done.returncode != 1 or not re.search(r"error: .*\[[a-z-]+\]", done.stderr):
                print(path.read_text()[:2000])
                sys.exit(f"mutant {attempts}: exit status {done.returncode}, stderr:\n{done.stderr[:2000]}")
    print(f"{refused} refused with a diagnostic, {attempts - refused} still were programs")


if __name__ == "__main__":
    main()
