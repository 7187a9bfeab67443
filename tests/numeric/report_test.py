"""`tpc report` in a browser: nothing is loaded from elsewhere, nothing complains, everything can be read.

    report_test.py TPC EXAMPLES

Of programs of every kind, in headless Chromium, at 400 and 1600 pixels, light and dark: no error or warning, no scrolling
sideways, no small or overlapping words in pictures, contrast as WCAG 2 asks for (AA), numbers as `tpc run` prints them.
"""
import html
import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from fractions import Fraction
from pathlib import Path

MEASURE = (Path(__file__).parent / "report_measure.js").read_text(encoding="utf-8")
FEW = ["--widths", "32,64", "--seeds", "2"]
UNSTABLE = """model grows
width n
param U : [n, 2] init normal(std = 1)
param V : [1, n] init normal(std = 1)
def net(x : [2]) -> [1] { return V @ tanh(U @ x) }
data train : x[2], y[1] {
  1 0.5   1
  -1 0.2  -1
}
train { data = train; loss = mse(net(x), y); optimizer = sgd(lr = 0.1); steps = 2 }
parametrization sp
"""
STILL = """model still
width n
param U : [n, 2] init normal(std = 1)
param V : [1, n] init normal(std = 1)
def net(x : [2]) -> [1] { return V @ tanh(U @ x) }
parametrization mup
"""
# What has to be on the page of a program, beside every section; numbers are compared where there is a run.
PROGRAMS = [
    ("mlp.tp", [], ["Gram matrix of", "feature learning", "this program = mup"]),
    ("mlp.tp", ["--param", "ntp"], ["covariance of the initial function", "kernel"]),
    ("kernel.tp", ["--set", "epochs=1"], ["covariance of the initial function"]),
    ("rnn.tp", [], ["Gram matrix of"]),
    ("maml.tp", ["--set", "steps=20", "--record", "final"], ["No hidden vector is shown"]),
    ("word2vec.tp", ["--set", "epochs=1"], ["Vectors of names after training", "Principal coordinates"]),
    ("unstable.tp", [], ["There is no limit to write down", "regime-unstable"]),
    ("still.tp", [], ["There is no training"]),
]
SECTIONS = ["program", "classification", "phases", "equations", "training", "features", "convergence", "coordinates",
            "provenance"]


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


class Browser:
    """Chromium without a window; every page is a new process with a new profile."""

    def __init__(self, executable, directory):
        self.command = [executable, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        "--enable-logging=stderr", f"--user-data-dir={directory}/profile", "--virtual-time-budget=4000"]
        self.directory = Path(directory)

    def dom(self, page):
        opened = run([*self.command, "--window-size=1700,1200", "--dump-dom", page.as_uri()], timeout=120)
        assert opened.returncode == 0, opened.stderr
        said = [line for line in opened.stderr.splitlines() if "CONSOLE" in line]
        assert not said, f"{page.name}: {said}"
        return opened.stdout

    def measured(self, text, width, theme):
        """What report_measure.js finds in the page in a frame of this width."""
        page = self.directory / "page.html"
        page.write_text(text.replace('<html lang="en">', f'<html lang="en" data-theme="{theme}">')
                        .replace("</body>", f"<script>{MEASURE}</script></body>"), encoding="utf-8")
        frame = self.directory / "frame.html"
        frame.write_text(f"""<!DOCTYPE html><body style="margin:0">
<iframe src="page.html" style="border:0;width:{width}px;height:1000px"></iframe><pre id="measured"></pre>
<script>addEventListener("message", e => document.getElementById("measured").textContent = e.data)</script>""")
        found = re.search(r'<pre id="measured">(.*?)</pre>', self.dom(frame), re.DOTALL)
        assert found and found.group(1), "the page's measurements did not arrive"
        return json.loads(html.unescape(found.group(1)))

    def screenshot(self, text, theme):
        page, picture = self.directory / "shown.html", self.directory / "shown.png"
        page.write_text(text.replace('<html lang="en">', f'<html lang="en" data-theme="{theme}">'), encoding="utf-8")
        run([*self.command, "--window-size=1600,1200", f"--screenshot={picture}", page.as_uri()], timeout=120)
        return colors_of(picture.read_bytes())


