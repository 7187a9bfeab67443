"""What `PROGRAM --help` says, as data: the one table of commands and options is in the program (driver/options_of_commands.cpp)."""
import dataclasses
import re
import subprocess


@dataclasses.dataclass
class Entry:
    """A line of a section: `-o,--output TEXT REQUIRED   the file to write`."""

    what: str
    description: str

    @property
    def names(self):
        """The option's spellings, or the command's name."""
        return self.what.split()[0].split(",")

    @property
    def value(self):
        """What the option takes, in words; empty: nothing."""
        return " ".join(self.what.split()[1:])

    @property
    def choices(self):
        """The words that the value is one of; empty: any."""
        found = re.search(r"\{([^}]*)\}", self.value)
        return found.group(1).split(",") if found else []

    @property
    def value_in_words(self):
        """`text|json (text if not given)`, `FILE ...`"""
        value, _, default = self.value.removesuffix(" REQUIRED").partition("=")
        return ("|".join(self.choices) or value) + (f" ({default} if not given)" if default else "")


@dataclasses.dataclass
class Help:
    """The sections of a help text; `footer`: what follows them."""

    description: str
    usage: str
    positionals: list
    options: list
    commands: list
    footer: str


def column_of_descriptions(lines):
    """Where descriptions begin: seen at the option that every program has."""
    return next(line.index("Print this help") for line in lines if line.startswith("  -h,--help"))


def entries(lines, column):
    found = []
    for line in lines:
        if line[:column].strip():
            wide = line.startswith("  ") and len(line) > column and line[column - 1] != " "
            what = line if wide else line[:column]
            found.append(Entry(what.strip(), "" if wide else line[column:].strip()))
        elif found:
            found[-1].description = (found[-1].description + " " + line.strip()).strip()
    return found


def section(lines, title, column):
    if title not in lines:
        return []
    first = lines.index(title) + 1
    last = lines.index("", first) if "" in lines[first:] else len(lines)
    return entries(lines[first:last], column)


def parse(text):
    """Sections end with an empty line; the footer begins after the last of them."""
    lines = text.rstrip("\n").split("\n")
    usage = next(i for i, line in enumerate(lines) if line.startswith("Usage:"))
    column = column_of_descriptions(lines)
    titles = ["Positionals:", "Options:", "Subcommands:"]
    last = max(lines.index(title) for title in titles if title in lines)
    end = lines.index("", last) if "" in lines[last:] else len(lines)
    return Help(" ".join(lines[:usage]).strip(), lines[usage].removeprefix("Usage:").strip(),
                *(section(lines, title, column) for title in titles), "\n".join(lines[end:]).strip("\n"))


def of_program(program, *command):
    """Runs the program for its help."""
    done = subprocess.run([program, *command, "--help"], check=True, capture_output=True, encoding="utf-8")
    return parse(done.stdout)
