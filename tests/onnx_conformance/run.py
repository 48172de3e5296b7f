#!/usr/bin/env python3
"""ONNX's backend test cases against our compiler and runtime.

  run.py --binary=CONFORMANCE --cases=FOLDER [--report=FILE] [--update] [--only=TEXT] [--target=NAME]

Every case is compiled, run and compared with what ONNX expects, or must be refused as UNIMPLEMENTED
with the operator's name. A case fails if it gives a wrong answer, an error or a crash, and also if
supported.txt lists it and it is refused. The table in docs/reference/onnx_coverage.md follows from
supported.txt; a table that differs fails as well. --update rewrites both from this run: look at the
difference before you commit it. Exit code: 0 when all is well.
"""
import argparse
import csv
import json
import os
import pathlib
import queue
import select
import subprocess
import sys
import tempfile
import threading

import coverage_table

HERE = pathlib.Path(__file__).resolve().parent
SUPPORTED = HERE / "supported.txt"
LOOSER = HERE / "looser.tsv"
TABLE = HERE.parents[1] / "docs" / "reference" / "onnx_coverage.md"
TIMEOUT_S = 120


class Driver:
    """One process that runs cases; it is replaced when a case takes it down."""

    def __init__(self, argv):
        self.argv, self.process = argv, None
        self.log = tempfile.TemporaryFile()

    def run(self, line):
        """-> (verdict, detail) of one case."""
        if self.process is None:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=self.log, text=True, bufsize=1)
        self.log.truncate(0)
        try:
            self.process.stdin.write(line + "\n")
        except BrokenPipeError:
            return self.replace("crashed")
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT_S)
        answer = self.process.stdout.readline() if ready else ""
        if not answer:
            return self.replace("crashed" if ready else f"no answer in {TIMEOUT_S} s")
        _, verdict, detail = answer.rstrip("\n").split("\t", 2)
        return verdict, detail

    def replace(self, what):
        self.process.kill()
        code = self.process.wait()
        self.process = None
        self.log.seek(0)
        tail = " ".join(self.log.read().decode(errors="replace").replace("\0", "").split())[-300:]
        return "failed", f"{what} (exit {code}) {tail}".strip()

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(timeout=30)


def run_all(args, rows):
    """-> {case: (verdict, detail)}; as many drivers at a time as there are processors."""
    waiting, results, lock = queue.Queue(), {}, threading.Lock()
    for row in rows:
        waiting.put(row)
    argv = [args.binary, *([args.target] if args.target else [])]
    with open(LOOSER, newline="", encoding="utf-8") as file:
        units = {row["case"]: row["units"] for row in csv.DictReader(file, delimiter="\t")}

    def work():
        driver = Driver(argv)
        while True:
            try:
                row = waiting.get_nowait()
            except queue.Empty:
                return driver.close()
            folder = args.cases / row["kind"] / row["case"]
            case = row["kind"] + "/" + row["case"]
            result = driver.run("\t".join([str(folder), row["rtol"], row["atol"], row["random"],
                                           units.get(case, "1")]))
            with lock:
                results[case] = result
                if len(results) % 250 == 0:
                    print(f"conformance: {len(results)} of {len(rows)}", flush=True)

    threads = [threading.Thread(target=work) for _ in range(os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(results) != len(rows):
        raise RuntimeError(f"only {len(results)} of {len(rows)} cases were run")
    return results


def judge(results, supported):
    """-> (cases that count as passed, {failed case: why}, cases that newly pass)."""
    passed = {case for case, (verdict, _) in results.items() if verdict == "passed"}
    failed = {case: f"{verdict}: {detail}" for case, (verdict, detail) in results.items()
              if verdict in ("wrong", "failed")}
    for case in supported & results.keys():
        if results[case][0] == "refused":
            failed[case] = "was supported, is now refused: " + results[case][1]
    return passed, failed, passed - supported


def check_table(rows, supported, update):
    """-> what is wrong with the checked-in table, or None."""
    text = coverage_table.render(rows, supported)
    if update:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(text, encoding="utf-8")
    found = TABLE.read_text(encoding="utf-8") if TABLE.is_file() else ""
    return None if found == text else "differs from what supported.txt says; run with --update"


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", required=True, help="//tests/onnx_conformance:conformance")
    parser.add_argument("--cases", type=pathlib.Path, required=True)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--target", default="", help="by name; default: this machine")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args(argv)
    with open(args.cases / "cases.tsv", newline="", encoding="utf-8") as file:
        every = list(csv.DictReader(file, delimiter="\t"))
    rows = [row for row in every if args.only in row["case"]]
    supported = set(SUPPORTED.read_text(encoding="utf-8").split()) if SUPPORTED.is_file() else set()

    results = run_all(args, rows)
    passed, failed, new = judge(results, supported)
    if args.update:
        supported = (supported - results.keys()) | passed
        SUPPORTED.write_text("".join(case + "\n" for case in sorted(supported)), encoding="utf-8")
        new = set()
    problem = check_table(every, supported, args.update)
    if problem:
        failed[str(TABLE.relative_to(HERE.parents[1]))] = problem
    for case in sorted(failed):
        print(f"FAIL {case}  {failed[case]}")
    if new:
        print(f"{len(new)} cases pass that supported.txt does not list yet (--update adds them), "
              "such as " + ", ".join(sorted(new)[:5]))
    refused = sum(verdict == "refused" for verdict, _ in results.values())
    print(f"conformance: {len(passed)} passed, {len(failed)} failed; "
          f"{refused} cases are of operators that we refuse by name")
    if args.report:
        cases = [{"case": c, "verdict": v, "detail": d} for c, (v, d) in sorted(results.items())]
        args.report.write_text(json.dumps({"passed": len(passed), "failed": len(failed), "skipped": 0,
                                           "refused": refused, "cases": cases}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
