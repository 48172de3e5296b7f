"""Operators on quantized numbers: each takes a Graph and adds nodes, or returns None."""
import numpy as np

from graph import MOST_ELEMENTS


def quantize(g):
    """To 8 bits and back: where the value is exact, so that no rounding is in doubt."""
    x = g.pick(lambda v: v.dtype == "float32" and v.exact and v.rank >= 1)
    if x is None:
        return None
    dtype = str(g.rng.choice(["uint8", "int8"]))
    zero = np.array(g.rng.integers(-5, 6) + (128 if dtype == "uint8" else 0), dtype)
    scale = g.constant(np.array(0.03125, np.float32))  # a power of two: the quotient is exact
    q = g.node("QuantizeLinear", [x, scale, g.constant(zero)], dtype, x.shape, True)
    if g.rng.random() < 0.3:
        return q
    return g.node("DequantizeLinear", [q, scale, g.constant(zero)], "float32", x.shape, True)


def matmul_integer(g):
    x = g.pick(lambda v: v.dtype in ("uint8", "int8") and v.rank in (2, 3))
    if x is None:
        return None
    columns = int(g.rng.choice([1, 4, 9]))
    dtype = str(g.rng.choice(["uint8", "int8"]))
    weights = g.constant(g.random_array(dtype, (x.shape[-1], columns)))
    zeros = [g.constant(np.array(g.rng.integers(0, 5), d)) for d in (x.dtype, dtype)]
    return g.node("MatMulInteger", [x, weights, *zeros], "int32", x.shape[:-1] + (columns,), True)


def conv_integer(g):
    x = g.pick(lambda v: v.dtype == "uint8" and v.rank == 4 and min(v.shape[2:]) >= 3)
    if x is None:
        return None
    n, c, h, w = x.shape
    weights = g.constant(g.random_array("uint8", (3, c, 3, 3)))
    zero = g.constant(np.array(g.rng.integers(0, 5), np.uint8))
    return g.node("ConvInteger", [x, weights, zero], "int32", (n, 3, h, w), True, pads=[1] * 4,
                  kernel_shape=[3, 3])


def qlinear_matmul(g):
    x = g.pick(lambda v: v.dtype == "uint8" and v.rank == 2 and np.prod(v.shape) < MOST_ELEMENTS)
    if x is None:
        return None
    columns = int(g.rng.choice([3, 8]))
    scale = g.constant(np.array(0.0625, np.float32))
    zero = g.constant(np.array(g.rng.integers(0, 9), np.uint8))
    weights = g.constant(g.random_array("uint8", (x.shape[1], columns)))
    out_scale = g.constant(np.array(4, np.float32))
    return g.node("QLinearMatMul", [x, scale, zero, weights, scale, zero, out_scale, zero], "uint8",
                  (x.shape[0], columns), True)


OPERATORS = (quantize, quantize, matmul_integer, conv_integer, qlinear_matmul)
