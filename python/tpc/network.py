"""A compiled network: native code that is trained and asked from Python, over the C interface (tpc/runtime.h)."""
import ctypes
import os

import numpy

from . import abi
from .errors import Error
from .program import Call

_UNKNOWN = -1


class Model:
    """The library of a compiled program and what its descriptor says."""

    def __init__(self, path, name):
        self.library = abi.declare(ctypes.CDLL(path))
        self.descriptor = abi.Model.in_dll(self.library, f"{name}_model")
        if self.descriptor.abi_version != abi.VERSION:
            raise Error(f"the compiler's interface is of version {self.descriptor.abi_version}, not {abi.VERSION}")
        self.address = ctypes.addressof(self.descriptor)
        self.extents = self.descriptor.extents[:self.descriptor.extent_count]
        self.fields = self.descriptor.fields[:self.descriptor.field_count]
        self.functions = self.descriptor.functions[:self.descriptor.function_count]
        self.data = {self.fields[i].name.decode(): i for each in self.functions if each.role != abi.SET_RATE
                     for i in each.fields[:each.field_count] if not self.fields[i].twin_of}
        self.observations = {each.title.decode(): each for each in reversed(self.functions) if each.title}

    def function(self, role):
        for each in self.functions:
            if each.role == role:
                return each
        if role == abi.KERNEL:
            raise Error("features move in this program: it has no kernel")
        raise Error("the program has no training to compile; in the kernel regime `tpc.run` trains")

    def points(self, function):
        """Of a function of pairs of points the dimension that counts them; else None."""
        twins = [self.extents[place].twin_of for place in function.extents[:function.extent_count]]
        return next((twin - 1 for twin in twins if twin), None)

    def check(self, status):
        if status != 0:
            raise Error(self.library.tp_last_error().decode(), status=status)


class Batch:
    """Arrays by field as the tables of a call. Sizes that come with the data are taken from the arrays' shapes."""

    def __init__(self, model, arrays):
        self._model = model
        self.sizes = [_UNKNOWN] * len(model.extents)
        self._arrays = []
        pointers = (abi.DOUBLES * max(len(model.fields), 1))()
        for name, values in arrays.items():
            if name not in model.data:
                raise Error(f"the program has no field {name}; it has {', '.join(model.data)}")
            place = model.data[name]
            array = numpy.ascontiguousarray(values, dtype=float)
            self._arrays.append(array)  # alive as long as the tables
            self._take_sizes(name, model.fields[place], array)
            pointers[place] = array.ctypes.data_as(abi.DOUBLES)
        for i, extent in enumerate(model.extents):
            if self.sizes[i] == _UNKNOWN and extent.twin_of:
                self.sizes[i] = self.sizes[extent.twin_of - 1]
        self.tables = (pointers, (ctypes.c_int64 * max(len(self.sizes), 1))(*self.sizes))

    def _take_sizes(self, name, field, array):
        places = field.extents[:field.extent_count]
        if len(array.shape) < len(places) or numpy.prod(array.shape[len(places):], dtype=int) != field.size:
            raise Error(f"the field {name} is [{self._names(places)}, ..] with {field.size} numbers each, not an array "
                        f"of shape {array.shape}")
        for place, size in zip(places, array.shape):
            if self.sizes[place] not in (_UNKNOWN, size):
                raise Error(f"the field {name} has {size} along {self._names([place])}, others have "
                            f"{self.sizes[place]}")
            self.sizes[place] = size

    def _names(self, places):
        return ", ".join(self._model.extents[place].name.decode() for place in places)

    def require_sizes(self, places):
        missing = [place for place in places if self.sizes[place] == _UNKNOWN]
        if missing:
            raise Error(f"no field tells the size of {self._names(missing)}")

    def room(self, function):
        """Arrays for the mean and the standard error of a function's first result."""
        result = function.results[0]
        places = result.extents[:result.extent_count]
        self.require_sizes(function.extents[:function.extent_count])
        fixed = [result.size] if result.size != 1 or function.role == abi.PREDICT else []
        shape = [self.sizes[place] for place in places] + fixed
        return numpy.empty(shape), numpy.empty(shape)


def _pointer(array):
    return array.ctypes.data_as(abi.DOUBLES)


