"""Operators that combine many elements: reductions, products, windows, normalizations, orderings."""
import numpy as np

from graph import INTEGERS

TAME = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceLogSumExp",
        "ReduceSumSquare")


def scaled(g, dtype, shape):
    """Constants small enough that sums of products stay tame."""
    fan = max(1, int(np.prod(shape[1:] if len(shape) > 2 else shape[:1])))
    return g.constant((g.rng.standard_normal(shape) / np.sqrt(fan)).astype(dtype), "w")


def is_float(least=0, most=5):
    return lambda v: v.is_float and least <= v.rank <= most


def reduce(g):
    x = g.pick(is_float(1))
    if x is None:
        return None
    axes = sorted(int(a) for a in g.rng.choice(x.rank, int(g.rng.integers(1, x.rank + 1)), replace=False))
    keep = int(g.rng.integers(0, 2))
    shape = [1 if i in axes else d for i, d in enumerate(x.shape) if keep or i not in axes]
    op = str(g.rng.choice(TAME))
    return g.node(op, [x, g.ints(axes)], x.dtype, shape, x.exact and op in ("ReduceMax", "ReduceMin"),
                  keepdims=keep)


def arg(g):
    x = g.pick(lambda v: v.exact and v.rank >= 1 and v.dtype in ("float32", "float64", "int32", "int64"))
    if x is None:
        return None
    axis, keep = int(g.rng.integers(0, x.rank)), int(g.rng.integers(0, 2))
    shape = x.shape[:axis] + ((1,) if keep else ()) + x.shape[axis + 1:]
    return g.node(str(g.rng.choice(["ArgMax", "ArgMin"])), [x], "int64", shape, True, axis=axis,
                  keepdims=keep, select_last_index=int(g.rng.integers(0, 2)))


def cumsum(g):
    x = g.pick(lambda v: v.rank >= 1 and v.dtype in ("float32", "int32", "int64", "float64"))
    if x is None:
        return None
    axis = g.constant(np.array(g.rng.integers(0, x.rank), np.int64))
    return g.node("CumSum", [x, axis], x.dtype, x.shape, x.dtype in INTEGERS,
                  exclusive=int(g.rng.integers(0, 2)), reverse=int(g.rng.integers(0, 2)))


def top_k(g):
    x = g.pick(lambda v: v.exact and v.rank >= 1 and v.dtype in ("float32", "int64"))
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))
    k = int(g.rng.integers(1, x.shape[axis] + 1))
    shape = x.shape[:axis] + (k,) + x.shape[axis + 1:]
    return g.node("TopK", [x, g.ints([k])], x.dtype, shape, True, axis=axis,
                  largest=int(g.rng.integers(0, 2)), sorted=1, spare=1)


def matmul(g):
    x = g.pick(is_float(1, 4))
    if x is None:
        return None
    other = g.pick(lambda v: v.dtype == x.dtype and v.rank == 2 and x.rank >= 2
                   and v.shape[0] == x.shape[-1])
    if other is not None and g.rng.random() < 0.4:
        return g.node("MatMul", [x, other], x.dtype, x.shape[:-1] + (other.shape[1],))
    columns = int(g.rng.choice([1, 3, 8, 17, 32]))
    weights = scaled(g, x.dtype, (x.shape[-1], columns))
    return g.node("MatMul", [x, weights], x.dtype, x.shape[:-1] + (columns,))


def attention_scores(g):
    """x times its own transpose: both operands are computed."""
    x = g.pick(is_float(2, 4))
    if x is None or np.prod(x.shape) * x.shape[-2] > 20000:
        return None
    perm = list(range(x.rank - 2)) + [x.rank - 1, x.rank - 2]
    turned = g.node("Transpose", [x], x.dtype, [x.shape[p] for p in perm], x.exact, perm=perm)
    scale = g.constant(np.array(1 / np.sqrt(x.shape[-1]), x.dtype))
    shape = x.shape[:-1] + (x.shape[-2],)
    product = g.node("MatMul", [x, turned], x.dtype, shape)
    return g.node("Softmax", [g.node("Mul", [product, scale], x.dtype, shape)], x.dtype, shape, axis=-1)


def gemm(g):
    x = g.pick(lambda v: v.dtype in ("float32", "float64") and v.rank == 2)
    if x is None:
        return None
    turn_a, turn_b = int(g.rng.integers(0, 2)), int(g.rng.integers(0, 2))
    rows, depth = x.shape[::-1] if turn_a else x.shape
    columns = int(g.rng.choice([1, 4, 9, 16]))
    weights = scaled(g, x.dtype, (columns, depth) if turn_b else (depth, columns))
    bias = g.constant(g.random_array(x.dtype, [columns] if g.rng.random() < 0.5 else [1]))
    return g.node("Gemm", [x, weights, bias], x.dtype, (rows, columns), transA=turn_a, transB=turn_b,
                  alpha=0.5, beta=1.5)


