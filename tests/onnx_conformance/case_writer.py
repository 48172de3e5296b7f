"""Test cases in the layout of ONNX's own, with ONNX Runtime as the judge of the numbers.

A case is one node (or a small model) with seeded inputs; what ONNX Runtime answers, with all of its
graph optimizations off, is what the case expects.
"""

import pathlib
import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from export_cases import COLUMNS, row_of, store

onnxruntime.set_default_logger_severity(4)
MICROSOFT, ML = "com.microsoft", "ai.onnx.ml"
IR_VERSION = 10
# Written in ONNX's numbering so that a case without floats asks for equality.
TOLERANCES = {"exact": (0.0, 0.0), "f32": (1e-4, 1e-5), "half": (2e-3, 2e-3)}


def seeded(name):
    """The random numbers of one case: they do not change when other cases are added."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def tensor_type(array):
    return (
        helper.np_dtype_to_tensor_dtype(array.dtype) if array.dtype.kind not in "OU" else TensorProto.STRING
    )


def to_tensor(array, name):
    array = np.asarray(array)
    if array.dtype.kind in "OU":
        return helper.make_tensor(
            name, TensorProto.STRING, array.shape, [str(s).encode() for s in array.reshape(-1)]
        )
    return numpy_helper.from_array(array, name)


def type_of(value):
    """The TypeProto of a tensor, of a map of scalars or of a list of one of them."""
    if isinstance(value, list):
        return helper.make_sequence_type_proto(type_of(value[0]))
    if isinstance(value, dict):
        key, item = next(iter(value.items()))
        scalar = helper.make_tensor_type_proto(tensor_type(np.asarray(item)), None)
        return helper.make_map_type_proto(
            TensorProto.STRING if isinstance(key, str) else TensorProto.INT64, scalar
        )
    return helper.make_tensor_type_proto(tensor_type(value), value.shape)


def to_proto(value, name):
    """The message that stands for `value` in a .pb file."""
    if isinstance(value, dict):
        keys = list(value)
        found = onnx.MapProto(name=name)
        if isinstance(keys[0], str):
            found.key_type = TensorProto.STRING
            found.string_keys.extend(k.encode() for k in keys)
        else:
            found.key_type = TensorProto.INT64
            found.keys.extend(keys)
        found.values.elem_type = onnx.SequenceProto.TENSOR
        found.values.tensor_values.extend(to_tensor(np.asarray(v), "") for v in value.values())
        return found
    if isinstance(value, list):
        maps = isinstance(value[0], dict)
        found = onnx.SequenceProto(
            name=name, elem_type=(onnx.SequenceProto.MAP if maps else onnx.SequenceProto.TENSOR)
        )
        (found.map_values if maps else found.tensor_values).extend(to_proto(v, "") for v in value)
        return found
    return to_tensor(value, name)


def settled(value):
    """What ONNX Runtime answers, in the types that the functions above know."""
    if isinstance(value, list):
        return [settled(v) for v in value]
    if isinstance(value, dict):
        return {k: np.float32(v) if isinstance(v, float) else v for k, v in value.items()}
    return np.asarray(value)


def run(model, feeds):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [settled(v) for v in session.run(None, feeds)]


class CaseWriter:
    """Writes cases below one folder and remembers their rows of cases.tsv."""

    def __init__(self, folder):
        self.folder, self.rows = pathlib.Path(folder), []

    def node(
        self,
        kind,
        name,
        op_type,
        inputs,
        outputs=1,
        *,
        domain="",
        onnx=21,
        version=1,
        constants=(),
        tolerance="f32",
        expected=None,
        **attributes,
    ):
        """A model of one node. inputs: arrays, None for one left out. outputs: how many, or a string
        of 1 and 0 for those wanted. onnx, version: opset of ai.onnx and of `domain`. constants:
        numbers of the inputs that are initializers. expected: see graph()."""
        inputs = [np.asarray(v) if isinstance(v, np.generic) else v for v in inputs]
        kept = [True] * outputs if isinstance(outputs, int) else [c == "1" for c in outputs]
        ins = ["" if v is None else f"x{i}" for i, v in enumerate(inputs)]
        outs = [f"y{i}" if wanted else "" for i, wanted in enumerate(kept)]
        node = helper.make_node(op_type, ins, outs, domain=domain, **attributes)
        values = {n: v for n, v in zip(ins, inputs) if n}
        fixed = [ins[i] for i in constants]
        opsets = {"": onnx, domain: version} if domain else {"": onnx}
        self.graph(
            kind,
            name,
            [node],
            values,
            [n for n in outs if n],
            opsets=opsets,
            fixed=fixed,
            tolerance=tolerance,
            expected=expected,
        )

    def graph(
        self,
        kind,
        name,
        nodes,
        values,
        outputs,
        *,
        opsets,
        fixed=(),
        tolerance="f32",
        judge=None,
        expected=None,
    ):
        """A model of several nodes. judge: nodes that ONNX Runtime runs in place of ours. expected:
        outputs known by hand, where ONNX Runtime cannot be asked."""
        feeds = {n: v for n, v in values.items() if n not in fixed}
        initializers = [to_tensor(values[n], n) for n in fixed]
        infos = [helper.make_value_info(n, type_of(v)) for n, v in feeds.items()]

        def model_of(its_nodes, results):
            graph = helper.make_graph(its_nodes, name, infos, results, initializers)
            return helper.make_model(
                graph,
                ir_version=IR_VERSION,
                producer_name="sinter",
                opset_imports=[helper.make_opsetid(d, v) for d, v in opsets.items()],
            )

        untyped = [onnx.ValueInfoProto(name=n) for n in outputs]
        try:
            found = expected or run(model_of(judge or nodes, untyped), feeds)
        except Exception as error:
            raise RuntimeError(f"{kind}/{name}: {error}") from error
        model = model_of(nodes, [helper.make_value_info(n, type_of(v)) for n, v in zip(outputs, found)])
        place = self.folder / kind / name
        store(model, place / "model.onnx")
        for stem, pairs in (("input", list(feeds.items())), ("output", list(zip(outputs, found)))):
            for index, (label, value) in enumerate(pairs):
                store(to_proto(value, label), place / "test_data_set_0" / f"{stem}_{index}.pb")
        row = list(row_of(kind, onnx_case(name, tolerance), model))
        self.rows.append(row)

    def write_rows(self):
        """Adds our rows to cases.tsv, in place of those of the same kinds."""
        path = self.folder / "cases.tsv"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ["\t".join(COLUMNS)]
        own = {row[0] for row in self.rows}
        lines = [line for line in lines if line.split("\t")[0] not in own]
        lines += ["\t".join(row) for row in sorted(self.rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class onnx_case:
    """What row_of() asks of a case of ONNX's own."""

    def __init__(self, name, tolerance):
        self.name = name
        self.rtol, self.atol = TOLERANCES[tolerance]
