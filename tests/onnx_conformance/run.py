#!/usr/bin/env python3
"""Backend test cases, ONNX's own and others in their layout, against our compiler and runtime.

  run.py --binary=CONFORMANCE --cases=FOLDER [--cases=FOLDER ...] [--report=FILE] [--update]
         [--only=TEXT] [--target=NAME]

Every case is compiled, run and compared with what it expects. One that does not pass must stand in
remaining.tsv with its reason, and one that stands there must not pass; a wrong answer, an error or a
crash is a failure unless a reason written by hand excuses it (see remaining.py). The tables in
docs/reference/onnx_coverage.md follow from the same list; a file that differs fails as well. --update
rewrites both from this run: look at the difference before you commit it. Exit code: 0 when all is
well.
"""
import argparse
import csv
import json
import pathlib
import sys

import coverage_table
import remaining
from workers import run_all

HERE = pathlib.Path(__file__).resolve().parent
REMAINING = HERE / "remaining.tsv"
LOOSER = HERE / "looser.tsv"
TABLE = HERE.parents[1] / "docs" / "reference" / "onnx_coverage.md"


def read_tsv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_cases(folders):
    """-> {KIND/CASE: its row of cases.tsv, and its folder}"""
    cases = {}
    for folder in folders:
        for row in read_tsv(folder / "cases.tsv"):
            name = f"{row['kind']}/{row['case']}"
            if name in cases:
                raise SystemExit(f"{name} is in {folder} and in {cases[name]['folder'].parents[1]}")
            cases[name] = {**row, "folder": folder / row["kind"] / row["case"]}
    return cases


def line_of(row, looser):
    """What the binary is told of a case. looser: its row of looser.tsv, if it has one."""
    return "\t".join([str(row["folder"]), row["rtol"], looser.get("atol") or row["atol"], row["random"],
                      looser.get("units") or "1"])


def check_table(cases, listed, update):
    """-> what is wrong with the checked-in tables, or None."""
    found = TABLE.read_text(encoding="utf-8") if TABLE.is_file() else ""
    missing = coverage_table.kinds_in(found) - {row["kind"] for row in cases.values()}
    if missing:
        print(f"conformance: {TABLE.name} is not looked at, as there are no cases of "
              + ", ".join(sorted(missing)))
        return None
    text = coverage_table.render(cases, listed)
    if update:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(text, encoding="utf-8")
        return None
    return None if found == text else "differs from what remaining.tsv says; run with --update"


def write_report(path, results, failed, measured):
    count = {v: sum(verdict == v for verdict, _ in results.values()) for v in ("passed", "refused")}
    cases = [{"case": c, "verdict": v, "detail": d} for c, (v, d) in sorted(results.items())]
    path.write_text(json.dumps({"passed": count["passed"], "failed": len(failed), "skipped": 0,
                                "refused": count["refused"], "seconds": round(measured.seconds, 1),
                                "peak_bytes": measured.peak_bytes, "cases": cases}, indent=1) + "\n")


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", required=True, help="//tests/onnx_conformance:conformance")
    parser.add_argument("--cases", type=pathlib.Path, required=True, action="append",
                        help="a folder with cases.tsv; may be repeated")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only cases whose KIND/NAME holds this")
    parser.add_argument("--target", default="", help="by name; default: this machine")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args(argv)
    cases, listed = read_cases(args.cases), remaining.read(REMAINING)
    looser = {row["case"]: row for row in read_tsv(LOOSER)}

    results, measured = run_all([args.binary, *([args.target] if args.target else [])],
                                {case: line_of(row, looser.get(case, {}))
                                 for case, row in cases.items() if args.only in case})
    if args.update:
        listed = remaining.updated(listed, results)
        remaining.write(REMAINING, listed)
    failed = remaining.judge(listed, results)
    for case in sorted(listed):
        if case not in cases and any(row["kind"] == case.split("/")[0] for row in cases.values()):
            failed[case] = "remaining.tsv lists it, but there is no such case"
    problem = check_table(cases, listed, args.update)
    if problem:
        failed[str(TABLE.relative_to(HERE.parents[1]))] = problem
    for case in sorted(failed):
        print(f"FAIL {case}  {failed[case]}")
    passed = sum(verdict == "passed" for verdict, _ in results.values())
    print(f"conformance: {passed} of {len(results)} cases pass, {len(results) - passed} do not, "
          f"{len(failed)} contradict remaining.tsv; {measured}")
    if args.report:
        write_report(args.report, results, failed, measured)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
