"""Counting test cases is what the closing line of ./test rests on."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent / "count_tests.py"
XML = """<testsuites><testsuite name="s">
<testcase name="good" status="run"/><testcase name="bad" status="run"><failure message="x"/></testcase>
<testcase name="left_out" status="notrun"/></testsuite></testsuites>"""
GOOD = '<testsuites><testsuite name="s"><testcase name="a"/><testcase name="b"/></testsuite></testsuites>'


class CountTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def count(self, targets, code=0, reports=()):
        """`targets`: {label: (state, xml or None)} -> (exit code, output lines)."""
        events = []
        for label, (state, xml) in targets.items():
            if xml is not None:
                uri = "file://" + self.write(label.strip("/").replace(":", "_") + ".xml", xml)
                events.append({"id": {"testResult": {"label": label, "run": 1}},
                               "testResult": {"testActionOutput": [{"name": "test.xml", "uri": uri}]}})
            events.append({"id": {"testSummary": {"label": label}}, "testSummary": {"overallStatus": state}})
        path = self.write("events.json", "\n".join(map(json.dumps, events)))
        done = subprocess.run([sys.executable, str(TOOL), f"--bazel={path}", f"--bazel-code={code}", *reports],
                              stdout=subprocess.PIPE, text=True)
        return done.returncode, done.stdout.splitlines()

    def test_cases_not_targets_are_counted(self):
        self.assertEqual(self.count({"//a:b": ("PASSED", GOOD), "//a:c": ("PASSED", GOOD)}),
                         (0, ["4 passed, 0 failed, 0 skipped"]))

    def test_a_failing_case_is_counted_once(self):
        code, lines = self.count({"//a:b": ("FAILED", XML)}, code=3)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 1 skipped"))

    def test_a_crash_without_a_failed_case_is_a_failure(self):
        code, lines = self.count({"//a:b": ("FAILED", GOOD)}, code=3)
        self.assertEqual((code, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))
        code, lines = self.count({"//a:b": ("TIMEOUT", None)}, code=3)
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_a_broken_build_is_a_failure(self):
        code, lines = self.count({"//a:b": ("PASSED", GOOD)}, code=1)
        self.assertEqual((code, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))

    def test_reports_add_up_and_a_missing_one_fails(self):
        report = self.write("r.json", json.dumps({"passed": 7, "failed": 0, "skipped": 0}))
        self.assertEqual(self.count({"//a:b": ("PASSED", GOOD)}, reports=[report])[1][-1],
                         "9 passed, 0 failed, 0 skipped")
        code, lines = self.count({"//a:b": ("PASSED", GOOD)}, reports=[report, report + ".no"])
        self.assertEqual((code, lines[-1]), (1, "9 passed, 1 failed, 0 skipped"))

    def test_nothing_at_all_is_not_a_success(self):
        self.assertEqual(self.count({})[0], 1)


if __name__ == "__main__":
    unittest.main()
