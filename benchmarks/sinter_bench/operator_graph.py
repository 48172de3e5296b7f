"""One row of workloads/operators.tsv as an ONNX model, with seeded weights and inputs.

  build(row, seed) -> Graph     .model() is the ModelProto, .inputs {name: array}

The columns `op`, `operands`, `dtype` and `attributes` say what is computed. An `op` is an operator
of ONNX (`DOMAIN.Op` of another domain) that takes the operands as they are, or has a function in
operator_builders.py. Operands, separated by blanks and in the operator's order, are

  1x128x768        an activation: an input of the model, drawn from N(0, 1)
  w:768x3072       a weight: a constant of the model, scaled so that outputs stay about 1
  i64<30522:1x128  of this type, below that number; types are those of `TYPES`
  w:=1,2           an i64 constant;  w:f32=2,2  one of f32;  w:f32:scalar=2  one of rank 0
  -                an operand left out

Inputs of bfloat16, which .npy lacks, are float32 and cast inside the model; so are its outputs.
"""
import dataclasses
import math
import re

import numpy as np
import onnx
from onnx import TensorProto, defs, helper, numpy_helper

TYPES = {"f32": TensorProto.FLOAT, "f16": TensorProto.FLOAT16, "bf16": TensorProto.BFLOAT16,
         "f64": TensorProto.DOUBLE, "u8": TensorProto.UINT8, "i8": TensorProto.INT8,
         "i32": TensorProto.INT32, "i64": TensorProto.INT64, "bool": TensorProto.BOOL}
# Engines know this version of ONNX's operators well; what came later takes a later one.
OLDEST_OPSET = 17
ML_OPSET = 3

# Operators that want numbers far from zero and above it.
_POSITIVE = {"Div", "Log", "Pow", "Reciprocal", "Sqrt"}
_OPERAND = re.compile(r"(w:)?(?:([a-z]+\d*)(?:<(\d+))?:)?(\d+(?:x\d+)*)")
_CONSTANT = re.compile(r"w:([a-z]+\d+)?(:scalar)?=([-\d.,]+)")


@dataclasses.dataclass
class Operand:
    dims: tuple = ()
    type: str = "f32"
    weight: bool = False
    below: int | None = None
    values: list | None = None


def parse_operands(text, dtype):
    """-> [Operand, or None for one left out]. ERRORS: ValueError."""
    return [None if word == "-" else _operand(word, dtype) for word in text.split()]


def _operand(word, dtype):
    constant = _CONSTANT.fullmatch(word)
    if constant:
        values = [float(item) for item in constant[3].split(",")]
        dims = () if constant[2] else (len(values),)
        return Operand(dims, constant[1] or "i64", True, None, values)
    found = _OPERAND.fullmatch(word)
    if not found:
        raise ValueError(f"`{word}` is no operand; those look like 1x128, w:i8:768x768, i64<100:8")
    dims = tuple(int(d) for d in found[4].split("x"))
    kind = found[2] or dtype
    if kind not in TYPES:
        raise ValueError(f"`{kind}` is no element type; those are {', '.join(TYPES)}")
    return Operand(dims, kind, bool(found[1]), int(found[3]) if found[3] else None)


def pairs(text):
    """`a=1 b=2,3` -> {"a": "1", "b": "2,3"}. ERRORS: ValueError."""
    found = {}
    for word in [] if text == "-" else text.split():
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"`{word}` is no attribute; those look like NAME=VALUE")
        found[name] = value
    return found


def schema(op, dtype="f32"):
    """-> (lowest opset from OLDEST_OPSET on that has `op` for this type, its schema); (None, None)
    for an operator that is not ONNX's own. ERRORS: ValueError."""
    domain, _, name = op.rpartition(".")
    if domain not in ("", "ai.onnx.ml"):
        return None, None
    for version in [ML_OPSET] if domain else range(OLDEST_OPSET, defs.onnx_opset_version() + 1):
        try:
            found = defs.get_schema(name, version, domain)
        except defs.SchemaError:
            continue
        fits = dtype != "bf16" or "tensor(bfloat16)" in found.outputs[0].types
        if fits and not found.deprecated:
            return version, found
    raise ValueError(f"ONNX has no operator `{op}` for {dtype}")


def typed(op, texts):
    """-> attributes as the operator's schema types them. ERRORS: ValueError."""
    _, known = schema(op)
    read = {defs.OpSchema.AttrType.INT: int, defs.OpSchema.AttrType.FLOAT: float,
            defs.OpSchema.AttrType.STRING: str,
            defs.OpSchema.AttrType.INTS: lambda text: [int(item) for item in text.split(",")]}
    found = {}
    for name, text in texts.items():
        if name not in known.attributes:
            raise ValueError(f"`{op}` has no attribute `{name}`; "
                             f"it has {', '.join(known.attributes)}")
        found[name] = read[known.attributes[name].type](text)
    return found


def element_type(kind):
    """-> NumPy's type of a name in TYPES."""
    return helper.tensor_dtype_to_np_dtype(TYPES[kind])


