"""What a graph must do at least: floating point (or integer) operations, and bytes to move.

  flops   2 a multiply-add; 1 an element and function of an elementwise operator, whatever the
          function; the counts of `_PER_ELEMENT`, 1 an input element of a reduction. Operators that
          only move data count 0.
  bytes   compulsory traffic: every input, weight and output once; of a table that is only looked up
          in, the rows found. Intermediate values may stay in a cache, so they do not count.

Both come from shapes (shapes.py), never from a run. `None` is an honest answer: a shape that only a
run tells, an operator nobody counted.
"""
import math

from onnx import helper

from sinter_bench.shapes import node_name, tensor_bytes

_UNARY = """Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh Elu Erf Exp
Floor Gelu HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log Mish Neg Not PRelu Reciprocal Relu Round
Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu""".split()
_BINARY = """Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less
LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Xor""".split()
_REDUCE = """ArgMax ArgMin GlobalAveragePool GlobalLpPool GlobalMaxPool ReduceL1 ReduceL2
ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
ReduceSumSquare""".split()
_MOVE = """Cast Concat Constant ConstantOfShape DepthToSpace Dropout Expand Flatten Gather
GatherElements GatherND Identity OneHot Pad Range Reshape ScatterElements ScatterND Shape Size Slice
SpaceToDepth Split Squeeze Tile Transpose Trilu Unsqueeze Where""".split()
# Softmax: greatest, minus, exp, sum, divide. Norms: mean, minus, square, sum, times, scale, shift.
_PER_ELEMENT = {"Softmax": 5, "LogSoftmax": 5, "LayerNormalization": 7, "InstanceNormalization": 7,
                "GroupNormalization": 7, "RMSNormalization": 4, "BatchNormalization": 2,
                "QuantizeLinear": 2, "DequantizeLinear": 2, "DynamicQuantizeLinear": 4, "CumSum": 1,
                "com.microsoft.QLinearAdd": 5, "com.microsoft.QuickGelu": 3,
                "com.microsoft.Gelu": 1}
# What a model's own count is made of; the rest is elementwise and small beside them.
HEAVY = ("MatMul", "Gemm", "MatMulInteger", "QLinearMatMul", "com.microsoft.MatMulNBits", "Conv",
         "ConvInteger", "QLinearConv", "ConvTranspose", "LSTM", "GRU", "RNN", "Attention", "Einsum",
         "com.microsoft.DynamicQuantizeLSTM")