class Network:
    """A network of infinite width in training. Made by tpc.compile. Fields are keywords: `network.step(x=x, y=y)`."""

    def __init__(self, model, state, options):
        self._model, self._state, self._options = model, state, options

    def __del__(self):
        state, self._state = getattr(self, "_state", None), None
        if state:
            self._model.library.tp_destroy(state)

    def step(self, **fields):
        """One training step on a batch; its mean loss before the step."""
        loss = ctypes.c_double()
        self._model.function(abi.STEP)
        batch = Batch(self._model, fields)
        self._model.check(self._model.library.tp_step(self._state, *batch.tables, ctypes.byref(loss)))
        return loss.value

    def predict(self, stderr=False, **fields):
        """The outputs [example, output]; with `stderr` also their standard errors over replicas."""
        batch = Batch(self._model, fields)
        values, error = batch.room(self._model.function(abi.PREDICT))
        self._model.check(self._model.library.tp_predict(self._state, *batch.tables, _pointer(values), _pointer(error)))
        return (values, error) if stderr else values

    def observe(self, title, other=None, stderr=False, **fields):
        """What the program observes under this title (one of `observations`), on these arrays. In the kernel regime, where
        it is a function of two inputs: of all pairs of them, or with `other`, fields as a dict, of each with each of those."""
        if title not in self._model.observations:
            raise Error(f"the program observes no {title}; it observes {', '.join(self.observations) or 'nothing'}")
        function = self._model.observations[title]
        if self._model.points(function) is not None:
            [pair] = self._pairs(function, fields, other)
            return pair if stderr else pair[0]
        batch = Batch(self._model, fields)
        values, error = batch.room(function)
        self._model.check(self._model.library.tp_observe(self._state, function.index, *batch.tables, _pointer(values),
                                                         _pointer(error)))
        return (values, error) if stderr else values

    def kernel(self, other=None, stderr=False, **fields):
        """Kernel regime: the neural tangent kernel of all pairs of these inputs, [point, point], at initialisation; with
        `other`, fields as a dict, of each with each of those, [point, other point]."""
        return self._kernel(0, other, stderr, fields)

    def nngp(self, other=None, stderr=False, **fields):
        """Kernel regime: the covariance of the initial function, which is a Gaussian process, as `kernel`."""
        return self._kernel(1, other, stderr, fields)

    def _kernel(self, result, other, stderr, fields):
        pair = self._pairs(self._model.function(abi.KERNEL), fields, other)[result]
        return pair if stderr else pair[0]

    def _pairs(self, function, fields, other):
        """Mean and standard error over replicas of every result, [points, other points, ..]."""
        model, place = self._model, self._model.points(function)
        batch = Batch(model, fields)
        others = batch if other is None else Batch(model, other)
        for each in (batch, others):
            each.require_sizes([place])
        counts = [each.sizes[place] for each in (batch, others)]
        results = function.results[:function.result_count]
        shapes = [counts + ([each.size] if each.size != 1 else []) for each in results]
        pairs = [(numpy.empty(shape), numpy.empty(shape)) for shape in shapes]
        tables = [(abi.DOUBLES * len(pairs))(*[_pointer(pair[i]) for pair in pairs]) for i in (0, 1)]
        points = abi.Pairs(ctypes.sizeof(abi.Pairs), batch.tables[0], counts[0], others.tables[0],
                           0 if other is None else counts[1], 0, None, None, batch.tables[1])
        number = next(i for i, each in enumerate(model.functions) if each.name == function.name)
        model.check(model.library.tp_evaluate_pairs(model.address, ctypes.byref(self._options), number,
                                                    ctypes.byref(points), *tables, None))
        return pairs

    @property
    def observations(self):
        """Titles for `observe`, in the order of the program."""
        return list(reversed(self._model.observations))

    @property
    def learning_rate(self):
        """Of the next step. Setting it makes a constant one this number; a schedule goes on in proportion."""
        rate = ctypes.c_double()
        self._model.check(self._model.library.tp_learning_rate(self._state, ctypes.byref(rate)))
        return rate.value

    @learning_rate.setter
    def learning_rate(self, rate):
        self._model.check(self._model.library.tp_set_learning_rate(self._state, rate))

    def save(self, path):
        """The whole state; `load` of the same program continues from it bit by bit."""
        self._model.check(self._model.library.tp_save(self._state, os.fsencode(path)))

    def load(self, path):
        """A network that continues from what `save` wrote."""
        state = ctypes.c_void_p()
        self._model.check(self._model.library.tp_load(self._model.address, os.fsencode(path), ctypes.byref(state)))
        return Network(self._model, state, self._options)


def compile(program, samples=0, replicas=0, seed=1, threads=0, method="qmc", tol=-1.0, **keywords):
    """Compiles the program to native code and draws its initial network. Options as of `tpc run` (0: the default);
    those of the compiler: param, precision, cpu, data. Other keywords override values of the program."""
    with Call("compile", program, ("param", "precision", "cpu"), keywords) as call:
        path = str(call.folder() / "model.so")
        call.arguments += ["-o", path, "--format", "json"]
        model = Model(path, call.answer()["prefix"])
    options = abi.Options()
    model.library.tp_default_options(ctypes.byref(options))
    options.samples, options.replicas, options.seed, options.threads = samples, replicas, seed, threads
    options.method, options.tolerance = abi.METHODS[method], tol
    state = ctypes.c_void_p()
    model.check(model.library.tp_create(model.address, ctypes.byref(options), ctypes.byref(state)))
    return Network(model, state, options)
