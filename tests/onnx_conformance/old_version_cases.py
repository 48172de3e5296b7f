"""Operators as ONNX's first operator sets defined them, which ONNX Runtime no longer runs: what they
give is worked out here with numpy."""
import numpy as np

from case_writer import seeded

KIND = "more"
F32 = np.float32


def numbers(name, *shape):
    return seeded(name).standard_normal(shape).astype(F32)


def node(writer, name, op, inputs, expected, opset, **attributes):
    writer.node(KIND, f"old_{name}", op, inputs, len(expected), onnx=opset, expected=expected, **attributes)


def broadcasts(writer):
    a = numbers("broadcast a", 2, 3, 4, 5)
    for label, b, axis, seen in (("suffix", numbers("b", 4, 5), None, (4, 5)),
                                 ("scalar", numbers("b", 1), None, (1,)),
                                 ("inner", numbers("b", 3, 4), 1, (3, 4, 1)),
                                 ("first", numbers("b", 2), 0, (2, 1, 1, 1)),
                                 ("negative", numbers("b", 4), -2, (4, 1))):
        more = {} if axis is None else {"axis": axis}
        for op, compute in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Div", np.divide)):
            node(writer, f"{op.lower()}_{label}", op, [a, b], [compute(a, b.reshape(seen))], 6, broadcast=1, **more)
        node(writer, f"greater_{label}", "Greater", [a, b], [a > b.reshape(seen)], 6, broadcast=1, **more)
        truth = [a > 0, b > 0]
        node(writer, f"xor_{label}", "Xor", truth, [truth[0] ^ truth[1].reshape(seen)], 6, broadcast=1, **more)
    base = np.abs(a)
    node(writer, "pow", "Pow", [base, numbers("b", 3)], [base ** numbers("b", 3).reshape(3, 1, 1)], 6, broadcast=1, axis=1)
    node(writer, "add_1", "Add", [a, numbers("b", 2, 3, 4, 5)], [a + numbers("b", 2, 3, 4, 5)], 5)
    slope = numbers("slope", 3)
    node(writer, "prelu", "PRelu", [a, slope], [np.where(a < 0, a * slope.reshape(3, 1, 1), a)], 6)
    m, n, c = numbers("m", 3, 4), numbers("n", 4, 5), numbers("c", 5)
    node(writer, "gemm", "Gemm", [m, n, c], [0.5 * (m @ n) + 2 * c], 6, broadcast=1, alpha=0.5, beta=2.0)


def attributes_that_became_inputs(writer):
    x = numbers("x", 2, 3, 4, 6)
    node(writer, "reshape", "Reshape", [x], [x.reshape(2, 3, 24)], 4, shape=[0, 3, -1])
    padded = np.pad(x, [(0, 0), (0, 0), (1, 2), (0, 3)], constant_values=1.5)
    node(writer, "pad", "Pad", [x], [padded], 1, paddings=[0, 0, 1, 0, 0, 0, 2, 3], value=1.5, mode="constant")
    node(writer, "split_attribute", "Split", [x], [x[:, :, :1], x[:, :, 1:]], 1, axis=2, split=[1, 3])
    node(writer, "split_equal", "Split", [x], [x[..., :3], x[..., 3:]], 1, axis=3)
    k = 2
    order = np.argsort(-x, axis=2, kind="stable")[:, :, :k]
    node(writer, "topk", "TopK", [x], [np.take_along_axis(x, order, 2), order], 9, axis=2, k=k)
    up = x.repeat(2, axis=2).repeat(3, axis=3)
    node(writer, "upsample", "Upsample", [x], [up], 1, height_scale=2.0, width_scale=3.0, mode="nearest")
    writer.node(KIND, "old_tile", "Tile", [x, np.array([2], F32), np.array([1], F32)], 1, onnx=5, constants=[1, 2],
                expected=[np.tile(x, (1, 2, 1, 1))])
    node(writer, "cast", "Cast", [x], [x.astype(np.int32)], 5, to="INT32")
    node(writer, "concat", "Concat", [x, x], [np.concatenate([x, x], 1)], 3)


def without_meaning(writer):
    x = numbers("x", 2, 3, 4, 6)
    for op, compute in (("Abs", np.abs), ("Exp", np.exp), ("Neg", np.negative), ("Relu", lambda v: np.maximum(v, 0)),
                        ("Tanh", np.tanh), ("Floor", np.floor), ("Ceil", np.ceil)):
        node(writer, op.lower(), op, [x], [compute(x)], 5, consumed_inputs=[0])
    node(writer, "clip", "Clip", [x], [np.clip(x, -0.5, 0.25)], 5, min=-0.5, max=0.25)
    node(writer, "clip_above", "Clip", [x], [np.minimum(x, 0.25)], 5, max=0.25)
    y = numbers("y", 2, 3, 4, 6)
    for op, compute in (("Max", np.maximum), ("Min", np.minimum), ("Sum", np.add)):
        node(writer, op.lower(), op, [x, y], [compute(x, y)], 5)
    node(writer, "mean", "Mean", [x, y], [(x + y) / 2], 6)
    node(writer, "dropout", "Dropout", [x], [x], 6, is_test=1)
    average = x.reshape(2, 3, 2, 2, 3, 2).mean((3, 5))
    node(writer, "averagepool", "AveragePool", [x], [average], 6, kernel_shape=[2, 2], strides=[2, 2])
    cubes = (np.abs(x) ** 3).sum((2, 3), keepdims=True) ** (1 / 3)
    node(writer, "globallppool", "GlobalLpPool", [x], [cubes], 1, p=3.0)


def write(writer):
    broadcasts(writer)
    attributes_that_became_inputs(writer)
    without_meaning(writer)
