"""Trains the infinite-width limit of mlp.tp from Python, standard library only.

    tpc compile ../mlp.tp -o mlp.so && python3 train.py ./mlp.so
"""
import ctypes
import sys

DOUBLES = ctypes.POINTER(ctypes.c_double)


class Options(ctypes.Structure):
    """tp_options of <tpc/runtime.h>; zeros mean defaults."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("samples", ctypes.c_size_t),
        ("replicas", ctypes.c_size_t),
        ("seed", ctypes.c_uint64),
        ("tolerance", ctypes.c_double),
        ("threads", ctypes.c_size_t),
        ("method", ctypes.c_int),
        ("rotations", ctypes.c_void_p),
        ("rotation_count", ctypes.c_size_t),
    ]


def doubles(values):
    return (ctypes.c_double * len(values))(*values)


class Network:
    """A compiled model; `create`, `step`, `predict` and `destroy` carry the model's name as prefix."""

    def __init__(self, path, name, **options):
        self.library = ctypes.CDLL(path)
        self.functions = {n: getattr(self.library, f"{name}_{n}") for n in ("create", "step", "predict", "destroy")}
        self.functions["create"].restype = ctypes.c_void_p
        filled = Options(size=ctypes.sizeof(Options), tolerance=-1.0, **options)
        self.state = ctypes.c_void_p(self.functions["create"](ctypes.byref(filled)))
        if not self.state:
            raise RuntimeError("cannot create the network")

    def _check(self, status):
        if status != 0:
            self.library.tp_last_error.restype = ctypes.c_char_p
            raise RuntimeError(self.library.tp_last_error().decode())

    def step(self, x, y):
        loss = ctypes.c_double()
        count = ctypes.c_size_t(len(y))
        self._check(self.functions["step"](self.state, doubles(x), doubles(y), count, ctypes.byref(loss)))
        return loss.value

    def predict(self, x, count):
        f, error = doubles([0.0] * count), doubles([0.0] * count)
        self._check(self.functions["predict"](self.state, doubles(x), ctypes.c_size_t(count), f, error))
        return list(f), list(error)

    def close(self):
        self.functions["destroy"](self.state)


def main():
    network = Network(sys.argv[1], "mlp", samples=4096, replicas=4, seed=1)
    for t in range(5):
        loss = network.step([1.0, 0.3, -0.4, 0.8, 0.2, -1.1], [1.0, -1.0, 0.5])
        print(f"step {t}  loss {loss:.4f}")
    for i, (value, error) in enumerate(zip(*network.predict([0.5, 0.5, -1.0, -0.2], 2)), start=1):
        print(f"f(x{i}) = {value:.4f} +- {error:.4f}")
    network.close()


if __name__ == "__main__":
    main()
