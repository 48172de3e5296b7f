#!/usr/bin/env python3
"""Writes test cases of what ONNX's own do not cover, judged by ONNX Runtime.

  export_contrib_cases.py FOLDER

  FOLDER/contrib  operators of com.microsoft (contrib_cases.py)
  FOLDER/ml       operators of ai.onnx.ml (ml_cases.py, ml_model_cases.py)
  FOLDER/more     recurrent, quantized and control flow operators and old versions (more_cases.py)
  FOLDER/cases.tsv gets their rows

The layout is that of export_cases.py, and so is what makes a run repeatable: seeds, and the pinned
versions in tools/setup.d/judges.txt.
"""
import shutil
import sys
import warnings

import contrib_cases
import contrib_attention_cases
import contrib_quantized_cases
import ml_cases
import ml_model_cases
import more_cases
import old_version_cases
from case_writer import CaseWriter

PARTS = (
    contrib_cases,
    contrib_attention_cases,
    contrib_quantized_cases,
    ml_cases,
    ml_model_cases,
    more_cases,
    old_version_cases,
)


def main(argv):
    if len(argv) != 2:
        print(f"usage: {argv[0]} FOLDER", file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore")
    writer = CaseWriter(argv[1])
    for kind in ("contrib", "ml", "more"):
        shutil.rmtree(writer.folder / kind, ignore_errors=True)
    for part in PARTS:
        part.write(writer)
    writer.write_rows()
    print(f"{len(writer.rows)} cases in {writer.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
