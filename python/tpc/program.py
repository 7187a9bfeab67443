"""Runs the `tpc` binary: where it is, its command line, its answer."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import warnings

import numpy

from .errors import Error, diagnostics_in


def executable():
    """What the variable TPC names, or the binary in this package, or the one in PATH."""
    named = os.environ.get("TPC")
    bundled = pathlib.Path(__file__).parent / "bin" / "tpc"
    found = named or (str(bundled) if bundled.exists() else shutil.which("tpc"))
    if not found:
        raise Error("there is no tpc: install it (scripts/package), or set the environment variable TPC to its path")
    return found


def _words(name, value):
    """An option as words of the command line: True is a flag, a dictionary repeats it."""
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if isinstance(value, dict):
        return [word for key, each in value.items() for word in (option, f"{key}={each}")]
    return [option, str(value)]


def _setting(value):
    """A number as the language writes it."""
    return repr(float(value)) if isinstance(value, (float, numpy.floating)) else str(value)


class Call:
    """A command line under construction. A context: temporary files of arrays are there as long as it is."""

    def __init__(self, command, program, options, keywords):
        """`options`: names of keywords that are options of the command; the others are settings of the program."""
        self._folder = None
        self._cleanup = contextlib.ExitStack()
        keywords = dict(keywords)
        data = keywords.pop("data", None) or {}
        settings = dict(keywords.pop("set", None) or {})
        taken = {name: keywords.pop(name) for name in options if name in keywords}
        settings.update(keywords)
        self.text = program if isinstance(program, str) and "\n" in program else None
        self.arguments = [command, "-" if self.text is not None else os.fspath(program)]
        for name, value in taken.items():
            self.arguments += _words(name, value)
        self.arguments += _words("set", {name: _setting(value) for name, value in settings.items()})
        with contextlib.ExitStack() as undo:
            undo.callback(self._cleanup.close)
            self.arguments += _words("data", self._paths(data))
            undo.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._cleanup.close()

    def folder(self):
        """A temporary folder for the time of the call."""
        if self._folder is None:
            self._folder = pathlib.Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="tpc-")))
        return self._folder

    def _paths(self, data):
        """Data sets as paths; arrays, by field, are written as .npy."""
        paths = {}
        for name, source in data.items():
            if not isinstance(source, dict):
                paths[name] = os.fspath(source)
                continue
            for field, values in source.items():
                paths[f"{name}.{field}"] = self._path_of(f"{len(paths)}.npy", values)
        return paths

    def _path_of(self, file_name, values):
        if isinstance(values, (str, os.PathLike)):
            return os.fspath(values)
        path = self.folder() / file_name
        numpy.save(path, numpy.ascontiguousarray(values))
        return str(path)

    def answer(self, read=json.loads):
        """Standard output as `read` makes it; warnings are Python's, errors an Error."""
        try:
            done = subprocess.run([executable(), *self.arguments], input=self.text, capture_output=True,
                                  encoding="utf-8", check=False)
        except OSError as failure:
            raise Error(f"cannot run tpc: {failure}") from failure
        said = diagnostics_in(done.stderr)
        if done.returncode == 0:
            for each in said:
                warnings.warn(each.message, stacklevel=4)
            return read(done.stdout)
        errors = [each for each in said if each.severity == "error"]
        error = Error(done.stderr.strip() or f"tpc ended with status {done.returncode}", errors, done.returncode)
        if done.stdout.strip():
            error.result = read(done.stdout)
        raise error
