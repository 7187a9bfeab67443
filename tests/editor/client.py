"""A client of `tpc lsp`: what an editor does, by script. Standard library only."""
import json
import pathlib
import queue
import subprocess
import threading

WAIT = 60  # seconds; a sanitized server on a busy machine answers late


class Failure(Exception):
    """The answer to a request that is an error."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


def framed(body):
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class Client:
    def __init__(self, tpc, environment=None):
        self.process = subprocess.Popen([str(tpc), "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=environment)
        self.messages = queue.Queue()
        self.notifications = []
        self.last_id = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        out = self.process.stdout
        while True:
            length = None
            while (line := out.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode().partition(":")
                if name == "Content-Length":
                    length = int(value)
            if length is None:
                break
            self.messages.put(json.loads(out.read(length)))
        self.messages.put(None)

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        self.send_bytes(framed(json.dumps(message).encode()))

    def receive(self):
        message = self.messages.get(timeout=WAIT)
        assert message is not None, f"the server has ended, status {self.process.wait(WAIT)}"
        return message

    def notify(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method, params):
        self.last_id += 1
        self.send({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.last_id and "method" not in message:
                break
            self.notifications.append(message)
        if "error" in message:
            raise Failure(message["error"])
        return message["result"]

    def initialize(self, encodings=None, related=True):
        capabilities = {"textDocument": {"publishDiagnostics": {"relatedInformation": related}}}
        if encodings:
            capabilities["general"] = {"positionEncodings": encodings}
        result = self.request("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self.notify("initialized", {})
        return result["capabilities"]

    def end(self):
        """The orderly end; its status."""
        assert self.request("shutdown", None) is None
        self.notify("exit", None)
        return self.process.wait(WAIT)

    def diagnostics(self, document):
        """Those of the document as it is now."""
        while True:
            for message in self.notifications:
                params = message.get("params", {})
                if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == document.uri and \
                        params.get("version") == document.version:
                    return params["diagnostics"]
            self.notifications.append(self.receive())


class Document:
    """A document that is open at a client. Places are counted in UTF-16, or in bytes."""

    def __init__(self, client, path, text=None, utf8=False):
        self.client, self.path, self.utf8, self.version = client, pathlib.Path(path).resolve(), utf8, 1
        self.uri = self.path.as_uri()
        self.text = self.path.read_text(encoding="utf-8") if text is None else text
        client.notify("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "tpc", "version": 1,
                                                                "text": self.text}})

    @property
    def named(self):
        return {"textDocument": {"uri": self.uri}}

    def units(self, text):
        return len(text.encode("utf-8")) if self.utf8 else len(text.encode("utf-16-le")) // 2

    def position(self, index):
        before = self.text[:index].split("\n")
        return {"line": len(before) - 1, "character": self.units(before[-1])}

    def index(self, position):
        lines = self.text.split("\n")
        line, left, index = lines[position["line"]], position["character"], 0
        while left > 0:
            left -= self.units(line[index])
            index += 1
        return sum(len(each) + 1 for each in lines[:position["line"]]) + index

    def under(self, span):
        """The text of a range."""
        return self.text[self.index(span["start"]):self.index(span["end"])]

    def at(self, marked, occurrence=0):
        """The place of the text that `marked` shows with `|` in it."""
        before, after = marked.split("|")
        index = -1
        for _ in range(occurrence + 1):
            index = self.text.index(before + after, index + 1)
        return {**self.named, "position": self.position(index + len(before))}

    def ask(self, method, marked, **more):
        return self.client.request(f"textDocument/{method}", {**self.at(marked), **more})

    def hover(self, marked):
        return self.hover_at(self.at(marked))

    def hover_at(self, place):
        """Asks again, for a minute, while powers of the width are still being computed: on a slow machine that is longer
        than the server lets an answer wait."""
        for _ in range(30):
            answer = self.client.request("textDocument/hover", place)
            shown = answer and answer["contents"]["value"]
            if not shown or "still being computed" not in shown:
                return shown
        raise AssertionError(f"powers of the width are never there: {shown}")

    def labels(self, marked):
        return {item["label"]: item for item in self.ask("completion", marked)["items"]}

    def replace(self, begin, end, new):
        """An incremental change of the characters from begin to end."""
        change = {"range": {"start": self.position(begin), "end": self.position(end)}, "text": new}
        self.text = self.text[:begin] + new + self.text[end:]
        self._changed([change])

    def type(self, old, new):
        begin = self.text.index(old)
        self.replace(begin, begin + len(old), new)

    def set(self, text):
        self.text = text
        self._changed([{"text": text}])

    def _changed(self, changes):
        self.version += 1
        self.client.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": changes})

    def actions(self, span):
        return self.client.request("textDocument/codeAction", {**self.named, "range": span,
                                                               "context": {"diagnostics": []}})

    def apply(self, action):
        """The edits of a quick fix."""
        self.edit(action["edit"]["changes"][self.uri])

    def edit(self, edits):
        """From the last one to the first."""
        places = sorted(((self.index(e["range"]["start"]), self.index(e["range"]["end"]), e["newText"]) for e in edits),
                        reverse=True)
        for begin, end, new in places:
            self.replace(begin, end, new)

    def close(self):
        self.client.notify("textDocument/didClose", self.named)
