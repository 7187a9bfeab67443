"""The learning rate of compiled models is read and set, beside `tpc run` of programs with other rates.

Usage: learning_rate.py TPC PREFIX FOLDER
PREFIX.NAME.tp: mlp.tp by schedules; FOLDER: where train.py, the host in Python, is.
"""
import ctypes
import json
import re
import subprocess
import sys

sys.path.insert(0, sys.argv[3])
from train import Network  # noqa: E402

TPC, PREFIX = sys.argv[1], sys.argv[2]
STEPS = 6


class Rated(Network):
    """The same with mlp_learning_rate and mlp_set_learning_rate."""

    def rate(self):
        value = ctypes.c_double()
        self._check(self.library.mlp_learning_rate(self.state, ctypes.byref(value)))
        return value.value

    def set_rate(self, rate):
        return self.library.mlp_set_learning_rate(self.state, ctypes.c_double(rate))

    def message(self):
        self.library.tp_last_error.restype = ctypes.c_char_p
        return self.library.tp_last_error().decode()


def network(name):
    library = f"{PREFIX}.{name}.so"
    subprocess.run([TPC, "compile", f"{PREFIX}.{name}.tp", "-o", library], check=True)
    return Rated(library, "mlp", samples=256, replicas=2, seed=1)


def trained(net):
    """Rates before, and losses of all steps."""
    rates, losses = [], []
    for _ in range(STEPS):
        rates.append(net.rate())
        losses.append(net.step([1.0, 0.3, -0.4, 0.8], [1.0, -1.0]))
    return rates, losses


def run_with_half(name):
    """The losses of `tpc run` where every rate in the file is half of it."""
    with open(f"{PREFIX}.{name}.tp", encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"(?<=\blr = )0\.5|(?<=\()0\.5(?=,)", "0.25", text).replace("to = 0.125", "to = 0.0625")
    done = subprocess.run([TPC, "run", "-", "--method", "qmc", "--rotation", "none", "--samples", "256", "--replicas", "2",
                           "--format", "json"], input=text, check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout)["loss"][:STEPS]


def words(rates):
    return " ".join(f"{rate:.4g}" for rate in rates)


def main():
    for name in ("constant", "cosine", "linear", "steps", "adamw"):
        rates, _ = trained(network(name))
        net = network(name)
        assert net.set_rate(rates[0] / 2) == 0
        halved, losses = trained(net)
        expected = run_with_half(name)
        assert max(abs(a - b) for a, b in zip(losses, expected)) < 1e-12, (name, losses, expected)
        print(f"{name}: rates {words(rates)}, halved: {words(halved)}, as the run with half of them")
        if name == "linear":
            refused = f"set at 0: {net.set_rate(0.1)}, {net.message()}"
    print(refused)
    print(f"negative: {net.set_rate(-1.0)}, {net.message()}")
    saved(network("constant"))


def saved(net):
    assert net.set_rate(0.25) == 0
    net.step([1.0, 0.3, -0.4, 0.8], [1.0, -1.0])
    path = f"{PREFIX}.state".encode()
    assert net.library.mlp_save(net.state, path) == 0
    before = net.rate()
    net.library.mlp_load.restype = ctypes.c_void_p
    net.close()
    net.state = ctypes.c_void_p(net.library.mlp_load(path))
    print(f"saved: {before:g} then {net.rate():g}")


if __name__ == "__main__":
    main()
