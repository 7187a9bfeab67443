"""What went wrong, as an exception with the compiler's diagnostics."""
import dataclasses
import re

_HEAD = re.compile(r"^(?:(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): )?(?P<severity>error|warning): (?P<message>.*?)"
                   r"(?: \[(?P<name>[a-z0-9-]+)\])?$")
_NOTE = re.compile(r"^(?:.+?:\d+:\d+: )?note: (?P<message>.*)$")


@dataclasses.dataclass
class Diagnostic:
    """One thing that the compiler says; `file`, `line` and `column` (from 1) are None where no place is meant."""

    severity: str
    message: str
    name: str = None
    file: str = None
    line: int = None
    column: int = None
    notes: list = dataclasses.field(default_factory=list)


class Error(Exception):
    """`diagnostics`: what the compiler said, in order; `status`: its exit status, or the tp_status of a compiled
    network; `result`: what was computed until then (a training that diverged), or None."""

    def __init__(self, message, diagnostics=(), status=None):
        super().__init__(message)
        self.diagnostics = list(diagnostics)
        self.status = status
        self.result = None


def diagnostics_in(text):
    """The diagnostics printed on the standard error stream; the excerpts of the source between them are left out."""
    found = []
    for line in text.splitlines():
        head, note = _HEAD.match(line), _NOTE.match(line)
        if head:
            place = {key: int(head[key]) if head[key] else None for key in ("line", "column")}
            found.append(Diagnostic(head["severity"], head["message"], head["name"], head["file"], **place))
        elif note and found:
            found[-1].notes.append(note["message"])
    return found