class Graph:
    """A model in the making, and the values that its inputs get."""

    def __init__(self, row, seed):
        self.op, self.dtype = row["op"], row["dtype"]
        self.attributes = pairs(row["attributes"])
        self.operands = parse_operands(row["operands"], self.dtype)
        self.inputs = {}
        self.rng = np.random.default_rng([seed, *row["name"].encode()])
        self._types, self._weights, self._nodes, self._outputs = {}, [], [], []
        self._opsets = {"": OLDEST_OPSET}

    def add(self, op, inputs, outputs=1, **attributes):
        """Adds a node. -> its output's name, or their names if there is not one."""
        version, _ = schema(op, self.dtype)
        domain, _, name = op.rpartition(".")
        self._opsets[domain] = max(self._opsets.get(domain, 0), version or 1)
        first = f"{name.lower()}_{len(self._nodes)}"
        names = [first] + [f"{first}_{number}" for number in range(1, outputs)]
        self._nodes.append(helper.make_node(name, [i or "" for i in inputs], names, domain=domain,
                                            **attributes))
        return names[0] if outputs == 1 else names

    def weight(self, array):
        """Adds a constant. -> its name."""
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def constant(self, value, kind):
        return self.weight(np.asarray(value).astype(element_type(kind)))

    def activation(self, array):
        """Adds an input of the model with its value. -> the name to use for it."""
        name = f"x{len(self.inputs)}"
        narrow = array.dtype == element_type("bf16")
        self.inputs[name] = np.asarray(array.astype(np.float32) if narrow else array, order="C")
        self._types[name] = helper.np_dtype_to_tensor_dtype(self.inputs[name].dtype)
        return self.add("Cast", [name], to=TYPES["bf16"]) if narrow else name

    def take(self, operand, fan_in=None):
        """-> the name of an operand of the row, None if it is left out."""
        if operand is None:
            return None
        put = self.weight if operand.weight else self.activation
        return put(self._draw(operand, fan_in))

    def output(self, name, kind, shape=None):
        """Makes a value the next output; without a shape ONNX must be able to infer it."""
        if kind == "bf16":
            name, kind = self.add("Cast", [name], to=TYPES["f32"]), "f32"
        self._outputs.append(onnx.ValueInfoProto(name=name) if shape is None
                             else helper.make_tensor_value_info(name, TYPES[kind], shape))

    def model(self):
        """-> the ModelProto, checked, with the shapes of its outputs."""
        inputs = [helper.make_tensor_value_info(name, self._types[name], array.shape)
                  for name, array in self.inputs.items()]
        graph = helper.make_graph(self._nodes, "operator", inputs, self._outputs, self._weights)
        opsets = [helper.make_opsetid(domain, version) for domain, version in self._opsets.items()]
        version = helper.find_min_ir_version_for(opsets, ignore_unknown=True)
        model = helper.make_model(graph, opset_imports=opsets, producer_name="sinter-bench",
                                  ir_version=version)
        if not all(output.type.HasField("tensor_type") for output in self._outputs):
            inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
            model.graph.ClearField("output")
            model.graph.output.extend(inferred.graph.output)
        onnx.checker.check_model(model, full_check=True)
        return model

    def _draw(self, operand, fan_in):
        kind, dims = element_type(operand.type), operand.dims
        if operand.values is not None:
            return np.asarray(operand.values).astype(kind).reshape(dims)
        if operand.below is not None:
            return self.rng.integers(0, operand.below, dims).astype(kind)
        if operand.type == "bool":
            return self.rng.integers(0, 2, dims).astype(kind)
        if np.issubdtype(kind, np.integer):
            # Weights of 7 bits: products of pairs fit into 16, which machines without VNNI need.
            low, high = {"u8": (0, 256), "i8": (-64, 64)}.get(operand.type, (-1000, 1000))
            return self.rng.integers(low, high, dims).astype(kind)
        if self.op in _POSITIVE or (operand.weight and len(dims) < 2):
            return self.rng.uniform(0.5, 1.5, dims).astype(kind)
        drawn = self.rng.standard_normal(dims, dtype=np.float32)
        if operand.weight:
            drawn *= 1 / math.sqrt(fan_in or _fan_in(self.op, dims, self.attributes))
        return drawn.astype(kind)


def _fan_in(op, dims, attributes):
    """How many products make one output of a weight of these dimensions."""
    if op in ("Conv", "LSTM", "GRU"):
        return math.prod(dims[1:]) if op == "Conv" else dims[-1]
    if op == "ConvTranspose":
        return dims[0]
    if op == "Gemm":
        return dims[1 if attributes.get("transB") == "1" else 0]
    return 1 if op == "Gather" else dims[-2]


def build(row, seed=0):
    """-> the Graph of a row. ERRORS: ValueError, or ONNX's own for an invalid model."""
    from sinter_bench.operator_builders import BUILDERS  # it imports this module
    if row["dtype"] not in TYPES:
        raise ValueError(f"`{row['dtype']}` is no element type; those are {', '.join(TYPES)}")
    graph = Graph(row, seed)
    if graph.op in BUILDERS:
        BUILDERS[graph.op](graph)
        return graph
    _, known = schema(graph.op)
    if known is None:
        raise ValueError(f"`{graph.op}` has no function in operator_builders.py")
    names = [graph.take(operand) for operand in graph.operands]
    made = graph.add(graph.op, names, known.min_output, **typed(graph.op, graph.attributes))
    for name in [made] if known.min_output == 1 else made:
        # Of this one ONNX's inference says nothing; it is its data's.
        shape = graph.operands[0].dims if graph.op == "GroupNormalization" else None
        graph.output(name, graph.dtype, shape)
    return graph

