"""The shapes of all values in a model, by inference and folding; nothing is run on an engine.

ONNX's inference alone stops where a shape is computed from shapes, which exporters write all the
time. So inference and the computing of what has become constant take turns until nothing changes.
"""
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# Larger initializers become inputs before shape inference: their values cannot be shapes.
_SMALL = 1024


def node_name(node):
    """An operator's name, with its domain unless that is ONNX's own."""
    return node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"


class Shapes:
    """The shapes of all values of a model whose inputs are as `inputs` ({name: shape}) says."""

    def __init__(self, model, inputs):
        light = _light(model, inputs)
        while True:
            inferred = onnx.shape_inference.infer_shapes(light)
            self._types = _types(inferred.graph)
            if not _fold(light.graph, light.opset_import, self):
                break
        for tensor in model.graph.initializer:
            self._types[tensor.name] = tuple(tensor.dims), tensor.data_type

    def shape(self, name):
        """-> the shape, or None where it is absent or not known in full."""
        shape, _ = self._types.get(name, (None, None))
        return None if shape is None or None in shape else shape

    def element_type(self, name):
        return self._types.get(name, (None, TensorProto.UNDEFINED))[1]

    def of(self, names):
        return [self.shape(name) for name in names]

    def bytes(self, name):
        shape = self.shape(name)
        return None if shape is None else tensor_bytes(shape, self.element_type(name))


def tensor_bytes(shape, element_type):
    if element_type in (TensorProto.INT4, TensorProto.UINT4):
        return (math.prod(shape) + 1) // 2
    return math.prod(shape) * helper.tensor_dtype_to_np_dtype(element_type).itemsize


def _types(graph):
    """-> {value: (shape with None where unknown, element type)} of what inference has found."""
    found = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        tensor = value.type.tensor_type
        if value.type.HasField("tensor_type") and tensor.HasField("shape"):
            dims = tuple(d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim)
            found[value.name] = dims, tensor.elem_type
    for tensor in graph.initializer:
        found[tensor.name] = tuple(tensor.dims), tensor.data_type
    return found


def _fold(graph, opsets, shapes):
    """Computes what is constant once shapes are: shapes made of shapes are what inference misses.

    -> whether a node became an initializer, so that another inference may find more.
    """
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    before, kept = set(values), []
    for node in graph.node:
        constant = _constant(node, values, opsets, shapes)
        if constant is None:
            kept.append(node)
        else:
            values.update(zip(node.output, constant))
    if len(kept) == len(graph.node):
        return False
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del graph.node[:]
    graph.node.extend(kept)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(v), n)
                             for n, v in values.items() if n and n not in before)
    return True


def _constant(node, values, opsets, shapes):
    """-> a node's outputs if they are small and computable now, else None."""
    sizes = shapes.of(name for name in node.output if name)
    if None not in sizes and max(map(math.prod, sizes), default=0) > _SMALL:
        return None
    if node.op_type == "Shape" and not node.attribute:
        shape = shapes.shape(node.input[0])
        return None if shape is None else [np.asarray(shape, np.int64)]
    names = [name for name in node.input if name]
    if not all(name in values for name in names) or node.domain not in ("", "ai.onnx"):
        return None
    if any(a.type in (a.GRAPH, a.GRAPHS) for a in node.attribute) or "Random" in node.op_type:
        return None
    feeds = {name: values[name] for name in names}
    inputs = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
              for n, v in feeds.items()]
    outputs = [onnx.ValueInfoProto(name=name) for name in node.output if name]
    graph = helper.make_graph([node], "node", inputs, outputs)
    model = helper.make_model(graph, opset_imports=opsets)
    try:
        return ReferenceEvaluator(model).run(None, feeds)
    except Exception:  # whatever its reason: an operator it lacks, a value it refuses
        return None


def _light(model, inputs):
    """A copy without the weights' bytes, and with its inputs' shapes fixed."""
    light = onnx.ModelProto(ir_version=max(model.ir_version, 4), opset_import=model.opset_import,
                            functions=model.functions)
    graph = light.graph
    graph.name = model.graph.name or "graph"
    graph.node.extend(model.graph.node)
    for node in graph.node:
        if node_name(node) == "com.microsoft.DynamicQuantizeLSTM":
            node.op_type, node.domain = "LSTM", ""  # has the same shapes, and ONNX infers them
    graph.output.extend(model.graph.output)
    constants = {tensor.name for tensor in model.graph.initializer}
    graph.input.extend(value for value in model.graph.input if value.name not in constants)
    for value in graph.input:
        if value.name in inputs:
            shape = value.type.tensor_type.shape
            shape.ClearField("dim")
            for size in inputs[value.name]:
                shape.dim.add(dim_value=size)
    for tensor in model.graph.initializer:
        if math.prod(tensor.dims) <= _SMALL:
            graph.initializer.add().CopyFrom(tensor)
        else:
            graph.input.append(
                helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    return light
