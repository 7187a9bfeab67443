"""The MathML of `tpc derive` is well-formed, keeps to MathML Core, and says what the LaTeX says, letter by letter.

    mathml_test.py TPC EXAMPLES

Of every example as it is, in the kernel regime where it has one, and with names and optimizers that examples lack.
"""
import collections
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as xml
from pathlib import Path

from latex_test import MODEL, OPTIMIZERS

CORE = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msub", "msup", "msubsup", "munder",
        "munderover", "mover"}
CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "munderover": 3, "mover": 2}
GREEK = {"varepsilon": "epsilon", "varsigma": "final sigma", "varphi": "phi"}
NO_LETTERS = {"left", "right", "mathit", "operatorname", "text", "ensuremath", "mathbb", "frac", "sum", "partial", "hat",
              "dot", "cdot", "le", "to", "textbackslash"}


def greek(command):
    """The character of a LaTeX command that is a Greek letter; nothing for other commands."""
    name = GREEK.get(command.lower(), command.lower())
    try:
        case = "CAPITAL" if command[0].isupper() else "SMALL"
        if name == "final sigma":
            return unicodedata.lookup("GREEK SMALL LETTER FINAL SIGMA")
        return unicodedata.lookup(f"GREEK {case} LETTER {'LAMDA' if name == 'lambda' else name.upper()}")
    except KeyError:
        return None


def letters_of_latex(latex):
    """Every letter and digit that is seen, counted."""
    def replaced(match):
        command = match.group(1)
        if command == "top":
            return "⊤"
        if command in NO_LETTERS:
            return " "
        letter = greek(command)
        assert letter is not None, f"an unknown command \\{command} in {latex}"
        return letter
    seen = re.sub(r"\\([A-Za-z]+)", replaced, latex)
    return collections.Counter(c for c in unicodedata.normalize("NFC", seen) if c.isalnum() or c == "⊤")


def letters_of_mathml(mathml):
    text = "".join(xml.fromstring(mathml).itertext())
    return collections.Counter(c for c in unicodedata.normalize("NFC", text) if c.isalnum() or c == "⊤")


def check_elements(element, where):
    assert element.tag in CORE, f"{where}: <{element.tag}> is not of MathML Core"
    wanted = CHILDREN.get(element.tag)
    assert wanted is None or len(element) == wanted, f"{where}: <{element.tag}> has {len(element)} children"
    if element.tag in ("mi", "mn"):
        assert element.text, f"{where}: an empty <{element.tag}>"
    for child in element:
        check_elements(child, where)


def check(executable, path, arguments):
    name = " ".join([Path(path).name, *arguments])
    command = [executable, "derive", str(path), *arguments, "--format", "json"]
    derived = subprocess.run(command, capture_output=True, text=True, check=False)
    if derived.returncode != 0:
        assert arguments, f"{name}: {derived.stderr}"
        return print(f"{name}: no limit there")
    equations = [each for section in json.loads(derived.stdout)["sections"] for each in section["equations"]]
    assert equations, f"{name}: no equations"
    for equation in equations:
        where = f"{name}: {equation['left']}"
        check_elements(xml.fromstring(equation["mathml"]), where)
        latex, mathml = letters_of_latex(equation["latex"]), letters_of_mathml(equation["mathml"])
        assert latex == mathml, f"{where}: in LaTeX alone {latex - mathml}, in MathML alone {mathml - latex}"
    print(f"{name}: {len(equations)} equations")


def main():
    executable, examples = sys.argv[1], sorted(Path(sys.argv[2]).glob("*.tp"))
    assert examples, "no examples found"
    for example in examples:
        check(executable, example, [])
        check(executable, example, ["--param", "ntp"])
        check(executable, example, ["--symbolic"])
    with tempfile.TemporaryDirectory() as directory:
        for number, optimizer in enumerate(OPTIMIZERS):
            path = Path(directory) / f"names_{number}.tp"
            path.write_text(MODEL.replace("OPTIMIZER", optimizer))
            check(executable, path, [])


if __name__ == "__main__":
    main()
