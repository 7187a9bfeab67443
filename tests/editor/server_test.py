"""The life of the language server: places, edits, what the protocol says of errors and of the end; latencies."""
import re
import time

from client import Client, Document, Failure, framed
from common import EXAMPLES, PROGRAM, TPC, connect, program, run


def check_capabilities():
    client = Client(TPC)
    told = client.initialize()
    assert told["positionEncoding"] == "utf-16" and told["textDocumentSync"] == {"openClose": True, "change": 2}
    for method in ("hover", "definition", "completion", "documentSymbol", "codeAction", "documentFormatting"):
        assert told[f"{method}Provider"], method
    assert client.end() == 0


def check_positions():
    """Places behind characters of two, three and four bytes, counted in UTF-16 and in bytes."""
    for encodings in (None, ["utf-8", "utf-16"], ["utf-32"]):
        utf8 = encodings is not None and "utf-8" in encodings
        client = Client(TPC)
        assert client.initialize(encodings)["positionEncoding"] == ("utf-8" if utf8 else "utf-16")
        wrong = 'const β = "€𝛼"; const γ = α + betta'
        document = program(client, text=PROGRAM.replace("𝛼𝛼\n", f"𝛼𝛼\n{wrong}\n"), utf8=utf8)
        found = client.diagnostics(document)
        shown = sorted(document.under(each["range"]) for each in found)
        assert shown == sorted(['"€𝛼"', "betta"]), shown
        value = document.ask("hover", "γ = |α")
        assert document.under(value["range"]) == "α" and "const α = 0.5" in value["contents"]["value"]
        target = document.ask("definition", "γ = |α")
        assert document.under(target["range"]) == "α"
        assert target["range"]["start"] == document.position(document.text.index("α"))
        assert client.end() == 0


def check_edits():
    """What the server has after incremental changes is what the editor has."""
    client = connect()
    document = program(client)
    assert client.diagnostics(document) == []
    document.type("std = 2", "std = η€𝛼")
    assert [document.under(each["range"]) for each in client.diagnostics(document)][:1] in (["𝛼"], ["€"])
    document.type("η€𝛼", "2")
    assert client.diagnostics(document) == []
    for end in ("\r\n", "\r", "\n"):  # all of them end a line for the protocol
        document.type("dim d = 2\n", f"dim d = 2{end}")
        if end != "\r":
            assert client.diagnostics(document) == [], end
        document.set(PROGRAM)
    document.set("")
    assert [each["code"] for each in client.diagnostics(document)] == ["missing-model"]
    document.replace(0, 0, PROGRAM)
    assert client.diagnostics(document) == []
    # Beyond the end of a line, of the text: the protocol says where that is.
    far = {"line": 10**6, "character": 10**6}
    client.notify("textDocument/didChange", {
        "textDocument": {"uri": document.uri, "version": 99},
        "contentChanges": [{"range": {"start": far, "end": far}, "text": "const far = 1\n"},
                           {"range": {"start": {"line": 0, "character": 999}, "end": {"line": 0, "character": 999}},
                            "text": "_2"}]})
    names = [each["name"] for each in client.request("textDocument/documentSymbol", document.named)]
    assert names[0] == "greek_2" and names[-1] == "far", names
    document.close()
    assert client.end() == 0


def check_protocol():
    client = Client(TPC)

    def refused(method, params, code):
        try:
            client.request(method, params)
        except Failure as failure:
            assert failure.code == code, (method, failure)
        else:
            raise AssertionError(f"{method} was answered")

    refused("textDocument/hover", {}, -32002)  # before initialize
    client.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///x.tp", "text": "", "version": 1}})  # dropped
    client.initialize()
    refused("initialize", {"capabilities": {}}, -32600)
    refused("textDocument/rename", {}, -32601)
    refused("textDocument/hover", {}, -32602)
    refused("textDocument/hover", {"textDocument": {"uri": "file:///x.tp"}, "position": {"line": 0, "character": 0}}, -32602)
    document = program(client)
    for position in ({"line": -1, "character": 0}, {"line": "a", "character": 0}, {"line": 0}, None, [],
                     {"line": 1e300, "character": 0}):
        refused("textDocument/hover", {**document.named, "position": position}, -32602)
    client.notify("textDocument/didChange", {"textDocument": {"uri": document.uri}})  # is logged
    client.notify("$/setTrace", {"value": "off"})
    client.notify("no/such/notification", {})
    client.send({"jsonrpc": "2.0", "id": 77, "result": None})  # an answer to what was never asked

    def wrong(data, code):
        client.send_bytes(data)
        while True:
            message = client.receive()
            if "error" in message:
                assert message["error"]["code"] == code, (data[:80], message)
                return

    wrong(framed(b"{"), -32700)
    wrong(framed(b"\xff\xfe"), -32700)
    wrong(framed(b"[]"), -32600)
    wrong(framed(b"3"), -32600)
    wrong(framed(b'{"id": {}, "method": "shutdown"}'), -32600)
    wrong(framed(b'{"id": 1}'), -32600)
    wrong(b"Content-Length: many\r\n\r\n", -32700)
    wrong(b"Content-Type: x\r\n\r\n", -32700)
    wrong(b"content-length: 1\r\nX: y\r\n\r\n{", -32700)
    wrong(framed(b'{"id": 5, "method": "textDocument/hover", "params": ' + b"[" * 500000 + b"]" * 500000 + b"}"), -32602)
    assert "tanh(x)" in document.hover("= |tanh")  # goes on as if nothing had been
    assert client.request("shutdown", None) is None
    refused("textDocument/hover", {}, -32600)
    client.notify("exit", None)
    assert client.process.wait(60) == 0
    for last in ("exit", None):  # the end without `shutdown`
        client = connect()
        if last:
            client.notify(last, None)
        client.process.stdin.close()
        assert client.process.wait(60) == 1


def check_latency():
    """Prints how long an editor waits; nothing but an order of magnitude is asked for."""
    for name in ("mlp", "transformer", "word2vec"):
        client = connect()
        document = Document(client, EXAMPLES / f"{name}.tp")
        begin = time.monotonic()
        client.diagnostics(document)
        opened = time.monotonic() - begin
        place = {**document.named, "position": document.position(re.search(r"^param \w", document.text, re.M).end() - 1)}
        begin = time.monotonic()
        client.request("textDocument/hover", place)
        first = time.monotonic() - begin
        begin = time.monotonic()
        for _ in range(20):
            client.request("textDocument/hover", place)
        again = (time.monotonic() - begin) / 20
        begin = time.monotonic()
        for _ in range(20):
            document.replace(0, 0, "#\n")
            client.request("textDocument/documentSymbol", document.named)
        typed = (time.monotonic() - begin) / 20
        print(f"{name}: diagnostics {opened * 1e3:.0f} ms after opening (200 of them a pause), hover with powers of the width "
              f"{first * 1e3:.0f} ms, again {again * 1e3:.1f} ms; an edit checked {typed * 1e3:.1f} ms")
        assert opened < 30 and again < 1, name
        assert client.end() == 0


run(check_capabilities, check_positions, check_edits, check_protocol, check_latency)
