"""A compiled model with momentum, a schedule and minibatches: saved after two steps and loaded, it goes on bit for bit.

Usage: continue_saved.py MODEL.so NAME
"""
import ctypes
import sys

POINTS = [1.0, 0.3, -0.4, 0.8, 0.2, -1.1]
TARGETS = [1.0, -1.0, 0.5]
LIBRARY = ctypes.CDLL(sys.argv[1])


def function(name, result):
    found = getattr(LIBRARY, f"{sys.argv[2]}_{name}")
    found.restype = result
    return found


def doubles(values):
    return (ctypes.c_double * len(values))(*values)


def step(state):
    loss = ctypes.c_double()
    assert function("step", ctypes.c_int)(state, doubles(POINTS), doubles(TARGETS), ctypes.c_size_t(3),
                                          ctypes.byref(loss)) == 0
    return loss.value


def predict(state):
    f, error = doubles([0.0] * 3), doubles([0.0] * 3)
    assert function("predict", ctypes.c_int)(state, doubles(POINTS), ctypes.c_size_t(3), f, error) == 0
    return list(f) + list(error)


def main():
    path = sys.argv[1] + ".state"
    state = ctypes.c_void_p(function("create", ctypes.c_void_p)(None))
    assert state
    losses = [step(state) for _ in range(2)]
    assert function("save", ctypes.c_int)(state, path.encode()) == 0
    loaded = ctypes.c_void_p(function("load", ctypes.c_void_p)(path.encode()))
    assert loaded
    assert predict(state) == predict(loaded)
    for _ in range(4):
        losses.append(step(state))
        assert losses[-1] == step(loaded), "the loaded state goes another way"
    assert predict(state) == predict(loaded)
    assert len(set(losses)) == len(losses), "nothing moves"
    function("destroy", None)(state)
    function("destroy", None)(loaded)
    print("continued bit for bit")


if __name__ == "__main__":
    main()
