#!/usr/bin/env python3
"""Holds the reference evaluator against ONNX's cases and our own, which ONNX Runtime judges.

  judge.py --binary=EVALUATE_CASES --cases=FOLDER [--cases=FOLDER ...] [--report=FILE]

Every case has to agree, but for those that unsupported.txt lists; a listed one that is supported by
now is a failure as well, so that the list stays true. Exit code: 0 when all is well.
"""
import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def evaluate(binary, folder):
    """-> {case: (verdict, the line)}"""
    done = subprocess.run([binary, folder, HERE / "looser.tsv"], capture_output=True, text=True, check=False)
    verdicts = {}
    for line in done.stdout.splitlines():
        verdict, _, rest = line.partition(" ")
        if verdict in ("OK", "FAIL", "UNSUPPORTED"):
            verdicts[rest.partition(":")[0].strip()] = (verdict, line)
    if not verdicts:
        raise SystemExit(f"reference: no verdicts on {folder}: {done.stderr[-300:]}")
    return verdicts


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--cases", type=pathlib.Path, action="append", required=True)
    parser.add_argument("--report", type=pathlib.Path)
    args = parser.parse_args(argv)
    listed = set((HERE / "unsupported.txt").read_text(encoding="utf-8").split())
    verdicts = {}
    for folder in args.cases:
        verdicts.update(evaluate(args.binary, folder))
    failed = [line for case, (verdict, line) in verdicts.items()
              if verdict == "FAIL" or (verdict == "UNSUPPORTED") != (case in listed)]
    for line in failed:
        print("FAIL", line)
    passed = len(verdicts) - len(failed)
    print(f"reference: {passed} cases as they have to be, {len(listed & set(verdicts))} of them not supported; "
          f"{len(failed)} wrong")
    if args.report:
        args.report.write_text(json.dumps({"passed": passed, "failed": len(failed), "skipped": 0}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
