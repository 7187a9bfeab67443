"""`tpc import model.py:Net`: the architecture of a PyTorch module as a program."""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True

from tpc_import.errors import ImportFailure  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="tpc import")
    parser.add_argument("target")
    parser.add_argument("--width", default=None)
    parser.add_argument("--input", default=None)
    return parser.parse_args()


def main():
    options = arguments()
    try:
        import torch  # noqa: F401
    except ImportError as error:
        print(f"error: `tpc import` traces modules with PyTorch, and {sys.executable} has none ({error}); set TPC_PYTHON to "
              "a Python that has", file=sys.stderr)
        return 1
    from tpc_import.translate import translated

    try:
        text = translated(options.target, options.width, options.input)
    except ImportFailure as failure:
        message = str(failure).partition("\n\nWhile executing")[0]  # torch.fx.Interpreter adds the node
        print(f"error: {message}", file=sys.stderr)
        return 1
    sys.stdout.write(text)
    return 0


sys.exit(main())
