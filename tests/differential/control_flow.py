"""If and Loop around values of the graph: each takes a Graph and adds nodes, or returns None."""
import numpy as np
from onnx import TensorProto, helper

BRANCH = ("Relu", "Neg", "Abs", "Tanh", "Sigmoid")


def boxes():
    return lambda v: v.dtype == "float32" and np.prod(v.shape) <= 4000


def if_(g):
    x = g.pick(boxes())
    if x is None:
        return None
    chosen = g.pick(lambda v: v.dtype == "bool" and v.rank == 0)
    if chosen is None:
        chosen = g.input("bool", 0)
    g.used.add(x.name)
    branches = {}
    for label in ("then", "else"):
        out = g.fresh(label)
        op = str(g.rng.choice(BRANCH))
        branches[f"{label}_branch"] = helper.make_graph(
            [helper.make_node(op, [x.name], [out])], label, [],
            [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)])
    return g.node("If", [chosen], "float32", x.shape, **branches)


def loop(g):
    """Three or so times: state = f(state) + captured, and each state is also stacked."""
    x = g.pick(boxes())
    if x is None:
        return None
    trips = int(g.rng.integers(1, 4))
    names = {k: g.fresh(k) for k in ("i", "c", "s", "co", "f", "so", "st")}
    op = str(g.rng.choice(["Tanh", "Sigmoid", "Sin"]))
    g.used.add(x.name)
    body = helper.make_graph(
        [helper.make_node("Identity", [names["c"]], [names["co"]]),
         helper.make_node(op, [names["s"]], [names["f"]]),
         helper.make_node("Add", [names["f"], x.name], [names["so"]]),
         helper.make_node("Identity", [names["so"]], [names["st"]])],
        "body",
        [helper.make_tensor_value_info(names["i"], TensorProto.INT64, []),
         helper.make_tensor_value_info(names["c"], TensorProto.BOOL, []),
         helper.make_tensor_value_info(names["s"], TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info(names["co"], TensorProto.BOOL, []),
         helper.make_tensor_value_info(names["so"], TensorProto.FLOAT, None),
         helper.make_tensor_value_info(names["st"], TensorProto.FLOAT, None)])
    count = g.constant(np.array(trips, np.int64))
    return g.node("Loop", [count, "", x], "float32", x.shape, spare=1, body=body)


OPERATORS = (if_, loop)
