"""The Tensor Program compiler from Python: infinite-width limits of neural networks, with numpy arrays.

    import tpc
    tpc.run("mlp.tp", lr=0.1).loss              # the infinitely wide network, trained
    network = tpc.compile("mlp.tp")             # native code: step, predict, observe, save
    network.step(x=x, y=y)
    tpc.classify("mlp.tp"); tpc.mup("mlp.tp"); tpc.derive("mlp.tp")

A program is a path, or a text of several lines. Keywords that name an option of the command (samples, replicas, seed,
param, data, ...) are that option; every other one overrides a value of the program (`--set`): lr, steps, dimensions.
What goes wrong is a tpc.Error with the compiler's diagnostics.
"""
from .commands import classify, derive, mup, run, simulate
from .errors import Diagnostic, Error
from .network import Network, compile
from .results import Classification, Equations, Parametrization, Training

__all__ = ["run", "simulate", "classify", "mup", "derive", "compile", "Network", "Error", "Diagnostic", "Training",
           "Classification", "Parametrization", "Equations"]
