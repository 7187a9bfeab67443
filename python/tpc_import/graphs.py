"""torch.fx graphs of modules that compute with the shapes of their tensors: those are numbers, taken from an example."""
from contextlib import contextmanager

import torch
import torch.fx

from tpc_import.errors import ImportFailure

PLAIN_CALL, PLAIN_GETATTR = torch.nn.Module.__call__, torch.nn.Module.__getattr__


@contextmanager
def untraced():
    """While torch.fx traces, it has methods of its own in the class of all modules; computing needs the plain ones."""
    Module = torch.nn.Module
    tracing = Module.__call__, Module.__getattr__
    Module.__call__, Module.__getattr__ = PLAIN_CALL, PLAIN_GETATTR
    try:
        yield
    finally:
        Module.__call__, Module.__getattr__ = tracing


class ShapedProxy(torch.fx.Proxy):
    """A value of the graph that knows its shape, and how many it consists of."""

    @property
    def numbers(self):
        return self.tracer.numbers[self.node]

    shape = property(lambda self: self.numbers.shape)
    ndim = property(lambda self: self.numbers.dim())
    dtype = property(lambda self: self.numbers.dtype)
    device = property(lambda self: self.numbers.device)

    def size(self, axis=None):
        return self.shape if axis is None else self.shape[axis]

    def dim(self):
        return self.ndim

    def __len__(self):
        return len(self.numbers)

    def __iter__(self):
        return (self[place] for place in range(len(self.numbers)))


class ShapedTracer(torch.fx.Tracer):
    def __init__(self, example):
        super().__init__()
        self.example, self.numbers = example, {}

    def create_proxy(self, kind, target, args, kwargs, name=None, type_expr=None, proxy_factory_fn=None):
        proxy = super().create_proxy(kind, target, args, kwargs, name, type_expr, lambda node: ShapedProxy(node, self))
        with untraced():
            self.numbers[proxy.node] = self.evaluated(kind, target, *map(self.in_numbers, (args, kwargs)))
        return proxy

    def in_numbers(self, arguments):
        return torch.fx.node.map_aggregate(
            arguments, lambda each: self.numbers[each.node] if isinstance(each, torch.fx.Proxy) else each)

    def evaluated(self, kind, target, args, kwargs):
        if kind == "placeholder":
            return self.example
        if kind == "get_attr":
            owner, _, name = target.rpartition(".")
            return getattr(self.root.get_submodule(owner), name)
        if kind == "call_module":
            return self.root.get_submodule(target)(*args, **kwargs)
        if kind == "call_method":
            return getattr(args[0], target)(*args[1:], **kwargs)
        return target(*args, **kwargs)


def traced_graph(module, example):
    tracer = ShapedTracer(example)
    try:
        return torch.fx.GraphModule(module, tracer.trace(module))
    except Exception as error:
        raise ImportFailure(f"torch.fx cannot trace the module: {error}") from error
