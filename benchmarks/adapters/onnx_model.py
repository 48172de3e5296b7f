"""What adapters need of an ONNX file: its names, its shapes made static, a kernel's single node."""
import dataclasses

import onnx
from onnx import numpy_helper, version_converter

import protocol

# Compilers of other projects know operators of about this opset; older ones are brought up to it.
LEAST_OPSET = 17


def graph_inputs(model):
    """-> names of what a caller gives, in order: older files list initializers as well."""
    given = {tensor.name for tensor in model.graph.initializer}
    return [value.name for value in model.graph.input if value.name not in given]


def output_names(model):
    return [value.name for value in model.graph.output]


def output_types(model):
    """-> [(name, numpy's type; None for what is no tensor)]."""
    found = []
    for value in model.graph.output:
        kind = value.type.tensor_type.elem_type
        found.append((value.name, onnx.helper.tensor_dtype_to_np_dtype(kind) if kind else None))
    return found


def make_static(model, inputs):
    """Sets the dims of the inputs to those of the arrays and infers all others anew."""
    for value in model.graph.input:
        if value.name not in inputs:
            continue
        shape = value.type.tensor_type.shape
        del shape.dim[:]
        for size in inputs[value.name].shape:
            shape.dim.add().dim_value = size
    del model.graph.value_info[:]
    said = []
    for value in model.graph.output:
        said.append(onnx.TypeProto.Tensor())
        if value.type.HasField("tensor_type"):
            said[-1].CopyFrom(value.type.tensor_type)
            value.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    for value, old in zip(inferred.graph.output, said):
        # Of operators that ONNX does not know, only the file tells.
        if old.HasField("shape") and not value.type.tensor_type.HasField("shape"):
            value.type.tensor_type.CopyFrom(old)
    return inferred


def load_static(path, inputs, least_opset=LEAST_OPSET):
    """-> the model with static inputs, of `least_opset` or above."""
    model = onnx.load(path)
    version = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")),
                   None)
    if version is not None and version < least_opset:
        model = version_converter.convert_version(model, least_opset)
    return make_static(model, inputs)


@dataclasses.dataclass
class Kernel:
    """A model of one node."""
    op: str
    attributes: dict
    inputs: list      # (name or "", array): of the node, in order; "" for one that is left out
    constants: list   # whether each of them is part of the model, known before the first call
    output: str


def load_kernel(path, inputs, known_ops):
    """ERRORS: Unsupported if the model is not one node, with one output, of `known_ops`."""
    graph = onnx.load(path).graph
    nodes = list(graph.node)
    constants = {tensor.name: protocol.aligned(numpy_helper.to_array(tensor))
                 for tensor in graph.initializer}
    for node in [node for node in nodes if node.op_type == "Constant"]:
        attribute = node.attribute[0]
        if attribute.name == "value":
            constants[node.output[0]] = protocol.aligned(numpy_helper.to_array(attribute.t))
            nodes.remove(node)
    if len(nodes) != 1 or len(nodes[0].output) != 1:
        raise protocol.Unsupported(f"a graph of {len(nodes)} nodes; a kernel library has single "
                                   f"operators: {', '.join(known_ops)}")
    node = nodes[0]
    if node.domain not in ("", "ai.onnx") or node.op_type not in known_ops:
        raise protocol.Unsupported(f"no kernel for `{node.op_type}`; "
                                   f"those taken from here are {', '.join(known_ops)}")
    values = {**constants, **inputs}
    return Kernel(node.op_type, {one.name: onnx.helper.get_attribute_value(one)
                                 for one in node.attribute},
                  [(name, values[name] if name else None) for name in node.input],
                  [name in constants and name not in inputs for name in node.input],
                  node.output[0])
