"""The tables of README.md, each between two comments that name its part: replaced by what has been measured."""
from harness.programs import BENCH

README = BENCH / "README.md"


def replace_tables(part, lines):
    """Between <!-- PART --> and <!-- end of PART -->. A part without a place in README.md is left out."""
    text = README.read_text(encoding="utf-8")
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    if begin not in text or end not in text:
        return
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    body = "\n".join(lines).strip("\n")
    README.write_text(f"{before}{begin}\n{body}\n{end}{after}", encoding="utf-8")
