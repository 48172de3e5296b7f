#!/usr/bin/env python3
"""Writes an ONNX model of a well-known architecture with seeded random weights.

  generate.py NAME OUT.onnx        NAME: resnet50 mobilenet_v2 mobilenet_v2_qdq bert_base gpt2_small vit_b16

The graphs are those that exporters make: convolutions followed by their own batch normalisation,
layer norm and GELU spelled out for BERT and fused for GPT-2 and ViT, masks and positions computed
from the input's shape. Weights are scaled so that activations keep their size from layer to layer.
The order in which weights are drawn and names are given is part of the result: the manifest pins
the SHA-256 of every file, for the versions of numpy and onnx in tools/setup.d/judges.txt.
"""
import math
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import quantize

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
PICTURE = ["N", 3, 224, 224]


class Net:
    """A graph under construction. Tensors are known by name; `net.Relu(x)` appends a node."""

    def __init__(self, name, seed):
        self.name, self.random = name, np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []
        self.names, self.shared = 0, {}

    def __getattr__(self, op_type):
        if not op_type[0].isupper():
            raise AttributeError(op_type)
        return lambda *inputs, **attributes: self.node(op_type, inputs, 1, attributes)[0]

    def new_name(self, prefix):
        self.names += 1
        return f"{prefix}_{self.names}"

    def node(self, op_type, inputs, outputs, attributes):
        made = [self.new_name(op_type.lower()) for _ in range(outputs)]
        name = self.new_name("n_" + op_type)
        self.nodes.append(helper.make_node(op_type, list(inputs), made, name=name, **attributes))
        return made

    def keep(self, values, prefix="w"):
        """Stores an initializer."""
        name = self.new_name(prefix)
        self.weights.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def constant(self, *values, dtype=np.int64, scalar=False):
        """A small constant, stored once however often it is asked for."""
        key = (values, np.dtype(dtype).char, scalar)
        if key not in self.shared:
            self.shared[key] = self.keep(np.array(values[0] if scalar else values, dtype), "c")
        return self.shared[key]

    def f(self, value):
        return self.constant(value, dtype=np.float32, scalar=True)

    def normal(self, *shape, std=0.02):
        return self.random.standard_normal(shape, dtype=np.float32) * np.float32(std)

    def parameter(self, *shape, std=0.02):
        return self.keep(self.normal(*shape, std=std))

    def take(self, name, dtype, shape):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def give(self, value, name, shape):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, FLOAT, shape))

    def finish(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                                  producer_name="gen_models.py", ir_version=8)
        onnx.checker.check_model(model)
        return model


