"""A graph under construction: nodes that are known to fit, and what each value looks like.

Every value has the shape it will have on the case's own inputs, so operators can be chosen that
make sense; dimensions may be called by a name in the model all the same (see Graph.input).
"""
import dataclasses

import numpy as np
from onnx import helper, numpy_helper

OPSET = 21
# Dimensions that models leave free: their name, and their size in this case.
FREE = {"n": 3, "m": 5}
SIZES = (1, 2, 4, 7, 8, 16)
MOST_ELEMENTS = 20000

FLOATS = ("float32", "float16", "float64")
INTEGERS = ("int32", "int64", "int8", "uint8", "int16", "uint16", "uint32", "uint64")


@dataclasses.dataclass(frozen=True)
class Value:
    name: str
    dtype: str
    shape: tuple
    # No arithmetic was rounded on the way: only then may it decide something (a comparison, an
    # index, a rounding), since two right answers may be apart by a rounding.
    exact: bool = True

    @property
    def rank(self):
        return len(self.shape)

    @property
    def is_float(self):
        return self.dtype in FLOATS


class Graph:
    """rng: numpy's Generator, the only source of choice."""

    def __init__(self, rng):
        self.rng = rng
        self.nodes, self.initializers, self.inputs = [], [], []
        self.feeds, self.values = {}, []
        self.used = set()
        self.count = 0
        self.domains = {"": OPSET}

    def fresh(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def random_array(self, dtype, shape):
        rng = self.rng
        if dtype == "bool":
            return rng.integers(0, 2, shape).astype(bool)
        if dtype in FLOATS:
            return np.asarray(rng.standard_normal(shape)).astype(dtype)
        low = 0 if dtype.startswith("u") else -20
        return rng.integers(low, 100, shape).astype(dtype)

    def input(self, dtype, rank):
        """A graph input; some of its dimensions are free."""
        dims, shape = [], []
        for _ in range(rank):
            if self.rng.random() < 0.35:
                name = str(self.rng.choice(list(FREE)))
                dims.append(name)
                shape.append(FREE[name])
            else:
                dims.append(int(self.rng.choice(SIZES)))
                shape.append(dims[-1])
        while np.prod(shape) > MOST_ELEMENTS:
            at = int(np.argmax(shape))
            dims[at] = shape[at] = 2
        name = self.fresh("x")
        array = self.random_array(dtype, shape)
        element = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.inputs.append(helper.make_tensor_value_info(name, element, dims))
        self.feeds[name] = array
        return self.add(Value(name, dtype, tuple(shape)))

    def constant(self, array, stem="c"):
        """An initializer. -> its name"""
        name = self.fresh(stem)
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def ints(self, values):
        return self.constant(np.array(values, np.int64), "i")

    def node(self, op, inputs, dtype, shape, exact=False, domain="", spare=0, **attributes):
        """Adds a node, of whose outputs the first counts and `spare` more go unused. -> its Value"""
        names = [v.name if isinstance(v, Value) else v for v in inputs]
        self.used.update(names)
        out = self.fresh("t")
        self.nodes.append(helper.make_node(op, names, [out, *(self.fresh("spare") for _ in range(spare))],
                                          domain=domain, **attributes))
        return self.add(Value(out, dtype, tuple(int(d) for d in shape), exact))

    def add(self, value):
        self.values.append(value)
        return value

    def pick(self, wanted):
        """A value for which wanted() is true, the later the likelier, or None."""
        found = [v for v in self.values if wanted(v)]
        if not found:
            return None
        weights = np.arange(1, len(found) + 1, dtype=float)
        return found[int(self.rng.choice(len(found), p=weights / weights.sum()))]
