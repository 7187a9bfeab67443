"""Manual pages and completions of the shells, made of what the programs' --help says.

Usage: manual.py VERSION FOLDER TPC [TPC-OPT]
Writes FOLDER/man1/tpc.1.gz, tpc-run.1.gz, ... and FOLDER/completions/{tpc, _tpc, tpc.fish} (bash, zsh, fish).
"""
import gzip
import pathlib
import sys

import completions
import help_text


def roff(text):
    """Text that is no request and keeps its hyphens."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def whatis(description):
    """The first sentence, as manual pages say it after the name."""
    sentence = description.split(". ")[0].removesuffix(".")
    return sentence.split(": ")[0] if len(sentence) > 90 else sentence


def literal(text):
    return [".nf", roff(text), ".fi"]


def paragraphs(entries):
    lines = []
    for entry in entries:
        names = ", ".join(f"\\fB{roff(name)}\\fR" for name in entry.names)
        value = f" \\fI{roff(entry.value_in_words)}\\fR" if entry.value else ""
        lines += [".TP", names + value, roff(entry.description)]
    return lines


def page(words, version, text, others):
    """`words`: the command as it is typed, ["tpc", "run"]; `others`: pages to see."""
    name = "-".join(words)
    takes = " ".join(entry.names[0] for entry in text.positionals) or ("COMMAND" if text.commands else "")
    purpose = whatis(text.description).removeprefix(f"{name}, ")
    lines = [f'.TH {name.upper()} 1 "" "tpc {version}" "User Commands"', ".SH NAME",
             f"{roff(name)} \\- {roff(purpose)}", ".SH SYNOPSIS",
             f"\\fB{roff(' '.join(words))}\\fR [\\fIOPTIONS\\fR] \\fI{takes}\\fR", ".SH DESCRIPTION",
             roff(text.description)]
    for title, entries in (("ARGUMENTS", text.positionals), ("OPTIONS", text.options), ("COMMANDS", text.commands)):
        if entries:
            lines += [f".SH {title}", *paragraphs(entries)]
    if text.footer:
        title, _, rest = text.footer.partition("\n")
        lines += [f".SH {roff(title.removesuffix(':').upper())}", *literal(rest)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{roff(other)}\\fR(1)" for other in others)]
    return "\n".join(lines) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode("utf-8")
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def main():
    version, folder, program = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    general = help_text.of_program(program)
    names = [entry.names[0] for entry in general.commands]
    commands = {name: help_text.of_program(program, name) for name in names}
    pages = {"tpc": page(["tpc"], version, general, [f"tpc-{name}" for name in commands])}
    for name, text in commands.items():
        pages[f"tpc-{name}"] = page(["tpc", name], version, text, ["tpc"])
    for other in sys.argv[4:]:
        name = pathlib.Path(other).name
        pages[name] = page([name], version, help_text.of_program(other), ["tpc"])
    for name, text in pages.items():
        write(folder / "man1" / f"{name}.1.gz", text)
    for name, make in (("tpc", completions.bash), ("_tpc", completions.zsh), ("tpc.fish", completions.fish)):
        write(folder / "completions" / name, make(general, commands))


if __name__ == "__main__":
    main()
