"""Operators on elements: each takes a Graph and adds nodes to it, or returns None if nothing fits."""
import numpy as np

from graph import FLOATS, INTEGERS

SMOOTH = ("Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "Gelu", "Mish", "Sin", "Cos", "Atan")
PIECEWISE = ("Relu", "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Celu", "HardSwish", "ThresholdedRelu")
STEPS = ("Floor", "Ceil", "Round", "Sign")
SIGNED = ("int8", "int16", "int32", "int64")


def is_float(value):
    return value.is_float


def unary(g):
    x = g.pick(is_float)
    if x is None:
        return None
    kind = g.rng.integers(0, 4)
    if kind == 0:
        return g.node(str(g.rng.choice(SMOOTH)), [x], x.dtype, x.shape)
    if kind == 1:
        op = str(g.rng.choice(PIECEWISE if x.dtype == "float32" else PIECEWISE[:4]))
        if op == "ThresholdedRelu" and not x.exact:
            op = "Relu"
        return g.node(op, [x], x.dtype, x.shape, exact=x.exact and op == "Relu")
    if kind == 2:
        return g.node(str(g.rng.choice(["Neg", "Abs", "Identity"])), [x], x.dtype, x.shape, x.exact)
    if x.exact:
        return g.node(str(g.rng.choice(STEPS)), [x], x.dtype, x.shape, True)
    low, high = np.array(-1.5, x.dtype), np.array(2, x.dtype)
    return g.node("Clip", [x, g.constant(low), g.constant(high)], x.dtype, x.shape, x.exact)


def positive(g):
    """Functions that are only defined, or only tame, above zero."""
    x = g.pick(is_float)
    if x is None:
        return None
    one = g.constant(np.array(0.5, x.dtype))
    safe = g.node("Add", [g.node("Abs", [x], x.dtype, x.shape, x.exact), one], x.dtype, x.shape)
    return g.node(str(g.rng.choice(["Sqrt", "Log", "Reciprocal"])), [safe], x.dtype, x.shape)


def exponential(g):
    x = g.pick(is_float)
    if x is None:
        return None
    low, high = g.constant(np.array(-4, x.dtype)), g.constant(np.array(3, x.dtype))
    return g.node("Exp", [g.node("Clip", [x, low, high], x.dtype, x.shape, x.exact)], x.dtype, x.shape)


def broadcasts(a, b):
    return all(x == y or 1 in (x, y) for x, y in zip(a.shape[::-1], b.shape[::-1]))


def common(a, b):
    return tuple(int(d) for d in np.broadcast_shapes(a.shape, b.shape))


def partner(g, x):
    """A value or a constant that broadcasts with x."""
    other = g.pick(lambda v: v.dtype == x.dtype and broadcasts(v, x)
                   and np.prod(common(v, x)) <= 20000)
    if other is not None and g.rng.random() < 0.6:
        return other, common(other, x), other.exact
    keep = g.rng.integers(0, x.rank + 1)
    shape = [d if g.rng.random() < 0.6 else 1 for d in x.shape[x.rank - keep:]]
    return g.constant(g.random_array(x.dtype, shape)), x.shape, True


def binary(g):
    x = g.pick(is_float)
    if x is None:
        return None
    other, shape, exact = partner(g, x)
    op = str(g.rng.choice(["Add", "Sub", "Mul", "Min", "Max", "Add", "Mul"]))
    pair = [x, other] if g.rng.random() < 0.5 else [other, x]
    return g.node(op, pair, x.dtype, shape, exact=op in ("Min", "Max") and x.exact and exact)


def divide(g):
    x = g.pick(is_float)
    if x is None:
        return None
    other = g.pick(lambda v: v.dtype == x.dtype and broadcasts(v, x) and np.prod(common(v, x)) <= 20000)
    size = g.node("Abs", [other], x.dtype, other.shape, other.exact)
    below = g.node("Add", [size, g.constant(np.array(1, x.dtype))], x.dtype, other.shape)
    return g.node("Div", [x, below], x.dtype, common(x, other))


def integer(g):
    x = g.pick(lambda v: v.dtype in INTEGERS)
    if x is None:
        return None
    kind = g.rng.integers(0, 4)
    if kind == 0:
        other, shape, _ = partner(g, x)
        return g.node(str(g.rng.choice(["Add", "Sub", "Mul"])), [x, other], x.dtype, shape, True)
    if kind == 1:
        divisor = g.constant(np.array(g.rng.integers(1, 9), x.dtype))
        return g.node(str(g.rng.choice(["Div", "Mod"])), [x, divisor], x.dtype, x.shape, True)
    if kind == 2:
        other, shape, _ = partner(g, x)
        op = str(g.rng.choice(["BitwiseAnd", "BitwiseOr", "BitwiseXor", "Min", "Max"]))
        return g.node(op, [x, other], x.dtype, shape, True)
    if x.dtype in SIGNED:
        return g.node(str(g.rng.choice(["Abs", "Neg", "Sign"])), [x], x.dtype, x.shape, True)
    by = g.constant(np.array(g.rng.integers(0, 8), x.dtype))
    way = str(g.rng.choice(["LEFT", "RIGHT"]))
    return g.node("BitShift", [x, by], x.dtype, x.shape, True, direction=way)


def compare(g):
    x = g.pick(lambda v: v.exact and v.dtype != "bool")
    if x is None:
        return None
    other, shape, exact = partner(g, x)
    if not exact:
        return None
    op = str(g.rng.choice(["Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"]))
    return g.node(op, [x, other], "bool", shape, True)


def logical(g):
    x = g.pick(lambda v: v.dtype == "bool")
    if x is None:
        return None
    if g.rng.random() < 0.3:
        return g.node("Not", [x], "bool", x.shape, True)
    other, shape, _ = partner(g, x)
    return g.node(str(g.rng.choice(["And", "Or", "Xor"])), [x, other], "bool", shape, True)


def where(g):
    x = g.pick(lambda v: v.is_float or v.dtype in ("int64", "int32"))
    if x is None:
        return None
    condition = g.pick(lambda v: v.dtype == "bool" and broadcasts(v, x) and common(v, x) == x.shape)
    if condition is None:
        condition = g.constant(g.random_array("bool", [d if g.rng.random() < 0.5 else 1 for d in x.shape]))
    other, shape, exact = partner(g, x)
    if shape != x.shape:
        return None
    return g.node("Where", [condition, x, other], x.dtype, shape, x.exact and exact)


def cast(g):
    x = g.pick(lambda v: True)
    to = str(g.rng.choice(["float32", "float16", "float64", "int32", "int64", "bool", "uint8", "int8"]))
    if x is None or to == x.dtype:
        return None
    # Floats that don't fit become integers in undefined ways; of the others only exact ones may.
    if x.is_float and to not in FLOATS and to != "bool":
        if not x.exact:
            return None
        limit = [g.constant(np.array(v, x.dtype)) for v in ((0, 100) if to == "uint8" else (-100, 100))]
        x = g.node("Clip", [x, *limit], x.dtype, x.shape, True)
    if x.is_float and to == "bool" and not x.exact:
        return None
    element = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9,
               "float16": 10, "float64": 11}[to]
    return g.node("Cast", [x], to, x.shape, x.exact, to=element)


OPERATORS = (unary, unary, positive, exponential, binary, binary, binary, divide, integer, compare,
             logical, where, cast)
