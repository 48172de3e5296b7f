"""MatMul, Gemm and Conv of ONNX as a kernel library wants them: plain sizes and where each lies."""
import dataclasses
import math

import numpy as np

import protocol


@dataclasses.dataclass
class Product:
    """out[batch] = alpha * a[batch] b[batch] + beta * c; of a stored transposed is said so."""
    batch: int
    rows: int
    columns: int
    depth: int
    a: np.ndarray
    b: np.ndarray
    output_shape: tuple
    transposed: tuple = (False, False)
    b_is_constant: bool = False
    alpha: float = 1.0
    beta: float = 0.0
    c: np.ndarray | None = None   # of any shape that spreads to [rows, columns]
    c_is_constant: bool = False


def _matmul(kernel):
    (_, a), (_, b) = kernel.inputs[:2]
    if a.ndim < 2 or b.ndim < 2:
        raise protocol.Unsupported(f"MatMul of ranks {a.ndim} and {b.ndim}; a matrix has two "
                                   "dims or more")
    rows, depth, columns = a.shape[-2], a.shape[-1], b.shape[-1]
    outer = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    output = (*outer, rows, columns)
    batch = math.prod(outer)
    if a.shape[:-2] == outer and math.prod(b.shape[:-2]) == 1:
        # One matrix for all of them: a single product with all rows under each other.
        batch, rows = 1, batch * rows
    elif not a.shape[:-2] == b.shape[:-2] == outer:
        raise protocol.Unsupported("MatMul that spreads batches of its inputs; they must be equal, "
                                   "or the second input a single matrix")
    return Product(batch, rows, columns, depth, a, b, output, b_is_constant=kernel.constants[1])


def _gemm(kernel):
    a, b = kernel.inputs[0][1], kernel.inputs[1][1]
    transposed = tuple(bool(kernel.attributes.get(name, 0)) for name in ("transA", "transB"))
    rows, depth = a.shape[::-1] if transposed[0] else a.shape
    columns = b.shape[0] if transposed[1] else b.shape[1]
    has_c = len(kernel.inputs) > 2 and kernel.inputs[2][1] is not None
    return Product(1, rows, columns, depth, a, b, (rows, columns), transposed, kernel.constants[1],
                   kernel.attributes.get("alpha", 1.0),
                   kernel.attributes.get("beta", 1.0) if has_c else 0.0,
                   kernel.inputs[2][1] if has_c else None, has_c and kernel.constants[2])


def product(kernel):
    """-> the Product of a MatMul or Gemm. ERRORS: Unsupported."""
    return _gemm(kernel) if kernel.op == "Gemm" else _matmul(kernel)


@dataclasses.dataclass
class Window:
    """How a convolution moves, a value for each spatial dim."""
    strides: list
    dilations: list
    before: list       # zeros that are put before and after the data
    after: list
    output_dims: list


def _padding(kernel, dims, extents, strides):
    """-> (before, after), from `pads` or `auto_pad`."""
    count = len(extents)
    auto = kernel.attributes.get("auto_pad", b"NOTSET").decode()
    if auto == "NOTSET":
        pads = kernel.attributes.get("pads", [0] * 2 * count)
        return list(pads[:count]), list(pads[count:])
    if auto == "VALID":
        return [0] * count, [0] * count
    totals = [max(0, (-(-size // stride) - 1) * stride + extent - size)
              for size, extent, stride in zip(dims, extents, strides)]
    less, more = [total // 2 for total in totals], [total - total // 2 for total in totals]
    return (less, more) if auto == "SAME_UPPER" else (more, less)


def conv_window(kernel, data, weights):
    """-> the Window of a Conv."""
    dims, count = data.shape[2:], data.ndim - 2
    strides = kernel.attributes.get("strides", [1] * count)
    dilations = kernel.attributes.get("dilations", [1] * count)
    # Of the kernel with its gaps.
    extents = [(size - 1) * dilation + 1 for size, dilation in zip(weights.shape[2:], dilations)]
    before, after = _padding(kernel, dims, extents, strides)
    output = [(size + low + high - extent) // stride + 1
              for size, low, high, extent, stride in zip(dims, before, after, extents, strides)]
    return Window(strides, dilations, before, after, output)
