#!/usr/bin/env python3
"""Writes random models with inputs and what ONNX Runtime makes of them, in the layout of ONNX's cases.

  generate.py FOLDER FIRST_SEED COUNT

FOLDER/random/SEED/model.onnx and test_data_set_0/{input,output}_N.pb; FOLDER/cases.tsv has a row each.
The same seed gives the same model. A model that ONNX Runtime does not take (it lacks some types)
has no outputs there: then the reference evaluator judges alone.
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

import contraction
import control_flow
import elementwise
import movement
import quantized
from graph import FLOATS, Graph

onnxruntime.set_default_logger_severity(4)
KINDS = (elementwise, elementwise, movement, contraction, quantized, control_flow)
WEIGHTS = (0.34, 0.1, 0.24, 0.24, 0.05, 0.03)
INPUT_TYPES = ("float32",) * 8 + ("float16", "float64", "int32", "int64", "uint8", "int8", "bool")
COLUMNS = ("kind", "case", "ops", "all_ops", "rtol", "atol", "random", "expanded")


def build(seed):
    """-> a Graph and its output Values."""
    rng = np.random.default_rng(seed)
    g = Graph(rng)
    for _ in range(int(rng.integers(1, 4))):
        g.input(str(rng.choice(INPUT_TYPES)), int(rng.choice([1, 2, 2, 3, 4, 4])))
    wanted = int(rng.integers(2, 16))
    weights = np.array(WEIGHTS) / sum(WEIGHTS)
    for _ in range(8 * wanted):
        if len(g.nodes) >= wanted:
            break
        operators = KINDS[int(rng.choice(len(KINDS), p=weights))].OPERATORS
        operators[int(rng.integers(0, len(operators)))](g)
    computed = {name for node in g.nodes for name in node.output}
    outputs = [v for v in g.values
               if v.name in computed and (v.name not in g.used or rng.random() < 0.1)]
    return g, outputs


def to_model(g, outputs):
    element = {v.name: helper.np_dtype_to_tensor_dtype(np.dtype(v.dtype)) for v in outputs}
    infos = [helper.make_tensor_value_info(v.name, element[v.name], None) for v in outputs]
    graph = helper.make_graph(g.nodes, "random", g.inputs, infos, g.initializers)
    opsets = [helper.make_opsetid(domain, version) for domain, version in g.domains.items()]
    return helper.make_model(graph, ir_version=10, producer_name="sinter", opset_imports=opsets)


def judge(model, feeds):
    """What ONNX Runtime says, or None if it does not take the model."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        return session.run(None, feeds)
    except Exception as error:
        if "NOT_IMPLEMENTED" in str(error) or "Could not find an implementation" in str(error):
            return None
        raise


def tolerance(outputs):
    types = {v.dtype for v in outputs if v.dtype in FLOATS}
    return "0.02" if "float16" in types else "0.001" if types else "0"


def write(folder, seed):
    g, outputs = build(seed)
    if not outputs:
        return None
    model = to_model(g, outputs)
    expected = judge(model, g.feeds)
    place = folder / "random" / str(seed)
    data = place / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    (place / "model.onnx").write_bytes(model.SerializeToString())
    for i, (name, array) in enumerate(g.feeds.items()):
        (data / f"input_{i}.pb").write_bytes(numpy_helper.from_array(array, name).SerializeToString())
    for i, value in enumerate(expected or []):
        proto = numpy_helper.from_array(np.asarray(value), outputs[i].name)
        (data / f"output_{i}.pb").write_bytes(proto.SerializeToString())
    ops = ",".join(sorted({node.op_type for node in g.nodes}))
    part = tolerance(outputs)
    return ("random", str(seed), ops, ops, part, part, "0", "0")


def main(argv):
    if len(argv) != 4:
        print(f"usage: {argv[0]} FOLDER FIRST_SEED COUNT", file=sys.stderr)
        return 2
    folder, first, count = pathlib.Path(argv[1]), int(argv[2]), int(argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in range(first, first + count):
        try:
            row = write(folder, seed)
        except Exception as error:
            raise RuntimeError(f"seed {seed}: {error}") from error
        if row is not None:
            rows.append(row)
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows)]
    (folder / "cases.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