# Layers of convolutional networks.
def conv_bn(net, x, channels, filters, size, stride=1, groups=1, gain=1.0):
    fan_in = channels // groups * size * size
    kernel = net.parameter(filters, channels // groups, size, size, std=math.sqrt(2.0 / fan_in))
    y = net.Conv(x, kernel, kernel_shape=[size, size], strides=[stride, stride],
                 pads=[(size - 1) // 2] * 4, group=groups, dilations=[1, 1])
    scale = (gain * (1 + 0.1 * net.random.standard_normal(filters))).astype(np.float32)
    shift, mean = net.normal(filters, std=0.05), net.normal(filters, std=0.05)
    variance = (1 + 0.1 * net.random.random(filters)).astype(np.float32)
    stored = [net.keep(values) for values in (scale, shift, mean, variance)]
    return net.BatchNormalization(y, *stored, epsilon=1e-5)


def relu6(net, x):
    return net.Clip(x, net.f(0.0), net.f(6.0))


def dense_head(net, x, width):
    weight = net.parameter(1000, width)
    return net.Gemm(x, weight, net.parameter(1000), transB=1)


def image_head(net, x, width):
    net.give(dense_head(net, net.Flatten(net.GlobalAveragePool(x), axis=1), width), "output",
             ["N", 1000])
    return net.finish()


# Layers of transformers.
def linear(net, x, width_in, width_out, std=0.02):
    product = net.MatMul(x, net.parameter(width_in, width_out, std=std))
    return net.Add(product, net.parameter(width_out))


def layer_norm(net, x, width, epsilon=1e-5):
    gain = net.keep(1 + net.normal(width, std=0.1))
    return net.LayerNormalization(x, gain, net.parameter(width), axis=-1, epsilon=epsilon)


def spelled_layer_norm(net, x, width):
    gain = net.keep(1 + net.normal(width, std=0.1))
    shift = net.parameter(width)
    centred = net.Sub(x, net.ReduceMean(x, axes=[-1], keepdims=1))
    squares = net.Pow(centred, net.f(2.0))
    variance = net.ReduceMean(squares, axes=[-1], keepdims=1)
    unit = net.Div(centred, net.Sqrt(net.Add(variance, net.f(1e-12))))
    return net.Add(net.Mul(unit, gain), shift)


def gelu(net, x):
    erf = net.Erf(net.Div(x, net.f(math.sqrt(2))))
    return net.Mul(net.Mul(x, net.Add(erf, net.f(1.0))), net.f(0.5))


def tanh_gelu(net, x):
    cubic = net.Mul(net.Pow(x, net.f(3.0)), net.f(0.044715))
    inner = net.Tanh(net.Mul(net.Add(x, cubic), net.f(math.sqrt(2 / math.pi))))
    half = net.Mul(x, net.f(0.5))
    return net.Mul(half, net.Add(inner, net.f(1.0)))


def heads_of(net, x, heads, size, perm=(0, 2, 1, 3)):
    return net.Transpose(net.Reshape(x, net.constant(0, 0, heads, size)), perm=list(perm))


def attend(net, q, k_transposed, v, size, mask=None):
    scores = net.Mul(net.MatMul(q, k_transposed), net.f(1 / math.sqrt(size)))
    if mask is not None:
        scores = net.Add(scores, mask)
    mixed = net.MatMul(net.Softmax(scores, axis=-1), v)
    rows = net.Transpose(mixed, perm=[0, 2, 1, 3])
    return rows


def resnet50():
    net = Net("resnet50", seed=50)
    x = net.Relu(conv_bn(net, net.take("input", FLOAT, PICTURE), 3, 64, 7, 2))
    x = net.MaxPool(x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels = 64
    for depth, width, stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
        for index in range(depth):
            step = stride if index == 0 else 1
            y = net.Relu(conv_bn(net, x, channels, width, 1))
            y = net.Relu(conv_bn(net, y, width, width, 3, step))
            y = conv_bn(net, y, width, 4 * width, 1, gain=0.3)
            skip = x if index else conv_bn(net, x, channels, 4 * width, 1, step)
            x, channels = net.Relu(net.Add(y, skip)), 4 * width
    return image_head(net, x, 2048)


def mobilenet_v2():
    net = Net("mobilenet_v2", seed=2)
    x = relu6(net, conv_bn(net, net.take("input", FLOAT, PICTURE), 3, 32, 3, 2))
    channels = 32
    rows = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1))
    for factor, filters, depth, stride in rows:
        for index in range(depth):
            step, inner, y = (stride if index == 0 else 1), channels * factor, x
            if factor != 1:
                y = relu6(net, conv_bn(net, y, channels, inner, 1))
            y = relu6(net, conv_bn(net, y, inner, inner, 3, step, groups=inner))
            y = conv_bn(net, y, inner, filters, 1)
            x = net.Add(x, y) if step == 1 and channels == filters else y
            channels = filters
    return image_head(net, relu6(net, conv_bn(net, x, 320, 1280, 1)), 1280)


def bert_base(width=768, heads=12, size=64, words=30522):
    net = Net("bert_base", seed=12)
    ids, kept, kinds = (net.take(name, INT64, ["batch", "seq"])
                        for name in ("input_ids", "attention_mask", "token_type_ids"))
    length = net.Slice(net.Shape(ids), net.constant(1), net.constant(2))
    every = net.keep(np.arange(512, dtype=np.int64)[None])
    positions = net.Slice(every, net.constant(0), length, net.constant(1))
    x = net.Gather(net.parameter(words, width), ids, axis=0)
    x = net.Add(x, net.Gather(net.parameter(2, width), kinds, axis=0))
    x = net.Add(x, net.Gather(net.parameter(512, width), positions, axis=0))
    x = spelled_layer_norm(net, x, width)
    kept = net.Cast(net.Unsqueeze(kept, net.constant(1, 2)), to=FLOAT)
    mask = net.Mul(net.Sub(net.f(1.0), kept), net.f(-10000.0))
    for _ in range(12):
        q = heads_of(net, linear(net, x, width, width, std=0.04), heads, size)
        k = heads_of(net, linear(net, x, width, width, std=0.04), heads, size, (0, 2, 3, 1))
        v = heads_of(net, linear(net, x, width, width), heads, size)
        mixed = net.Reshape(attend(net, q, k, v, size, mask), net.constant(0, 0, width))
        x = spelled_layer_norm(net, net.Add(linear(net, mixed, width, width), x), width)
        inner = gelu(net, linear(net, x, width, 4 * width))
        x = spelled_layer_norm(net, net.Add(linear(net, inner, 4 * width, width), x), width)
    first = net.Gather(x, net.constant(0, scalar=True), axis=1)
    weight = net.parameter(width, width)
    pooled = net.Tanh(net.Gemm(first, weight, net.parameter(width), transB=1))
    net.give(x, "last_hidden_state", ["batch", "seq", width])
    net.give(pooled, "pooler_output", ["batch", width])
    return net.finish()


def gpt2_small(width=768, heads=12, size=64, words=50257):
    net = Net("gpt2_small", seed=124)
    ids = net.take("input_ids", INT64, ["batch", "seq"])
    shape = net.Shape(ids)
    length = net.Gather(shape, net.constant(1, scalar=True), axis=0)
    zero, one = net.constant(0, scalar=True), net.constant(1, scalar=True)
    positions = net.Range(zero, length, one)
    columns = net.Unsqueeze(positions, net.constant(0))
    later = net.Greater(columns, net.Unsqueeze(positions, net.constant(1)))
    mask = net.Where(later, net.f(-1e9), net.f(0.0))
    table = net.parameter(words, width)
    x = net.Gather(table, ids, axis=0)
    x = net.Add(x, net.Gather(net.parameter(1024, width, std=0.01), positions, axis=0))
    for _ in range(12):
        qkv = linear(net, layer_norm(net, x, width), width, 3 * width, std=0.04)
        parts = net.node("Split", [qkv, net.constant(width, width, width)], 3, {"axis": -1})
        q, k, v = (heads_of(net, part, heads, size) for part in parts)
        mixed = attend(net, q, net.Transpose(k, perm=[0, 1, 3, 2]), v, size, mask)
        mixed = net.Reshape(mixed, net.constant(0, 0, width))
        x = net.Add(x, linear(net, mixed, width, width))
        inner = tanh_gelu(net, linear(net, layer_norm(net, x, width), width, 4 * width))
        x = net.Add(x, linear(net, inner, 4 * width, width))
    x = layer_norm(net, x, width)
    net.give(net.MatMul(x, net.Transpose(table, perm=[1, 0])), "logits", ["batch", "seq", words])
    return net.finish()


def vit_b16(width=768, heads=12, size=64):
    net = Net("vit_b16", seed=16)
    picture = net.take("pixel_values", FLOAT, PICTURE)
    kernel = net.parameter(width, 3, 16, 16, std=0.03)
    x = net.Conv(picture, kernel, net.parameter(width), kernel_shape=[16, 16], strides=[16, 16])
    x = net.Transpose(net.Reshape(x, net.constant(0, width, -1)), perm=[0, 2, 1])
    batch = net.Slice(net.Shape(x), net.constant(0), net.constant(1))
    token_shape = net.Concat(batch, net.constant(1), net.constant(width), axis=0)
    x = net.Concat(net.Expand(net.parameter(1, 1, width), token_shape), x, axis=1)
    x = net.Add(x, net.parameter(1, 197, width))
    for _ in range(12):
        h = layer_norm(net, x, width, 1e-6)
        q, k, v = [heads_of(net, linear(net, h, width, width, std=0.04), heads, size)
                   for _ in "qkv"]
        mixed = attend(net, q, net.Transpose(k, perm=[0, 1, 3, 2]), v, size)
        mixed = net.Reshape(mixed, net.constant(0, 0, width))
        x = net.Add(x, linear(net, mixed, width, width))
        inner = gelu(net, linear(net, layer_norm(net, x, width, 1e-6), width, 4 * width))
        x = net.Add(x, linear(net, inner, 4 * width, width))
    x = net.Gather(layer_norm(net, x, width, 1e-6), net.constant(0, scalar=True), axis=1)
    net.give(dense_head(net, x, width), "logits", ["N", 1000])
    return net.finish()


def mobilenet_v2_qdq():
    return quantize.quantized(mobilenet_v2(), quantize.MOBILENET_V2)


MODELS = {f.__name__: f for f in (resnet50, mobilenet_v2, mobilenet_v2_qdq, bert_base, gpt2_small, vit_b16)}


def main(argv):
    if len(argv) != 3 or argv[1] not in MODELS:
        print(f"usage: {argv[0]} {'|'.join(MODELS)} OUT.onnx", file=sys.stderr)
        return 2
    onnx.save(MODELS[argv[1]](), argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
