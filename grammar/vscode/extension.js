// Starts `tpc lsp` for .tp files, and shows what some commands of tpc print of the program in the editor.
"use strict";

const path = require("path");
const { execFile } = require("child_process");
const vscode = require("vscode");

const PRINTED = ["classify", "derive", "mup"]; // each is a command tpc.NAME of package.json
let client;
let output;

function compiler() {
  return vscode.workspace.getConfiguration("tpc").get("path") || "tpc";
}

/** The client library; without `npm install` in this folder there are colours alone. */
function library() {
  try {
    return require("vscode-languageclient/node");
  } catch (error) {
    vscode.window.showErrorMessage(
      `Tensor programs: run "npm install" in ${__dirname} for errors, hover and completion (${error.message})`);
    return undefined;
  }
}

async function start() {
  const found = library();
  if (found === undefined) return;
  client = new found.LanguageClient("tpc", "Tensor programs", { command: compiler(), args: ["lsp"] }, {
    documentSelector: [{ scheme: "file", language: "tpc" }, { scheme: "untitled", language: "tpc" }],
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(
      `Tensor programs: cannot start "${compiler()} lsp" (${error.message}); the setting tpc.path says where tpc is`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running !== undefined) await running.stop();
}

async function restart() {
  await stop();
  await start();
}

/** Saves the program in the editor and shows what `tpc NAME FILE` prints. */
async function print(name) {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.document.languageId !== "tpc") return;
  if (!(await editor.document.save()) || editor.document.isUntitled) return;
  const file = editor.document.fileName;
  execFile(compiler(), [name, file], { cwd: path.dirname(file), maxBuffer: 1 << 26 }, (error, printed, said) => {
    output.clear();
    output.append(said + printed);
    if (error && typeof error.code !== "number") output.appendLine(error.message);
    output.show(true);
  });
}

async function activate(context) {
  output = vscode.window.createOutputChannel("Tensor programs");
  context.subscriptions.push(output, vscode.commands.registerCommand("tpc.restart", restart));
  for (const name of PRINTED) {
    context.subscriptions.push(vscode.commands.registerCommand(`tpc.${name}`, () => print(name)));
  }
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration("tpc.path")) restart();
  }));
  await start();
}

module.exports = { activate, deactivate: stop };
