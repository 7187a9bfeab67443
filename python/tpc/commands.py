"""The commands that answer with numbers: one function each, with the options of the command as keywords."""
from .errors import Error
from .program import Call
from .results import Classification, Equations, Parametrization, Training

_PROGRAM = ("param",)
_EVALUATION = (*_PROGRAM, "seed", "threads", "record")
_LIMIT = (*_EVALUATION, "method", "samples", "replicas", "target_error", "tol", "rotation", "precision", "refine",
          "save", "plot")


def _answer(command, program, options, keywords, kind):
    with Call(command, program, options, keywords) as call:
        call.arguments += ["--format", "json"]
        try:
            return kind(call.answer())
        except Error as error:
            if error.result is not None:
                error.result = kind(error.result)
            raise


def run(program, **keywords):
    """Trains the infinitely wide network (`tpc run`): a Training. Options: param, method, samples, replicas, seed,
    threads, record, target_error, tol, rotation, precision, refine, save, plot; `data = {"train": "file.csv"}`, or
    arrays by field: `{"train": {"x": x, "y": y}}`. Other keywords, and those in `set = {"U.lr": 0}`, override values
    of the program."""
    return _answer("run", program, _LIMIT, keywords, Training)


def simulate(program, width, **keywords):
    """Trains a network of this width (`tpc simulate`): a Training. Options: param, seeds, seed, threads, record, save,
    plot, data."""
    options = (*_EVALUATION, "width", "seeds", "save", "plot")
    return _answer("simulate", program, options, {"width": width, **keywords}, Training)


def classify(program, **keywords):
    """Which regime the parametrization gives, and why (`tpc classify`). Option: param."""
    return _answer("classify", program, _PROGRAM, keywords, Classification)


def mup(program, **keywords):
    """The maximal update parametrization of the architecture (`tpc mup`). Options: optimizer, base_width."""
    return _answer("mup", program, ("optimizer", "base_width"), keywords, Parametrization)


def derive(program, **keywords):
    """The equations of the limit (`tpc derive`). Options: param, symbolic."""
    return _answer("derive", program, (*_PROGRAM, "symbolic"), keywords, Equations)
