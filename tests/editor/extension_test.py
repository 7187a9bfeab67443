"""The extension for Visual Studio Code: its files fit together and to the compiler. With Node.js it is run, too, with an
editor and a client library that are made up.

Usage: extension_test.py TPC SOURCE
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TPC, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()

# What the extension asks of its surroundings, as far as it does: everything is written down in `seen`.
STAGE = """
const Module = require("module");
const seen = [], commands = {}, listeners = [];
let path = process.argv[3];
const editor = { document: { languageId: "tpc", isUntitled: false, fileName: process.argv[4], save: async () => true } };
const vscode = {
  window: { activeTextEditor: editor, showErrorMessage: (text) => seen.push("error: " + text),
    createOutputChannel: () => ({ clear() {}, append: (text) => seen.push("shown: " + text),
                                  appendLine: (text) => seen.push("shown: " + text), show: () => seen.push("show") }) },
  workspace: { getConfiguration: () => ({ get: () => path }), onDidChangeConfiguration: (f) => listeners.push(f) },
  commands: { registerCommand: (name, f) => { commands[name] = f; return { dispose() {} }; } },
};
class LanguageClient {
  constructor(id, name, server, options) {
    this.server = server;
    seen.push("client: " + JSON.stringify([id, server, options.documentSelector]));
  }
  async start() {
    if (this.server.command === "missing") throw new Error("no such file");
    seen.push("start " + this.server.command);
  }
  async stop() { seen.push("stop"); }
}
const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node" && process.argv[5] === "installed") return { LanguageClient };
  return load(name, ...rest);
};
(async () => {
  const extension = require(process.argv[2]);
  const context = { subscriptions: [] };
  await extension.activate(context);
  if (process.argv[5] === "installed") {
    await commands["tpc.restart"]();
    path = "missing";
    await Promise.all(listeners.map((listener) => listener({ affectsConfiguration: (name) => name === "tpc.path" })));
    await new Promise((done) => setTimeout(done, 50));
    path = process.argv[3];
    await commands["tpc.classify"]();
    while (!seen.includes("show")) await new Promise((done) => setTimeout(done, 20));
  }
  await extension.deactivate();
  console.log(JSON.stringify({ seen, commands: Object.keys(commands) }));
})();
"""


def installed(folder):
    """As cmake/packaging.cmake puts it together."""
    shutil.copytree(SOURCE / "grammar/vscode", folder)
    shutil.copy(SOURCE / "grammar/tpc.tmLanguage.json", folder)
    return json.loads((folder / "package.json").read_text(encoding="utf-8"))


def check_files(folder, package):
    given = package["contributes"]
    named = [package["main"], given["languages"][0]["configuration"], given["grammars"][0]["path"]]
    for name in named:
        assert (folder / name).is_file(), name
    configuration = json.loads((folder / "language-configuration.json").read_text(encoding="utf-8"))
    assert configuration["comments"]["lineComment"] == "#"
    rules = configuration["indentationRules"]
    lines = {"def net(x : [d]) -> [k] {": True, "train {  # how": True, "for l in 1..3 { z = z }": False, "x = 1 # {": False}
    for line, deeper in lines.items():
        assert bool(re.search(rules["increaseIndentPattern"], line)) == deeper, line
    assert re.fullmatch(configuration["wordPattern"], "η₁")
    version = re.search(r"project\(\s*tpc\s+VERSION\s+([\d.]+)", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))
    assert package["version"] == version.group(1)
    assert "vscode-languageclient" in package["dependencies"]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for setting in given["configuration"]["properties"]:
        assert setting in readme, setting


def check_commands(package):
    """Every command but that of the server is one of tpc."""
    for command in package["contributes"]["commands"]:
        name = command["command"].removeprefix("tpc.")
        if name != "restart":
            subprocess.run([TPC, name, "--help"], check=True, capture_output=True)
    subprocess.run([TPC, "lsp", "--help"], check=True, capture_output=True)


def staged(folder, library):
    stage = folder.parent / "stage.js"
    stage.write_text(STAGE, encoding="utf-8")
    program = SOURCE / "examples/mlp.tp"
    done = subprocess.run(["node", stage, folder / "extension.js", TPC, program, library], check=True, capture_output=True,
                          text=True, timeout=120)
    return json.loads(done.stdout)


def check_run(folder, package):
    result = staged(folder, "installed")
    seen = result["seen"]
    assert sorted(result["commands"]) == sorted(each["command"] for each in package["contributes"]["commands"])
    client = json.loads(seen[0].removeprefix("client: "))
    assert client[1] == {"command": str(TPC), "args": ["lsp"]}
    assert client[2][0] == {"scheme": "file", "language": package["contributes"]["languages"][0]["id"]}
    steps = [each for each in seen if each.startswith(("start", "stop", "error"))]
    assert steps[:3] == [f"start {TPC}", "stop", f"start {TPC}"], steps
    assert steps[3] == "stop" and "tpc.path" in steps[4], steps  # another path, which is wrong: said, with what to do
    assert any("feature-learning" in each for each in seen if each.startswith("shown")), seen
    assert any("npm install" in each for each in staged(folder, "missing")["seen"])


with tempfile.TemporaryDirectory() as scratch:
    FOLDER = Path(scratch) / "vscode"
    PACKAGE = installed(FOLDER)
    check_files(FOLDER, PACKAGE)
    check_commands(PACKAGE)
    if shutil.which("node"):
        check_run(FOLDER, PACKAGE)
    else:
        print("not run: no Node.js here")
print("passed")
