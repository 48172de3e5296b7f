#!/usr/bin/env python3
"""Adds up test cases from what the runs wrote, and prints `N passed, N failed, N skipped`.

  count_tests.py --bazel=EVENTS --bazel-code=CODE REPORT...

EVENTS is Bazel's build event file: the cases are those of each test's own test.xml, also when Bazel
took a result from its cache. A target that could not be built or timed out counts as one failure,
and so does a REPORT that is missing. Exit code: 0 when nothing failed and something passed.
"""
import argparse
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree


def cases_of(path):
    """-> (passed, failed, skipped) in one test.xml."""
    passed = failed = skipped = 0
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def results_of(event):
    """-> the path of an attempt's test.xml, or None."""
    for output in event["testResult"].get("testActionOutput", []):
        if output["name"] == "test.xml":
            return urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
    return None


def from_bazel(path, code):
    """-> (passed, failed, skipped) of a whole run; the targets that failed go to stdout."""
    last, states = {}, {}
    with open(path, encoding="utf-8") as file:
        for event in map(json.loads, file):
            if "testResult" in event:
                name = event["id"]["testResult"]
                last[name["label"], name.get("shard"), name.get("run")] = results_of(event)
            elif "testSummary" in event:
                states[event["id"]["testSummary"]["label"]] = event["testSummary"]["overallStatus"]
    total = [0, 0, 0]
    failed_cases = {}
    for (label, _, __), xml_path in last.items():
        counts = cases_of(xml_path) if xml_path and os.path.isfile(xml_path) else (0, 0, 0)
        failed_cases[label] = failed_cases.get(label, 0) + counts[1]
        total = [a + b for a, b in zip(total, counts)]
    for label, state in sorted(states.items()):
        if state not in ("PASSED", "FLAKY"):
            print(f"FAIL {label} ({state})")
            if failed_cases.get(label, 0) == 0:
                total[1] += 1
    # 0: all is well. 3: tests failed, which the states above tell. Anything else: a target that is
    # no test does not build, or Bazel itself gave up.
    if code not in (0, 3) and total[1] == 0:
        print(f"FAIL bazel (exit code {code})")
        total[1] += 1
    return total


def from_report(path):
    """-> (passed, failed, skipped) as a driver of ours wrote them."""
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError) as error:
        print(f"FAIL {os.path.basename(path)}: {error}")
        return 0, 1, 0
    return report["passed"], report["failed"], report["skipped"]


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--bazel", required=True)
    parser.add_argument("--bazel-code", type=int, required=True)
    parser.add_argument("reports", nargs="*")
    args = parser.parse_args(argv)
    try:
        counts = [from_bazel(args.bazel, args.bazel_code)]
    except (OSError, ValueError) as error:
        print(f"FAIL bazel: {error}")
        counts = [(0, 1, 0)]
    counts += [from_report(path) for path in args.reports]
    passed, failed, skipped = map(sum, zip(*counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
