#!/usr/bin/env python3
"""Small models compiled for other machines, run under an emulator, judged by ONNX Runtime.

  cross.py --sinter=bin/sinter --runners=DIR --models=DIR [--report=FILE]

DIR of --runners has runtime/tools/abi_runner_aarch64 and abi_runner_riscv64. A case is one model on
one machine, at the first shape set of its row. Runs in the judges' environment. Exit code: 0 when
every case passes.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import inputs
import judge

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machines import MACHINES  # noqa: E402  (beside this folder)

MODELS = ["ppocr_v2_cls", "mtcnn_rnet", "mtcnn_onet", "attacut_sc"]
ON = ["aarch64-neon", "aarch64-sve256", "riscv64-rvv", "riscv64-rvv512", "riscv64-rvv-on-512",
      "wasm32-simd128"]


def run(argv):
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"`{os.path.basename(argv[0])}` exits {done.returncode}: {done.stdout[-400:]}")


def run_case(args, name, machine, folder):
    """-> the largest distance over all outputs."""
    model, row = args.models / (name + ".onnx"), judge.manifest()[name]
    library = os.path.join(folder, f"{name}.{machine.ending}")
    run([args.sinter, "compile", str(model), f"--target={machine.target}", "-o", library, "--local",
         f"--state-dir={folder}/state"])
    reference = judge.session(model)
    arrays = inputs.make(row, inputs.shape_sets(row)[0], judge.input_dtypes(reference))
    files = []
    for value in reference.get_inputs():
        files.append(os.path.join(folder, f"in{len(files)}.npy"))
        np.save(files[-1], np.ascontiguousarray(arrays[value.name]))
    run([*machine.program(args.runners, "abi_runner"), library, folder, *files])
    wanted = reference.run(None, arrays)
    return max(judge.distance(np.load(os.path.join(folder, f"output_{i}.npy")), value)
               for i, value in enumerate(wanted))


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sinter", required=True)
    parser.add_argument("--runners", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--report", type=pathlib.Path)
    args = parser.parse_args(argv)
    cases = []
    for name in MODELS:
        tolerance = float(judge.manifest()[name]["tolerance"])
        for machine in ON:
            case = f"{name}/{machine}"
            with tempfile.TemporaryDirectory(prefix="sinter-cross-") as folder:
                try:
                    worst = run_case(args, name, MACHINES[machine], folder)
                    passed, detail = worst <= tolerance, f"{worst:.1e}, may be {tolerance}"
                except (RuntimeError, OSError, ValueError) as error:
                    passed, detail = False, str(error)
            cases.append({"case": case, "passed": passed, "detail": detail})
            print(f"{'PASS' if passed else 'FAIL'} {case}  {detail}", flush=True)
    failed = sum(not case["passed"] for case in cases)
    print(f"cross: {len(cases) - failed} passed, {failed} failed")
    if args.report:
        args.report.write_text(json.dumps({"passed": len(cases) - failed, "failed": failed,
                                           "skipped": 0, "cases": cases}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
