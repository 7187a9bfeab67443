"""The language server and documents that are no programs: whatever stands in them, it answers and goes on.

Usage: broken_documents_test.py TPC EXAMPLES [SEED]
"""
import random
import sys
import time
from pathlib import Path

from client import Client, Document, Failure

TPC, EXAMPLES = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
ASKED = ("hover", "definition", "completion")
LONGEST = 30  # seconds for an answer


class Asker:
    """Asks everything of a document, and remembers how long that took."""

    def __init__(self, document):
        self.document, self.worst, self.count = document, 0.0, 0

    def ask(self, index):
        document, client = self.document, self.document.client
        place = {**document.named, "position": document.position(index)}
        begin = time.monotonic()
        for method in ASKED:
            client.request(f"textDocument/{method}", place)
        client.request("textDocument/documentSymbol", document.named)
        document.actions({"start": document.position(0), "end": document.position(len(document.text))})
        self.worst = max(self.worst, time.monotonic() - begin)
        self.count += 1


def truncated(document, asker, text):
    """Cut off at many places, as a text is while it is written from above; and without its beginning."""
    for end in range(0, len(text), max(1, len(text) // 60)):
        document.set(text[:end])
        asker.ask(end)
        document.set(text[end:])
        asker.ask(0)


def edited(document, asker, text, random_numbers):
    """Random edits, one after the other: parts left out, doubled, characters of another kind."""
    pieces = [*"{}()[]=:@\"#α𝛼\n\r\t\0", "..", "9" * 30, "def ", "for "]
    document.set(text)
    for _ in range(40):
        begin = random_numbers.randrange(len(document.text) + 1)
        end = min(len(document.text), begin + random_numbers.choice([0, 0, 1, 3, 30]))
        doubled = document.text[begin:begin + random_numbers.choice([0, 5, 50])]
        document.replace(begin, end, random_numbers.choice([*pieces, doubled]))
        asker.ask(random_numbers.randrange(len(document.text) + 1))


def huge(client, asker_of):
    """Texts beyond the bounds of the language, on many lines or on one."""
    texts = ["x = 1\n" * 200000, "x" * 3_000_000, "(" * 100000, "def f() { " * 5000, "\n" * 300000, "𝛼" * 300000,
             "param W[1..99999999] : [n, n]\n" * 100, "width n\ndim d = 99999999999\n",
             "model m\nwidth n\n" + "def f(x) { return f(x) }\n" * 3000]
    for text in texts:
        document = Document(client, EXAMPLES / "huge.tp", text)
        asker = asker_of(document)
        asker.ask(len(text) // 2)
        client.diagnostics(document)
        document.replace(len(text) // 2, len(text) // 2, "z")
        asker.ask(0)
        document.close()
        assert asker.worst < LONGEST, (text[:20], asker.worst)


def noise(client, random_numbers):
    """Requests of a wrong form, of which each gets an answer."""
    wrong = [None, 3, [], {}, "x", {"uri": 3}, {"uri": "file:///nowhere.tp"}, {"line": 1}, {"start": {"line": 5}}, -1, 2**70,
             True]
    for _ in range(300):
        params = {key: random_numbers.choice(wrong) for key in ("textDocument", "position", "range", "context", "contentChanges")}
        method = random_numbers.choice([*ASKED, "documentSymbol", "codeAction", "didOpen", "didChange", "didClose", "unknown"])
        if method.startswith("did"):
            client.notify(f"textDocument/{method}", random_numbers.choice([params, None, [params]]))
            continue
        try:
            client.request(f"textDocument/{method}", random_numbers.choice([params, [], "x"]))
        except Failure as failure:
            assert failure.code in (-32602, -32601), failure


def main():
    print(f"seed {SEED}")
    random_numbers = random.Random(SEED)
    client = Client(TPC)
    client.initialize()
    worst, count = 0.0, 0
    for path in sorted(EXAMPLES.glob("*.tp")):
        text = path.read_text(encoding="utf-8")
        document = Document(client, path)
        asker = Asker(document)
        truncated(document, asker, text)
        edited(document, asker, text, random_numbers)
        document.set(text)
        assert [each for each in client.diagnostics(document) if each["severity"] == 1] == [], path
        document.close()
        worst, count = max(worst, asker.worst), count + asker.count
    assert worst < LONGEST, worst
    print(f"{count} broken texts, everything answered within {worst:.2f} s")
    huge(client, Asker)
    noise(client, random_numbers)
    assert client.end() == 0


main()