def colors_of(png):
    """The different colours of a PNG of 8 bits a channel, and the one of its corner."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    channels = {2: 3, 6: 4}[kind]
    assert depth == 8
    data, at = b"", 8
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at:at + 8])
        data += png[at + 8:at + 8 + size] if name == b"IDAT" else b""
        at += 12 + size
    raw, stride, previous, colors, corner = zlib.decompress(data), width * channels, bytes(width * channels), set(), None
    for row in range(height):
        filtering, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1:(row + 1) * (stride + 1)])
        for i in range(stride):
            left = line[i - channels] if i >= channels else 0
            up, corner_up = previous[i], previous[i - channels] if i >= channels else 0
            if filtering == 1:
                line[i] = (line[i] + left) & 255
            elif filtering == 2:
                line[i] = (line[i] + up) & 255
            elif filtering == 3:
                line[i] = (line[i] + (left + up) // 2) & 255
            elif filtering == 4:
                estimate = left + up - corner_up
                nearest = min((abs(estimate - left), 0, left), (abs(estimate - up), 1, up),
                              (abs(estimate - corner_up), 2, corner_up))[2]
                line[i] = (line[i] + nearest) & 255
        previous = bytes(line)
        if row % 16 == 0:
            colors |= {previous[i:i + 3] for i in range(0, stride, channels * 4)}
        corner = corner or previous[:3]
    return colors, corner


def check_layout(name, found, width):
    assert found["requests"] == [], f"{name}: asks for {found['requests']}"
    assert found["texts"] > 100, f"{name}: {found['texts']} texts are seen"
    assert found["width"] == width, f"{name}: measured at {found['width']}"
    assert found["scroll"] <= width, f"{name}: {found['scroll']} wide at {width}, by {found['widest']}"
    assert found["small"] == [], f"{name}: small at {width}: {found['small']}"
    assert found["overlapping"] == [], f"{name}: overlapping at {width}: {found['overlapping']}"
    assert found["outside"] == [], f"{name}: beyond its picture at {width}: {found['outside']}"
    assert found["pale"] == [], f"{name}: too little contrast at {width}: {found['pale']}"
    assert found["unnamed"] == 0, f"{name}: pictures without a name"


def check_numbers(executable, name, arguments, path, text):
    """The numbers on the page are those of the same run by itself."""
    shown = json.loads(html.unescape(re.search(r'<pre[^>]* id="numbers">(.*?)</pre>', text, re.DOTALL).group(1)))
    if "loss" not in shown:
        return False
    drop = {"--widths": 2, "--seeds": 2}
    own, i = [], 0
    while i < len(arguments):
        if arguments[i] in drop:
            i += drop[arguments[i]]
        else:
            own.append(arguments[i])
            i += 1
    alone = json.loads(run([executable, "run", str(path), *own, "--format", "json"]).stdout)
    for key in ("model", "regime", "method", "steps_recorded", "loss", "accuracy", "set_loss", "outputs"):
        if key in shown and key in alone:
            assert close(shown[key], alone[key]), f"{name}: {key} differs from that of tpc run"
    return True


def check_changes(executable, directory, path, text):
    """The regimes of changed weights are what `tpc classify` says of programs written with these exponents."""
    weights = json.loads(run([executable, "classify", str(path), "--format", "json"]).stdout)["weights"]
    rows = re.findall(r"<tr><td>(\w+)</td><td>([\w-]+)</td><td>([\w-]+)</td><td>([\w-]+)</td><td>([\w-]+)</td></tr>",
                      text[text.index("What a change of one weight"):])
    assert [row[0] for row in rows] == [weight["name"] for weight in weights], rows
    program = re.sub(r"^parametrization.*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for row in rows:
        for shown, (exponent, step) in zip(row[1:], (("b", "-1/4"), ("b", "1/4"), ("c", "-1/4"), ("c", "1/4"))):
            block = "parametrization custom {\n"
            for weight in weights:
                values = {key: Fraction(weight[key]) for key in "abc"}
                if weight["name"] == row[0]:
                    values[exponent] += Fraction(step)
                block += f"  {weight['name']} : " + ", ".join(f"{key} = {value}" for key, value in values.items()) + "\n"
            changed = Path(directory) / "changed.tp"
            changed.write_text(program + block + "}\n", encoding="utf-8")
            own = json.loads(run([executable, "classify", str(changed), "--format", "json"]).stdout)["regime"]
            assert shown == own, f"{row[0]}: {exponent} + {step} is {own}, not {shown}"


def close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) or isinstance(b, float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a))
    return a == b


def check(executable, browser, directory, path, arguments, wanted):
    name = " ".join([path.name, *arguments])
    page = Path(directory) / "report.html"
    made = run([executable, "report", str(path), *arguments, *FEW, "-o", str(page)], timeout=400)
    assert made.returncode == 0, f"{name}: {made.stderr}"
    text = page.read_text(encoding="utf-8")
    assert len(text) < 2_000_000, f"{name}: {len(text)} bytes"
    assert re.findall(r'<section id="([\w-]+)"', text) == SECTIONS, name
    for words in wanted:
        assert words in html.unescape(text), f"{name}: nothing says {words!r}"
    assert "Not exact" not in text, f"{name}: a phase diagram that its points do not confirm"
    loaded = [each for each in re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')>\s]+)', text) if each[0] != "#"]
    assert loaded == ["data:,"], f"{name}: refers to {loaded}"
    compared = check_numbers(executable, name, arguments, path, text)
    for width in (400, 1600):
        for theme in ("light", "dark"):
            check_layout(f"{name}, {theme}", browser.measured(text, width, theme), width)
    print(f"{name}: {len(text)} bytes{', numbers as of tpc run' if compared else ''}")
    return text


def main():
    executable, examples = sys.argv[1], Path(sys.argv[2])
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("SKIPPED: chromium is not installed (scripts/bootstrap --tests installs it)")
        return
    with tempfile.TemporaryDirectory() as directory:
        browser = Browser(chromium, directory)
        (Path(directory) / "unstable.tp").write_text(UNSTABLE)
        (Path(directory) / "still.tp").write_text(STILL)
        for file, arguments, wanted in PROGRAMS:
            path = examples / file if (examples / file).exists() else Path(directory) / file
            text = check(executable, browser, directory, path, arguments, wanted)
            if path.name != "mlp.tp" or arguments:
                continue
            check_changes(executable, directory, path, text)
            for theme, bright in (("light", True), ("dark", False)):
                colors, corner = browser.screenshot(text, theme)
                assert len(colors) > 20 and (min(corner) > 200) == bright, f"{theme}: {len(colors)} colours, {corner}"


if __name__ == "__main__":
    main()
