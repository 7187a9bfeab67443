"""README.md and the tutorial against the program: what they show is what is printed. Links of all pages lead somewhere, and
the gallery shows what its commands make.

Usage: readme_test.py TPC SOURCE

Every `$ tpc ...` of a code block is run, and its output compared line by line: words exactly, numbers up to what another
machine's arithmetic changes. Commands that train for half a minute are run short; then only the lines without numbers are
compared. Equations, which stand in blocks without a command, must be lines of `tpc derive`.
"""
import re
import shlex
import subprocess
import sys
from pathlib import Path

# By command: what makes it short, in place of the options that make it long.
SHORT = {
    "tpc run examples/digits.tp": "--set steps=5 --record epoch --samples 512 --replicas 2",
    "tpc compare examples/digits.tp --widths 64,256,1024 --plot digits.svg":
        "--set steps=5 --record epoch --samples 512 --replicas 2 --widths 8,16,32",
    'tpc compare examples/maml.tp --widths 8,64,512 --beside "NTK: param=ntp sigma=1 bias=0 act=relu lr=0.003" '
    '--beside "GP: param=ntp sigma=1 bias=0 act=relu lr=0.003 U.lr=0" --record every=200 --plot maml.svg':
        "--set steps=2 --record final --widths 4,8 --seeds 1",
    "tpc sweep examples/digits.tp --set lr=0.025..0.4:5log --set epochs=2 --plot lr.svg":
        "--set epochs=1 --samples 64 --replicas 2",
}
# By page: the programs whose equations it shows in blocks without a command.
PAGES = {"README.md": ["examples/digits.tp", "examples/kernel.tp"], "docs/tutorial.md": []}
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
TIMES = re.compile(r"(compiled|ran|limit|networks) in \d")


def numbers(line):
    return [float(text) for text in NUMBER.findall(line)]


def words(line):
    return NUMBER.sub("#", line).split()


def same(shown, printed):
    """Words equal; numbers within half a percent and a unit in the fourth decimal."""
    close = all(abs(a - b) <= 5e-3 * abs(a) + 1e-4 for a, b in zip(numbers(shown), numbers(printed)))
    return words(shown) == words(printed) and close


def blocks(text):
    """The lines of every code block without a language; those that end with a backslash go on."""
    text = re.sub(r" \\\n +", " ", text)
    found, block = [], None
    for line in text.split("\n"):
        if not line.startswith("```"):
            if block is not None:
                block[1].append(line)
        elif block is None:
            block = (line[3:], [])
        else:
            found.append(block)
            block = None
    return [lines for language, lines in found if not language]


def run(executable, source, command):
    arguments = shlex.split(command)[1:]
    result = subprocess.run([executable, *arguments], cwd=source, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"$ {command}: status {result.returncode}\n{result.stderr}"
    return [line.rstrip() for line in (result.stderr + result.stdout).split("\n")]


def shortened(command):
    """The command without its own --widths, --plot and --record, and with what makes it short."""
    return re.sub(r" --(widths|plot|record) \S+", "", command) + " " + SHORT[command]


def check_command(executable, source, page, command, shown):
    short = command in SHORT
    printed = run(executable, source, shortened(command) if short else command)
    for line in shown:
        if not line.strip() or TIMES.search(line) or (short and numbers(line)):
            continue
        assert any(same(line, candidate) for candidate in printed), (
            f"{page} shows under `$ {command}`:\n{line}\nand the program prints:\n" + "\n".join(printed))


def check_page(executable, source, page, derived):
    """Returns how many commands the page has."""
    equations = [line.split() for path in derived for line in run(executable, source, f"tpc derive {path}")]
    commands = 0
    for block in blocks((source / page).read_text()):
        starts = [i for i, line in enumerate(block) if line.startswith("$ tpc ")]
        for begin, end in zip(starts, starts[1:] + [len(block)]):
            check_command(executable, source, page, block[begin][2:], block[begin + 1:end])
            commands += 1
        if starts or not any("=" in line for line in block):
            continue
        for line in block:
            if line.strip() and line.strip() != "...":
                assert line.split() in equations, f"{page} shows an equation that `tpc derive` does not: {line}"
    return commands


def check_links(source):
    """Every link of every page, but those to other places, is a file of the repository."""
    pages = [page for page in source.rglob("*.md") if "build" not in page.relative_to(source).parts]
    assert len(pages) > 20, "the pages were not found"
    for page in pages:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.relative_to(source)} has a link to `{link}`, which is not there"


def check_gallery(source):
    text = (source / "docs/gallery/README.md").read_text()
    made = re.findall(r"--plot docs/gallery/(\S+)", text)
    shown = re.findall(r"!\[[^]]*\]\((\S+)\)", text)
    assert made and set(made) == set(shown) - {"cities.svg"}, "docs/gallery/README.md: commands and pictures are not the same"
    unknown = {picture.name for picture in (source / "docs/gallery").glob("*.svg")} - set(shown)
    assert not unknown, f"docs/gallery has pictures that its page does not show: {unknown}"


def main():
    executable, source = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    check_links(source)
    check_gallery(source)
    for page, derived in PAGES.items():
        assert check_page(executable, source, page, derived) >= 5, f"the commands of {page} were not found"


if __name__ == "__main__":
    main()
