"""ONNX Runtime as the judge of a model's numbers."""
import csv
import os
import pathlib
import urllib.parse

import numpy as np
import onnxruntime

HERE = pathlib.Path(__file__).resolve().parent
DTYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int32)": np.int32,
          "tensor(int64)": np.int64, "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_}


def manifest():
    """-> {name: row}, in the manifest's order."""
    with open(HERE / "manifest.tsv", newline="", encoding="utf-8") as file:
        return {row["name"]: row for row in csv.DictReader(file, delimiter="\t")}


def session(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(os.fspath(path), options, providers=["CPUExecutionProvider"])


def input_dtypes(judge):
    return {value.name: DTYPES[value.type] for value in judge.get_inputs()}


def file_name(tensor):
    """The file that `sinter run` writes a tensor to: its name, percent-encoded."""
    return urllib.parse.quote(tensor, safe=" !#$&'()+,;=@[]{}^~`:") + ".npy"


def distance(found, wanted):
    """-> max|found - wanted| / max|wanted|, infinite where type, shape or the odd values differ."""
    if found.dtype != wanted.dtype or found.shape != wanted.shape:
        return float("inf")
    if not np.issubdtype(wanted.dtype, np.floating):
        return 0.0 if np.array_equal(found, wanted) else float("inf")
    if not np.array_equal(np.isfinite(found), np.isfinite(wanted)):
        return float("inf")
    finite = np.isfinite(wanted)
    if not finite.any():
        return 0.0
    found, wanted = found[finite].astype(np.float64), wanted[finite].astype(np.float64)
    return float(abs(found - wanted).max() / max(abs(wanted).max(), 1e-30))
