"""A float model as a quantizer exports it: integers, with a DequantizeLinear before and a
QuantizeLinear after every operator.

Activations become uint8, weights int8 with a scale for each channel, biases int32. Batch norms go
into weights and biases; a clamp whose effect is that of the QuantizeLinear after it is left out.
"""
import numpy as np
import onnx
from onnx import helper, numpy_helper

# (low, high) of what each quantized operator of mobilenet_v2 gives, the input first: measured on
# four standard-normal images and rounded outwards to three digits. Written down, so that the bytes
# of the model do not depend on how a machine sums.
SIX = (0.0, 6.0)
MOBILENET_V2 = [
    (-4.61, 4.56), SIX, SIX, (-7.52, 5.28), SIX, SIX, (-6.84, 8.72), SIX, SIX, (-6.5, 8.13), (-8.22, 12.2),
    SIX, SIX, (-7.37, 9.34), SIX, SIX, (-7.58, 10.6), (-12.4, 10.8), SIX, SIX, (-7.85, 9.47), (-15.3, 12.8),
    SIX, SIX, (-10.9, 11.8), SIX, SIX, (-8.92, 9.43), (-16.1, 14.4), SIX, SIX, (-10.9, 10.8), (-17.1, 19.7),
    SIX, SIX, (-10.6, 12.4), (-17.3, 18.3), SIX, SIX, (-11.4, 11.3), SIX, SIX, (-9.9, 12.4), (-16.7, 13.4),
    SIX, SIX, (-12.7, 12.7), (-19.2, 22.2), SIX, SIX, (-11.9, 12.5), SIX, SIX, (-9.83, 9.24), (-17.3, 17.1),
    SIX, SIX, (-11.0, 10.9), (-18.7, 19.0), SIX, SIX, (-11.2, 11.5), SIX, SIX, SIX, (-4.5, 5.26),
]
FOLLOWERS = ("BatchNormalization", "Relu", "Clip")


def chains(graph):
    """-> [[operator, its batch norm, its clamp]]: what becomes one quantized operator."""
    found, chain_of = [], {}
    for node in graph.node:
        if node.op_type in FOLLOWERS:
            chain = chain_of[node.input[0]]
            chain.append(node)
        else:
            chain = [node]
            found.append(chain)
        chain_of[node.output[0]] = chain
    return found


def folded(chain, values):
    """-> weights and bias (float64) of an operator, its batch norm included."""
    inputs = chain[0].input
    weights = values[inputs[1]].astype(np.float64)
    bias = values[inputs[2]].astype(np.float64) if len(inputs) > 2 else 0.0
    for norm in chain[1:]:
        if norm.op_type != "BatchNormalization":
            continue
        scale, offset, mean, variance = (values[n].astype(np.float64) for n in norm.input[1:])
        gain = scale / np.sqrt(variance + helper.get_node_attr_value(norm, "epsilon"))
        weights = weights * gain.reshape(-1, *[1] * (weights.ndim - 1))
        bias = offset + (bias - mean) * gain
    return weights, bias


class Quantizer:
    """The quantized graph under construction."""

    def __init__(self, graph):
        self.values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.nodes, self.constants, self.scale_of = [], [], {}

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def activation(self, name, bounds):
        low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)
        scale = np.float32((high - low) / 255)
        zero = np.uint8(round(-low / float(scale)))
        numbers = [self.constant(f"{name}_scale", scale), self.constant(f"{name}_zero", zero)]
        self.nodes += [helper.make_node("QuantizeLinear", [name, *numbers], [f"{name}_q"]),
                       helper.make_node("DequantizeLinear", [f"{name}_q", *numbers], [f"{name}_dq"])]
        self.scale_of[name] = float(scale)

    def parameter(self, name, integers, scale):
        numbers = [self.constant(f"{name}_q", integers), self.constant(f"{name}_scale", scale),
                   self.constant(f"{name}_zero", np.zeros(len(scale), integers.dtype))]
        self.nodes.append(helper.make_node("DequantizeLinear", numbers, [name], axis=0))
        return name

    def parameters(self, chain):
        node = chain[0]
        weights, bias = folded(chain, self.values)
        scale = (np.abs(weights).reshape(len(weights), -1).max(axis=1) / 127).astype(np.float32)
        column = scale.astype(np.float64).reshape(-1, *[1] * (weights.ndim - 1))
        integers = np.rint(weights / column).clip(-127, 127).astype(np.int8)
        bias_scale = (scale.astype(np.float64) * self.scale_of[node.input[0]]).astype(np.float32)
        return [self.parameter(f"{node.output[0]}_w", integers, scale),
                self.parameter(f"{node.output[0]}_b", np.rint(bias / bias_scale).astype(np.int32), bias_scale)]

    def operator(self, chain, bounds):
        """Appends the chain's operator; `bounds` is the rest of an iterator over ranges."""
        node, result = chain[0], chain[-1].output[0]
        inputs = [f"{n}_dq" for n in node.input if n in self.scale_of]
        if node.op_type == "Identity":
            self.nodes.append(helper.make_node("Identity", inputs, node.output))
            return
        if node.op_type in ("Conv", "Gemm"):
            inputs += self.parameters(chain)
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.input[:], copy.output[:] = inputs, [result]
        self.nodes.append(copy)
        self.activation(result, next(bounds))


def quantized(model, ranges):
    graph, bounds = model.graph, iter(ranges)
    quantizer = Quantizer(graph)
    quantizer.activation(graph.input[0].name, next(bounds))
    for chain in chains(graph):
        quantizer.operator(chain, bounds)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(quantizer.nodes)
    graph.initializer.extend(quantizer.constants)
    onnx.checker.check_model(model)
    return model
