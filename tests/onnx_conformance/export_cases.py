#!/usr/bin/env python3
"""Writes the ONNX project's own backend test cases as files.

  export_cases.py FOLDER

  FOLDER/KIND/CASE/model.onnx, test_data_set_N/{input,output}_J.pb
  FOLDER/cases.tsv: one row a case (columns: see COLUMNS)

The cases are computed by the `onnx` package from its reference implementations with fixed seeds, so
the same versions of onnx and numpy (tools/setup.d/judges.txt) write the same bytes. Left out are the
kind `real`, whose models would have to be downloaded, and the training operators.
"""
import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test import loader

KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted")
# kind, case: where it lies. ops: operator types of the graph itself. all_ops: of its subgraphs and
# functions too. rtol, atol: ONNX's own tolerance. random: 1 if only type and shape are fixed.
# expanded: 1 if the case spells out an operator's function body.
COLUMNS = ("kind", "case", "ops", "all_ops", "rtol", "atol", "random", "expanded")
RANDOM_OPS = {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
              "RandomUniformLike"}
# Dropout in training: the masks that ONNX expects are those of numpy's generator.
RANDOM_CASES = {"test_training_dropout", "test_training_dropout_default",
                "test_training_dropout_default_mask", "test_training_dropout_mask"}
ENCODERS = {"sequence_type": numpy_helper.from_list, "optional_type": numpy_helper.from_optional,
            "map_type": numpy_helper.from_dict}


def walk(nodes):
    """Every node, those inside of subgraphs included."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                yield from walk(graph.node)


def full_name(node):
    return node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"


def encode(value, info):
    """One input or output in the protobuf form that its declared type asks for."""
    if isinstance(value, (onnx.TensorProto, onnx.SequenceProto, onnx.OptionalProto)):
        return value
    encoder = ENCODERS.get(info.type.WhichOneof("value"))
    return encoder(value, info.name) if encoder else numpy_helper.from_array(np.asarray(value), info.name)


def store(message, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(message.SerializeToString(deterministic=True))


def export(case, folder):
    """-> the case's model, after writing everything."""
    if case.model is None:
        shutil.copytree(case.model_dir, folder)
        return onnx.load(folder / "model.onnx")
    store(case.model, folder / "model.onnx")
    graph = case.model.graph
    for number, (given, wanted) in enumerate(case.data_sets):
        for stem, values, infos in (("input", given, graph.input), ("output", wanted, graph.output)):
            for index, (value, info) in enumerate(zip(values, infos)):
                store(encode(value, info), folder / f"test_data_set_{number}" / f"{stem}_{index}.pb")
    return case.model


def row_of(kind, case, model):
    own = {(f.domain, f.name) for f in model.functions}
    top = {full_name(n) for n in model.graph.node if (n.domain, n.op_type) not in own}
    every = [n for nodes in (model.graph.node, *(f.node for f in model.functions)) for n in walk(nodes)]
    deep = {full_name(n) for n in every if (n.domain, n.op_type) not in own}
    random = bool(deep & RANDOM_OPS) or case.name in RANDOM_CASES
    return (kind, case.name, ",".join(sorted(top)), ",".join(sorted(deep)), f"{case.rtol:g}",
            f"{case.atol:g}", str(int(random)), str(int("_expanded" in case.name)))


def main(argv):
    if len(argv) != 2:
        print(f"usage: {argv[0]} FOLDER", file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore")
    folder, rows = pathlib.Path(argv[1]), []
    for kind in KINDS:
        for case in sorted(loader.load_model_tests(kind=kind), key=lambda c: c.name):
            if case.model is not None and any("training" in n.domain for n in walk(case.model.graph.node)):
                continue
            rows.append(row_of(kind, case, export(case, folder / kind / case.name)))
    lines = ["\t".join(row) for row in [COLUMNS, *rows]]
    (folder / "cases.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} cases in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
