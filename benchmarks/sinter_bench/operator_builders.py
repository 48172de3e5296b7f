"""Operators of a row that are more than one node, or want operands of a special kind.

Each function gets a `Graph` (operator_graph.py), takes the row's operands in order and names the
outputs. Quantized ones follow what quantizers write: activations u8 with a zero point, weights i8
without one, a scale for each output channel where the operator has them.
"""
import math

import numpy as np

# u8 activations: quantized N(0, 1), clipped beyond four sigmas.
_SCALE, _ZERO = 4 / 127, 128


def _int_weight(graph, operand, depth, kind="i8"):
    """-> (name, the scale with which a sum over `depth` products is about 1)."""
    operand.type = kind
    spread = {"i8": 37.0, "u8": 74.0}[kind]  # the standard deviation of what is drawn
    return graph.take(operand), 1 / (spread * math.sqrt(depth))


def _quantized_activation(graph, operand):
    drawn = graph.rng.standard_normal(operand.dims, dtype=np.float32) / _SCALE + _ZERO
    return graph.activation(np.clip(np.rint(drawn), 0, 255).astype(np.uint8))


def _per_channel(graph, scale, channels):
    """Scales that differ from channel to channel, as trained weights' do."""
    return (scale * graph.rng.uniform(0.7, 1.3, channels)).astype(np.float32)


def matmul_integer(graph):
    data, weight = graph.operands
    kind = weight.type if weight.type in ("i8", "u8") else "i8"
    weight_name, _ = _int_weight(graph, weight, data.dims[-1], kind)
    names = [_quantized_activation(graph, data), weight_name, graph.constant(_ZERO, "u8")]
    names += [graph.constant(_ZERO, "u8")] if kind == "u8" else []
    graph.output(graph.add("MatMulInteger", names), "i32")


def conv_integer(graph):
    data, weight = graph.operands
    weight_name, _ = _int_weight(graph, weight, math.prod(weight.dims[1:]), "u8")
    names = [_quantized_activation(graph, data), weight_name, graph.constant(_ZERO, "u8"),
             graph.constant(_ZERO, "u8")]
    graph.output(graph.add("ConvInteger", names, **_conv_attributes(graph)), "i32")


def qlinear_matmul(graph):
    data, weight = graph.operands
    weight_name, scale = _int_weight(graph, weight, data.dims[-1])
    scales = (graph.constant(_SCALE, "f32"), graph.constant(_ZERO, "u8"))
    made = graph.add("QLinearMatMul", [
        _quantized_activation(graph, data), *scales, weight_name,
        graph.weight(_per_channel(graph, scale, weight.dims[-1])),
        graph.constant(np.zeros(weight.dims[-1]), "i8"), *scales])
    graph.output(made, "u8")


def qlinear_conv(graph):
    data, weight = graph.operands[:2]
    weight_name, scale = _int_weight(graph, weight, math.prod(weight.dims[1:]))
    channels = weight.dims[0]
    scales = (graph.constant(_SCALE, "f32"), graph.constant(_ZERO, "u8"))
    names = [_quantized_activation(graph, data), *scales, weight_name,
             graph.weight(_per_channel(graph, scale, channels)),
             graph.constant(np.zeros(channels), "i8"), *scales,
             graph.constant(graph.rng.integers(-2000, 2000, channels), "i32")]
    graph.output(graph.add("QLinearConv", names, **_conv_attributes(graph)), "u8")


def qlinear_add(graph):
    scales = (graph.constant(_SCALE, "f32"), graph.constant(_ZERO, "u8"))
    left, right = (_quantized_activation(graph, operand) for operand in graph.operands)
    made = graph.add("com.microsoft.QLinearAdd", [left, *scales, right, *scales,
                                                  graph.constant(2 * _SCALE, "f32"), scales[1]])
    graph.output(made, "u8", graph.operands[0].dims)


def _dequantized(graph, name):
    return graph.add("DequantizeLinear", [name, graph.constant(_SCALE, "f32"),
                                          graph.constant(_ZERO, "u8")])


def _qdq(graph, op, weight, channel_axis, depth, attributes):
    """What a layer of a quantized model looks like: dequantize, operator, quantize."""
    data = graph.operands[0]
    weight_name, scale = _int_weight(graph, weight, depth)
    channels = weight.dims[channel_axis]
    scales = graph.weight(_per_channel(graph, scale, channels))
    zeros = graph.constant(np.zeros(channels), "i8")
    floats = graph.add("DequantizeLinear", [weight_name, scales, zeros],
                       axis=channel_axis % len(weight.dims))
    quantized = _quantized_activation(graph, data)
    made = graph.add(op, [_dequantized(graph, quantized), floats], **attributes)
    graph.output(graph.add("QuantizeLinear", [made, graph.constant(_SCALE, "f32"),
                                              graph.constant(_ZERO, "u8")]), "u8")


