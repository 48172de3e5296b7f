#!/usr/bin/env python3
"""The operators of real models with their shapes, most costly first, as a table.

  operator_shapes.py --models=DIR [--op=Conv,MatMul] [--top=40] [NAME...]

Rows of workloads/operators.tsv are chosen from this list, so that a benchmark of an operator is one
that some model needs. Shapes come from shape inference at the first shape set of each row of
tests/models/manifest.tsv. A cost is an estimate from flops and bytes on a nominal core (100
GFLOP/s, 10 GB/s), good for an order and nothing else; equal nodes of a model are added up.
"""
import argparse
import collections
import pathlib
import sys

import onnx
from onnx import TensorProto

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sinter_bench import costs, workloads  # noqa: E402
from sinter_bench.shapes import Shapes, node_name  # noqa: E402

FLOPS_PER_S, BYTES_PER_S = 100e9, 10e9


def operand(shapes, name):
    shape = shapes.shape(name)
    dims = "?" if shape is None else "x".join(map(str, shape)) or "scalar"
    return f"{TensorProto.DataType.Name(shapes.element_type(name)).lower()}[{dims}]"


def attribute(value):
    if isinstance(value, (list, tuple)):
        return ",".join(map(attribute, value))
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value) if isinstance(value, (int, float)) else "…"


def seconds(shapes, node):
    flops = costs.node_flops(node_name(node), shapes.of(node.input), shapes.of(node.output),
                             costs.attributes_of(node)) or 0
    sizes = [shapes.bytes(name) or 0 for name in (*node.input, *node.output) if name]
    return max(flops / FLOPS_PER_S, sum(sizes) / BYTES_PER_S)


def nodes(model, shapes, wanted):
    """-> {(op, operands, attributes): (how many, their estimated seconds)}"""
    found = collections.defaultdict(lambda: (0, 0.0))
    for node in model.graph.node:
        name = node_name(node)
        if wanted and name not in wanted:
            continue
        attributes = sorted(costs.attributes_of(node).items())
        key = (name, " ".join(operand(shapes, n) for n in node.input if n),
               " ".join(f"{k}={attribute(v)}" for k, v in attributes))
        count, cost = found[key]
        found[key] = count + 1, cost + seconds(shapes, node)
    return found


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--op", help="operators, comma-separated; else all")
    parser.add_argument("--top", type=int, default=40, help="rows for each model")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args(argv)
    wanted, manifest = set(args.op.split(",")) if args.op else None, workloads.manifest()
    print("model\tus\tshare\tcount\top\toperands\tattributes")
    for name in args.names or manifest:
        model = onnx.load(args.models / f"{name}.onnx")
        shapes = Shapes(model, workloads.shape_set(name))
        found = nodes(model, shapes, wanted)
        total = sum(cost for _, cost in found.values()) or 1.0
        for key, (count, cost) in sorted(found.items(), key=lambda item: -item[1][1])[:args.top]:
            print(name, f"{cost * 1e6:.1f}", f"{cost / total:.1%}", count, *key, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