def conv(g):
    x = g.pick(lambda v: v.dtype == "float32" and v.rank == 4 and min(v.shape[2:]) >= 2)
    if x is None:
        return None
    n, c, h, w = x.shape
    group = c if g.rng.random() < 0.3 else 1
    out = c * int(g.rng.integers(1, 3)) if group > 1 else int(g.rng.choice([1, 4, 7, 16]))
    k = int(g.rng.choice([1, 2, 3]))
    stride, dilation = int(g.rng.choice([1, 1, 2])), int(g.rng.choice([1, 1, 2]))
    pad = int(g.rng.integers(0, k))
    span = dilation * (k - 1) + 1
    height, width = ((d + 2 * pad - span) // stride + 1 for d in (h, w))
    if min(height, width) < 1 or min(h, w) + 2 * pad < span:
        return None
    inputs = [x, scaled(g, x.dtype, (out, c // group, k, k))]
    if g.rng.random() < 0.6:
        inputs.append(g.constant(g.random_array(x.dtype, [out])))
    return g.node("Conv", inputs, x.dtype, (n, out, height, width), kernel_shape=[k, k],
                  strides=[stride] * 2, dilations=[dilation] * 2, pads=[pad] * 4, group=group)


def conv_transpose(g):
    x = g.pick(lambda v: v.dtype == "float32" and v.rank == 4 and np.prod(v.shape) <= 4000)
    if x is None:
        return None
    n, c, h, w = x.shape
    out, k, stride = int(g.rng.choice([1, 3, 8])), int(g.rng.choice([2, 3])), int(g.rng.choice([1, 2]))
    shape = (n, out, (h - 1) * stride + k, (w - 1) * stride + k)
    return g.node("ConvTranspose", [x, scaled(g, x.dtype, (c, out, k, k))], x.dtype, shape,
                  kernel_shape=[k, k], strides=[stride] * 2)


def pool(g):
    x = g.pick(lambda v: v.dtype == "float32" and v.rank == 4 and min(v.shape[2:]) >= 3)
    if x is None:
        return None
    if g.rng.random() < 0.25:
        return g.node("GlobalAveragePool", [x], x.dtype, x.shape[:2] + (1, 1))
    n, c, h, w = x.shape
    k, stride, pad = int(g.rng.choice([2, 3])), int(g.rng.choice([1, 2])), int(g.rng.integers(0, 2))
    shape = (n, c) + tuple((d + 2 * pad - k) // stride + 1 for d in (h, w))
    attributes = {"kernel_shape": [k, k], "strides": [stride] * 2, "pads": [pad] * 4}
    if g.rng.random() < 0.5:
        return g.node("MaxPool", [x], x.dtype, shape, x.exact, **attributes)
    return g.node("AveragePool", [x], x.dtype, shape, count_include_pad=int(g.rng.integers(0, 2)),
                  **attributes)


def softmax(g):
    x = g.pick(is_float(1))
    if x is None:
        return None
    op = str(g.rng.choice(["Softmax", "Softmax", "LogSoftmax"]))
    return g.node(op, [x], x.dtype, x.shape, axis=int(g.rng.integers(-x.rank, x.rank)))


def layer_norm(g):
    x = g.pick(lambda v: v.dtype in ("float32", "float64") and v.rank >= 1 and v.shape[-1] > 1)
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))
    scale, bias = (g.constant(g.random_array(x.dtype, x.shape[axis:])) for _ in range(2))
    return g.node("LayerNormalization", [x, scale, bias], x.dtype, x.shape, axis=axis, epsilon=1e-2)


def batch_norm(g):
    x = g.pick(lambda v: v.dtype == "float32" and v.rank >= 2)
    if x is None:
        return None
    c = [x.shape[1]]
    parts = [g.constant(g.random_array(x.dtype, c)) for _ in range(3)]
    variance = g.constant((g.rng.random(c) + 0.5).astype(x.dtype))
    return g.node("BatchNormalization", [x, *parts, variance], x.dtype, x.shape)


def instance_norm(g):
    x = g.pick(lambda v: v.dtype == "float32" and v.rank >= 3 and np.prod(v.shape[2:]) > 1)
    if x is None:
        return None
    parts = [g.constant(g.random_array(x.dtype, [x.shape[1]])) for _ in range(2)]
    return g.node("InstanceNormalization", [x, *parts], x.dtype, x.shape, epsilon=1e-2)


OPERATORS = (reduce, reduce, reduce, arg, cumsum, top_k, matmul, matmul, attention_scores, gemm, conv,
             conv, conv_transpose, pool, pool, softmax, layer_norm, batch_norm, instance_norm)
