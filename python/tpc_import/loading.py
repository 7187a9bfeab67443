"""`model.py:Net`: an expression in the names of a Python file that is a module, or a class of one."""
import runpy
import sys
from pathlib import Path

import torch

from tpc_import.errors import ImportFailure


def loaded(target):
    path, colon, expression = target.partition(":")
    if not colon or not expression:
        raise ImportFailure(f"expected FILE.py:NAME, as in model.py:Net or \"model.py:Net(width=256)\", not {target}")
    if not Path(path).is_file():
        raise ImportFailure(f"there is no file {path}")
    sys.path.insert(0, str(Path(path).resolve().parent))
    try:
        module = eval(expression, runpy.run_path(path, run_name="tpc_import_model"))  # the user's own file, and words
        if isinstance(module, type):
            module = module()
    except Exception as error:
        raise ImportFailure(f"{target}: {type(error).__name__}: {error}") from error
    if not isinstance(module, torch.nn.Module):
        raise ImportFailure(f"{target} is no torch.nn.Module but a {type(module).__name__}")
    return module.eval(), expression