def attributes_of(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def _matmul(inputs, outputs, _):
    return 2 * math.prod(outputs[0]) * inputs[0][-1]


def _qlinear_matmul(inputs, outputs, _):
    return 2 * math.prod(outputs[0]) * inputs[0][-1]


def _gemm(inputs, outputs, attributes):
    depth = inputs[0][0 if attributes.get("transA") else 1]
    added = math.prod(outputs[0]) if len(inputs) > 2 and inputs[2] is not None else 0
    return 2 * math.prod(outputs[0]) * depth + added


def _conv(weights):
    def count(inputs, outputs, _):
        taps = math.prod(inputs[weights][1:])
        bias = 2 if weights == 1 else 8
        added = math.prod(outputs[0]) if len(inputs) > bias and inputs[bias] is not None else 0
        return 2 * math.prod(outputs[0]) * taps + added
    return count


def _conv_integer(inputs, outputs, _):
    return 2 * math.prod(outputs[0]) * math.prod(inputs[1][1:])


def _conv_transpose(inputs, outputs, _):
    added = math.prod(outputs[0]) if len(inputs) > 2 and inputs[2] is not None else 0
    return 2 * math.prod(inputs[0]) * math.prod(inputs[1][1:]) + added


def _recurrent(gates):
    """The matrix products of all steps; what a cell does elementwise is not counted."""
    def count(inputs, _, attributes):
        steps, batch, width = inputs[0]
        if attributes.get("layout"):
            steps, batch = batch, steps
        hidden, directions = attributes["hidden_size"], inputs[1][0]
        return 2 * directions * steps * batch * gates * hidden * (width + hidden)
    return count


def _attention(inputs, outputs, attributes):
    query, key, value = inputs[:3]
    if len(query) == 4:
        batch, heads, rows, width = query
        columns, value_width = key[2], value[3]
    else:
        batch, rows, _ = query
        heads, columns = attributes["q_num_heads"], key[1]
        width, value_width = query[2] // heads, value[2] // attributes["kv_num_heads"]
    scores = batch * heads * rows * columns
    return scores * (2 * width + 5 + 2 * value_width)


def _pool(_, outputs, attributes):
    return math.prod(outputs[0]) * math.prod(attributes["kernel_shape"])


def _einsum(inputs, outputs, attributes):
    """Every letter once, two inputs: each point of the index space is a multiply-add."""
    terms, _, _ = attributes["equation"].decode().replace(" ", "").partition("->")
    sizes = {}
    for term, shape in zip(terms.split(","), inputs):
        if "." in term:
            return None
        sizes.update(zip(term, shape))
    return 2 * math.prod(sizes.values()) if len(inputs) == 2 else None


def _resize(_, outputs, attributes):
    """Linear: 3 blends of 2 values in two dimensions; nearest moves data."""
    mode = attributes.get("mode", b"nearest")
    if mode == b"nearest":
        return 0
    return 3 * 3 * math.prod(outputs[0]) if mode == b"linear" else None


_COUNTS = {"MatMul": _matmul, "MatMulInteger": _matmul, "QLinearMatMul": _qlinear_matmul,
           "com.microsoft.MatMulNBits": _matmul, "Gemm": _gemm, "Conv": _conv(1),
           "QLinearConv": _conv(3), "ConvInteger": _conv_integer, "ConvTranspose": _conv_transpose,
           "LSTM": _recurrent(4), "com.microsoft.DynamicQuantizeLSTM": _recurrent(4),
           "GRU": _recurrent(3), "RNN": _recurrent(1), "Attention": _attention,
           "MaxPool": _pool, "AveragePool": _pool, "LpPool": _pool, "Einsum": _einsum,
           "Resize": _resize}


def node_flops(name, inputs, outputs, attributes):
    """-> the count of one node, or None. Shapes are tuples, None for an absent operand."""
    try:
        if name in _COUNTS:
            return _COUNTS[name](inputs, outputs, attributes)
        if name in _UNARY:
            return math.prod(outputs[0])
        if name in _BINARY:
            return math.prod(outputs[0]) * max(1, len(inputs) - 1)
        if name in _PER_ELEMENT:
            return math.prod(inputs[0]) * _PER_ELEMENT[name]
        if name in _REDUCE:
            return math.prod(inputs[0])
    except (TypeError, IndexError, KeyError, ValueError):
        return None
    return 0 if name in _MOVE else None


def graph_flops(model, shapes, only=None):
    """-> the sum over the nodes (of the operators in `only`), None if one is not countable."""
    total, constant = 0, {tensor.name for tensor in model.graph.initializer}
    for node in model.graph.node:
        if any(a.type in (a.GRAPH, a.GRAPHS) for a in node.attribute):
            return None
        if all(name in constant for name in node.input if name):
            constant.update(node.output)  # computed once, when the model is compiled
            continue
        name = node_name(node)
        if only and name not in only:
            continue
        flops = node_flops(name, shapes.of(node.input), shapes.of(node.output), attributes_of(node))
        if flops is None:
            return None
        total += flops
    return total


def _read_bytes(model, shapes, constant):
    """-> what must be read of a constant: of a table that is only looked up in, the rows found."""
    users = [node for node in model.graph.node if constant in node.input]
    if any(node.op_type != "Gather" or node.input[0] != constant for node in users):
        return shapes.bytes(constant)
    found = [shapes.bytes(node.output[0]) for node in users]
    return None if None in found else min(sum(found), shapes.bytes(constant))


def graph_bytes(model, shapes):
    """-> inputs, weights and outputs, each once; None if a shape is not known."""
    constants = [tensor.name for tensor in model.graph.initializer]
    inputs = [value.name for value in model.graph.input if value.name not in constants]
    outputs = [value.name for value in model.graph.output]
    sizes = [shapes.bytes(name) for name in (*inputs, *outputs)]
    sizes += [_read_bytes(model, shapes, name) for name in constants]
    sizes += [tensor_bytes(a.t.dims, a.t.data_type) for node in model.graph.node
              for a in node.attribute if node.op_type == "Constant" and a.name == "value"]
    return None if None in sizes else sum(sizes)
