#!/usr/bin/env python3
"""The conformance cases on other machines: cross-compiled, run under an emulator, compared as ever.

  cross.py --binary=CONFORMANCE --programs=DIR --cases=FOLDER [--cases=FOLDER ...] [--machine=NAME ...]
           [--all] [--only=TEXT] [--report=FILE]

DIR has runtime/tools/value_runner_aarch64 and value_runner_riscv64. Each machine of tests/machines.py (or
those named) gets a sample in which every operator occurs, with cases that differ from machine to machine;
--all runs every case. One that does not pass must stand in remaining.tsv, as on this machine. Exit code:
0 when all is well.
"""
import argparse
import json
import pathlib
import sys

import remaining
import run
from workers import run_all

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from machines import MACHINES  # noqa: E402  (beside this folder)

# What ./test runs: a machine of each kind.
SAMPLED = ["aarch64-neon", "aarch64-sve256", "riscv64-rvv", "riscv64-rvv512", "x86-64-v2", "x86-64-v3",
           "wasm32-simd128"]


def sample(cases, number):
    """-> the names of cases that have every operator between them; another choice for each `number`."""
    by_op = {}
    for case, row in sorted(cases.items()):
        for op in row["ops"].split(","):
            by_op.setdefault(op, []).append(case)
    chosen, covered = set(), set()
    for op, having in sorted(by_op.items()):
        if op in covered:
            continue
        case = having[(number * 7 + len(having) // 2) % len(having)]
        chosen.add(case)
        covered.update(cases[case]["all_ops"].split(","))
    return chosen


def run_machine(args, machine, number, cases):
    """-> {case: (verdict, detail)}, {case: what is wrong}"""
    looser = {row["case"]: row for row in run.read_tsv(run.LOOSER)}
    chosen = cases if args.all or args.only else sample(cases, number)
    argv = [args.binary, machine.target]
    if machine.emulator or machine.ending == "wasm":
        argv += machine.program(args.programs, "value_runner")
    results, measured = run_all(argv, {case: run.line_of(cases[case], looser.get(case, {}))
                                       for case in sorted(chosen) if args.only in case})
    failed = remaining.judge(remaining.read(run.REMAINING), results)
    passed = sum(verdict == "passed" for verdict, _ in results.values())
    for case, what in sorted(failed.items()):
        print(f"FAIL {machine.name} {case}  {what}")
    print(f"cross: {machine.name}: {passed} of {len(results)} cases pass, {len(failed)} contradict "
          f"remaining.tsv; {measured}", flush=True)
    return results, failed


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", required=True, help="//tests/onnx_conformance:conformance")
    parser.add_argument("--programs", required=True, help="a folder with value_runner_aarch64 and so on")
    parser.add_argument("--cases", type=pathlib.Path, required=True, action="append",
                        help="a folder with cases.tsv; may be repeated")
    parser.add_argument("--machine", action="append", choices=sorted(MACHINES))
    parser.add_argument("--all", action="store_true", help="every case instead of a sample")
    parser.add_argument("--only", default="", help="all cases whose KIND/NAME holds this")
    parser.add_argument("--report", type=pathlib.Path)
    args = parser.parse_args(argv)
    cases = run.read_cases(args.cases)
    report, total, failures = [], 0, 0
    for number, name in enumerate(args.machine or SAMPLED):
        results, failed = run_machine(args, MACHINES[name], number, cases)
        report += [{"case": f"{name}/{case}", "verdict": verdict, "detail": detail}
                   for case, (verdict, detail) in sorted(results.items())]
        total += sum(verdict == "passed" for verdict, _ in results.values())
        failures += len(failed)
    if args.report:
        args.report.write_text(json.dumps({"passed": total, "failed": failures, "skipped": 0,
                                           "cases": report}, indent=1) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
