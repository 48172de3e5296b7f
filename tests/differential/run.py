#!/usr/bin/env python3
"""Random models, each judged three ways: our artifact, our reference evaluator, ONNX Runtime.

  run.py --binary=JUDGE [--seed=N] [--count=N] [--report=FILE] [--keep=FOLDER]

Makes `count` models from `seed` on (generate.py), and runs them together with those of regressions/,
on which we were wrong once. A model that the compiler refuses proves nothing; more than a quarter of
them is a failure. --keep leaves the models there. Exit code: 0 when all agree.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REGRESSIONS = HERE / "regressions"
sys.path.insert(0, str(HERE.parent / "onnx_conformance"))

from workers import run_all  # noqa: E402  (in the neighbouring folder)

MOST_REFUSED = 0.25


def cases_in(folder):
    return sorted(path.parent for path in folder.glob("**/model.onnx"))


def write_report(path, results, failed):
    cases = [{"case": c, "verdict": v, "detail": d} for c, (v, d) in sorted(results.items())]
    passed = sum(verdict == "passed" for verdict, _ in results.values())
    path.write_text(json.dumps({"passed": passed, "failed": len(failed), "skipped": 0,
                                "cases": cases}, indent=1) + "\n")


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", required=True, help="//tests/differential:judge")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sinter-random-") as temp:
        folder = args.keep or pathlib.Path(temp)
        subprocess.run([sys.executable, HERE / "generate.py", folder, str(args.seed), str(args.count)],
                       check=True)
        fresh = cases_in(folder)
        lines = {str(case): str(case) for case in fresh + cases_in(REGRESSIONS)}
        results, measured = run_all([args.binary], lines)
    failed = {case: f"{verdict}: {detail}" for case, (verdict, detail) in results.items()
              if verdict not in ("passed", "refused")}
    refused = [case for case, (verdict, _) in results.items() if verdict == "refused"]
    for case in refused:
        if pathlib.Path(case).is_relative_to(REGRESSIONS):
            failed[case] = "is refused, and was computed once"
    if len(refused) > MOST_REFUSED * len(results):
        failed["random models"] = f"{len(refused)} of {len(results)} are refused"
    for case in sorted(failed):
        print(f"FAIL {case}  {failed[case]}")
    print(f"differential: {len(results)} models, {len(refused)} refused, {len(failed)} wrong; {measured}")
    if args.report:
        write_report(args.report, results, failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