def qdq_conv(graph):
    weight = graph.operands[1]
    _qdq(graph, "Conv", weight, 0, math.prod(weight.dims[1:]), _conv_attributes(graph))


def qdq_matmul(graph):
    weight = graph.operands[1]
    _qdq(graph, "MatMul", weight, -1, weight.dims[-2], {})


def dynamic_matmul(graph):
    """Float in and out; the activation is quantized on the way: dynamic quantization."""
    data, weight = graph.operands
    weight_name, scale = _int_weight(graph, weight, data.dims[-1])
    quantized, data_scale, zero = graph.add("DynamicQuantizeLinear", [graph.take(data)], 3)
    sums = graph.add("MatMulInteger", [quantized, weight_name, zero])
    scales = graph.add("Mul", [data_scale, graph.constant(scale, "f32")])
    graph.output(graph.add("Mul", [graph.add("Cast", [sums], to=1), scales]), "f32")


def matmul_nbits(graph):
    """Weights of 4 bits in blocks along the depth, a scale for each block."""
    data, weight = graph.operands
    (depth, width), block = weight.dims, int(graph.attributes["block_size"])
    blocks = -(-depth // block)
    packed = graph.rng.integers(0, 256, (width, blocks, block // 2)).astype(np.uint8)
    scales = _per_channel(graph, 1 / (4.6 * math.sqrt(depth)), width * blocks)
    made = graph.add("com.microsoft.MatMulNBits",
                     [graph.take(data), graph.weight(packed), graph.weight(scales)],
                     K=depth, N=width, bits=4, block_size=block)
    graph.output(made, "f32", (*data.dims[:-1], width))


def _conv_attributes(graph):
    from sinter_bench.operator_graph import typed
    return typed("Conv", {k: v for k, v in graph.attributes.items() if k != "epilogue"})


def _scalar(graph, value):
    return graph.constant(value, graph.dtype)


def _normalized(graph, name, channels):
    names = [graph.constant(graph.rng.uniform(low, high, channels), graph.dtype)
             for low, high in ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 1.5))]
    return graph.add("BatchNormalization", [name, *names])


def conv_block(graph):
    """A convolution and its attribute `epilogue`: a list of bn, relu, relu6, silu, add."""
    data, weight, *rest = graph.operands
    made = graph.add("Conv", [graph.take(data), graph.take(weight, math.prod(weight.dims[1:]))],
                     **_conv_attributes(graph))
    for step in graph.attributes["epilogue"].split(","):
        if step == "bn":
            made = _normalized(graph, made, weight.dims[0])
        elif step == "relu":
            made = graph.add("Relu", [made])
        elif step == "relu6":
            made = graph.add("Clip", [made, _scalar(graph, 0), _scalar(graph, 6)])
        elif step == "silu":
            made = graph.add("Mul", [made, graph.add("Sigmoid", [made])])
        elif step == "add":
            made = graph.add("Add", [made, graph.take(rest.pop(0))])
        else:
            raise ValueError(f"`{step}` is no epilogue; those are bn, relu, relu6, silu and add")
    graph.output(made, graph.dtype)


def squeeze_excite(graph):
    """A channel's weight from the mean of all channels: data, then the two 1x1 kernels."""
    data, narrow, wide = graph.operands
    name = graph.take(data)
    made = graph.add("GlobalAveragePool", [name])
    made = graph.add("Relu", [graph.add("Conv", [made, graph.take(narrow, narrow.dims[1])])])
    made = graph.add("HardSigmoid", [graph.add("Conv", [made, graph.take(wide, wide.dims[1])])])
    graph.output(graph.add("Mul", [name, made]), graph.dtype)


def gelu_erf(graph):
    name = graph.take(graph.operands[0])
    inner = graph.add("Erf", [graph.add("Div", [name, _scalar(graph, math.sqrt(2))])])
    made = graph.add("Mul", [name, graph.add("Add", [inner, _scalar(graph, 1)])])
    graph.output(graph.add("Mul", [made, _scalar(graph, 0.5)]), graph.dtype)


def gelu_tanh(graph):
    name = graph.take(graph.operands[0])
    cube = graph.add("Mul", [graph.add("Pow", [name, _scalar(graph, 3)]), _scalar(graph, 0.044715)])
    factor = _scalar(graph, math.sqrt(2 / math.pi))
    inner = graph.add("Mul", [graph.add("Add", [name, cube]), factor])
    above = graph.add("Add", [graph.add("Tanh", [inner]), _scalar(graph, 1)])
    half = graph.add("Mul", [name, _scalar(graph, 0.5)])
    graph.output(graph.add("Mul", [half, above]), graph.dtype)


def hard_swish(graph):
    name = graph.take(graph.operands[0])
    clipped = graph.add("Clip", [graph.add("Add", [name, _scalar(graph, 3)]), _scalar(graph, 0),
                                 _scalar(graph, 6)])
    product = graph.add("Mul", [name, clipped])
    graph.output(graph.add("Div", [product, _scalar(graph, 6)]), graph.dtype)


def layer_norm_parts(graph):
    """As exporters wrote it before opset 17."""
    data, scale, shift = graph.operands
    name = graph.take(data)
    centred = graph.add("Sub", [name, graph.add("ReduceMean", [name], axes=[-1])])
    variance = graph.add("ReduceMean", [graph.add("Pow", [centred, _scalar(graph, 2)])], axes=[-1])
    deviation = graph.add("Sqrt", [graph.add("Add", [variance, _scalar(graph, 1e-12)])])
    made = graph.add("Mul", [graph.add("Div", [centred, deviation]), graph.take(scale)])
    graph.output(graph.add("Add", [made, graph.take(shift)]), graph.dtype)


def attention(graph):
    """softmax(q k^T / sqrt(d) + mask) v over `heads` heads of 1 x rows x width operands."""
    heads = int(graph.attributes["heads"])
    width = graph.operands[0].dims[2] // heads
    split = graph.weight(np.array([0, 0, heads, width], np.int64))
    query, key, value = (
        graph.add("Transpose", [graph.add("Reshape", [graph.take(operand), split])], perm=perm)
        for operand, perm in zip(graph.operands, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])))
    factor = _scalar(graph, 1 / math.sqrt(width))
    scores = graph.add("Mul", [graph.add("MatMul", [query, key]), factor])
    if graph.attributes.get("causal") == "1":
        rows = graph.operands[0].dims[1]
        mask = np.triu(np.full((rows, rows), -1e4, np.float32), 1)
        scores = graph.add("Add", [scores, graph.constant(mask, graph.dtype)])
    mixed = graph.add("MatMul", [graph.add("Softmax", [scores], axis=-1), value])
    joined = graph.weight(np.array([0, 0, heads * width], np.int64))
    made = graph.add("Reshape", [graph.add("Transpose", [mixed], perm=[0, 2, 1, 3]), joined])
    graph.output(made, graph.dtype)


