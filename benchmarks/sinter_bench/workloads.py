"""A row of a table becomes files: an ONNX model, its inputs as .npy, and what the row is known for.

`make(suite, row, options)` is what suites call. Operators are built from their row
(operator_graph.py); models are those of tests/models, with the inputs that its tests judge them by.
The same row and seed give the same bytes on every machine.

`extra` goes into results as it is: family, dtype, op, tolerance, flops, bytes, and size_series and
size of rows that show how cost grows. flops and bytes come from shapes (costs.py); those of a whole
model are the products of its matrix products and convolutions, and its inputs, weights and outputs.
"""
import csv
import dataclasses
import functools
import importlib.util
import os
import pathlib

import numpy as np
import onnx
from onnx import helper

from sinter_bench import costs, operator_graph
from sinter_bench.shapes import Shapes

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = pathlib.Path(os.environ.get("SINTER_BENCH_MODELS", "/opt/sinter/deps/models"))

# Of the largest value of the judge's output. Quantized outputs may be one step off.
TOLERANCES = {"f32": 1e-4, "f64": 1e-10, "f16": 5e-3, "bf16": 3e-2, "i8": 1e-2, "u8": 1e-2}


@dataclasses.dataclass
class Workload:
    suite: str
    name: str
    model: pathlib.Path
    inputs: dict  # {name: path of its .npy}
    extra: dict = dataclasses.field(default_factory=dict)


@functools.cache
def _model_inputs():
    """tests/models/inputs.py, which knows what to feed each model."""
    path = ROOT / "tests" / "models" / "inputs.py"
    spec = importlib.util.spec_from_file_location("sinter_model_inputs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def manifest():
    """-> {model: row} of tests/models/manifest.tsv."""
    path = ROOT / "tests" / "models" / "manifest.tsv"
    with open(path, newline="", encoding="utf-8") as file:
        return {row["name"]: row for row in csv.DictReader(file, delimiter="\t")}


def shape_set(name, number=0):
    """-> {input: dims} of a model's row in the manifest."""
    return _model_inputs().shape_sets(manifest()[name])[number]


def _write_inputs(arrays, folder):
    """-> {name: path}; files have numbers for names, since a tensor's name may hold anything."""
    paths = {}
    for number, (name, array) in enumerate(arrays.items()):
        paths[name] = folder / f"input{number}.npy"
        np.save(paths[name], array)
    return paths


def _tolerance(row, otherwise):
    return float(otherwise if row["tolerance"] == "-" else row["tolerance"])


def operator(row, folder, seed=0):
    """-> Workload of a row of operators.tsv, its files in `folder`."""
    graph = operator_graph.build(row, seed)
    model = graph.model()
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    shapes = Shapes(model, {name: array.shape for name, array in graph.inputs.items()})
    extra = {"family": row["family"], "op": row["op"], "dtype": row["dtype"], "from": row["from"],
             "tolerance": _tolerance(row, TOLERANCES.get(row["dtype"], 0.0)),
             "flops": costs.graph_flops(model, shapes), "bytes": costs.graph_bytes(model, shapes)}
    if row["series"] != "-":
        extra.update(size_series=row["series"], size=int(row["size"]))
    return Workload("operators", row["name"], path, _write_inputs(graph.inputs, folder), extra)


def _dtypes(model):
    constants = {tensor.name for tensor in model.graph.initializer}
    return {value.name: helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
            for value in model.graph.input if value.name not in constants}


def model_file(row, folder, seed=0, models=MODELS):
    """-> Workload of a row of models.tsv: the model's own file, its inputs in `folder`."""
    source = manifest().get(row["model"])
    if source is None:
        raise ValueError(f"`{row['model']}` is no model of tests/models/manifest.tsv")
    path = models / f"{row['model']}.onnx"
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: `tools/fetch_models` brings it")
    sets = _model_inputs().shape_sets(source)
    if not 0 <= int(row["shapes"]) < len(sets):
        raise ValueError(f"`{row['model']}` has {len(sets)} sets of shapes, "
                         f"there is no {row['shapes']}")
    dims = sets[int(row["shapes"])]
    model = onnx.load(path, load_external_data=False)
    arrays = _model_inputs().make(source, dims, _dtypes(model), seed)
    shapes = Shapes(model, dims)
    extra = {"family": row["family"], "dtype": row["dtype"], "tags": row["tags"].split(","),
             "tolerance": _tolerance(row, source["tolerance"]),
             "flops": costs.graph_flops(model, shapes, costs.HEAVY) or None,
             "bytes": costs.graph_bytes(model, shapes)}
    return Workload("models", row["name"], path, _write_inputs(arrays, folder), extra)


def make(suite, row, options):
    """-> Workload of a row that rows.read() gave; its files go below options.work_dir.

    ERRORS: ValueError that names file and line, FileNotFoundError for a model that is not there.
    """
    folder = pathlib.Path(options.work_dir) / "workloads" / suite / row["name"]
    folder.mkdir(parents=True, exist_ok=True)
    one = {"operators": operator, "models": model_file}[suite]
    try:
        return one(row, folder, options.seed)
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, IndexError, TypeError, onnx.checker.ValidationError,
            onnx.shape_inference.InferenceError) as error:
        raise ValueError(f"{row['where']}: `{row['name']}`: {_told(error)}") from error


def _told(error):
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return " ".join(str(error).split())[:400] or type(error).__name__
