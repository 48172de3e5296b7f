"""The models that the suite service sends: as small as can be, and one of a given weight."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def _write(path, weights):
    """y = x + weights, for an x of as many dimensions as there are weights."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [weights.size]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "service", [x], [y],
                              [numpy_helper.from_array(weights, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save_model(model, path)


def make(folder, name, seed):
    """-> the path of the model called `name`: "tiny", or "16M" for one of 16 MiB of weights.

    Equal seeds make equal models. ERRORS: ValueError for other names.
    """
    if name == "tiny":
        count = 4
    elif name.endswith("M") and name[:-1].isdigit() and int(name[:-1]) > 0:
        count = int(name[:-1]) * (1 << 20) // 4
    else:
        raise ValueError(f"`{name}` is no model of the service suite: say `tiny`, or mebibytes of "
                         "weights such as `16M`")
    path = folder / f"{name}.onnx"
    if not path.exists():
        _write(path, np.random.default_rng(seed).standard_normal(count, dtype=np.float32))
    return path