def recurrent(graph):
    """LSTM and GRU with all steps' outputs and the last one's; operands X, W, R, B."""
    from sinter_bench.operator_graph import typed
    names = [graph.take(operand, operand.dims[-1]) for operand in graph.operands]
    made = graph.add(graph.op, names, 2, **typed(graph.op, graph.attributes))
    for name in made:
        graph.output(name, graph.dtype)


def tree_ensemble(graph):
    """`trees` full binary trees of `depth` over the columns of the operand, added up."""
    data = graph.operands[0]
    trees, depth = int(graph.attributes["trees"]), int(graph.attributes["depth"])
    inner, nodes = 2**depth - 1, 2**(depth + 1) - 1
    ids = np.arange(nodes)
    is_leaf = np.tile(ids >= inner, trees)
    leaves = np.flatnonzero(is_leaf)
    made = graph.add(
        "ai.onnx.ml.TreeEnsembleRegressor", [graph.take(data)], n_targets=1,
        nodes_treeids=np.repeat(np.arange(trees), nodes), nodes_nodeids=np.tile(ids, trees),
        nodes_featureids=np.where(is_leaf, 0, graph.rng.integers(0, data.dims[1], trees * nodes)),
        nodes_modes=["LEAF" if leaf else "BRANCH_LEQ" for leaf in is_leaf],
        nodes_values=np.where(is_leaf, 0, graph.rng.standard_normal(trees * nodes)),
        nodes_truenodeids=np.tile(np.where(ids < inner, 2 * ids + 1, 0), trees),
        nodes_falsenodeids=np.tile(np.where(ids < inner, 2 * ids + 2, 0), trees),
        target_treeids=leaves // nodes, target_nodeids=leaves % nodes,
        target_ids=np.zeros(len(leaves), int),
        target_weights=graph.rng.standard_normal(len(leaves)) / math.sqrt(trees))
    graph.output(made, "f32")


BUILDERS = {
    "MatMulInteger": matmul_integer, "ConvInteger": conv_integer, "QLinearMatMul": qlinear_matmul,
    "QLinearConv": qlinear_conv, "com.microsoft.QLinearAdd": qlinear_add,
    "com.microsoft.MatMulNBits": matmul_nbits, "qdq_conv": qdq_conv, "qdq_matmul": qdq_matmul,
    "dynamic_matmul": dynamic_matmul, "conv_block": conv_block, "squeeze_excite": squeeze_excite,
    "gelu_erf": gelu_erf, "gelu_tanh": gelu_tanh, "hard_swish": hard_swish,
    "layer_norm_parts": layer_norm_parts, "attention": attention, "LSTM": recurrent,
    "GRU": recurrent, "tree_ensemble": tree_ensemble}
