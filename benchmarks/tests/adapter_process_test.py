"""Engines that answer, fail, crash, hang, and are kept from running out of turn."""
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest

from sinter_bench.adapter_process import AdapterError, AdapterProcess

ADAPTER = """
import json, os, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    op = asked["op"]
    if op == "crash":
        print("boom went the engine", file=sys.stderr); os._exit(3)
    if op == "hang":
        time.sleep(60)
    if op == "count":
        with open(asked["file"], "w") as file:
            while True:
                file.write("x"); file.flush(); time.sleep(0.01)
    answers = {"bad": {"error": {"kind": "unsupported", "message": "op `Foo`"}},
               "where": {"cpus": sorted(os.sched_getaffinity(0)), "omp": os.environ["OMP_NUM_THREADS"],
                         "pid": os.getpid()}}
    print(json.dumps(answers.get(op, {"echo": asked, "long": "y" * 200000})), flush=True)
"""


class Adapter(unittest.TestCase):
    def setUp(self):
        self.process = AdapterProcess("fake", [sys.executable, "-c", ADAPTER], threads=1)
        self.addCleanup(self.process.end)

    def fails(self, request, timeout_s=10):
        with self.assertRaises(AdapterError) as caught:
            self.process.ask(request, timeout_s)
        return caught.exception

    def test_replies_of_any_length_come_whole(self):
        for number in range(3):
            reply = self.process.ask({"op": "echo", "n": number}, 10)
            self.assertEqual((reply["echo"]["n"], len(reply["long"])), (number, 200000))

    def test_an_error_is_typed_and_the_process_goes_on(self):
        error = self.fails({"op": "bad"})
        self.assertEqual((error.status, str(error)), ("unsupported", "op `Foo`"))
        self.assertIn("echo", self.process.ask({"op": "echo"}, 10))

    def test_a_crash_says_how_and_what_was_written_last(self):
        error = self.fails({"op": "crash"})
        self.assertEqual(error.status, "failed")
        self.assertEqual(str(error), "the process ended (exit code 3): boom went the engine")
        self.assertTrue(self.process.died)

    def test_who_does_not_answer_is_killed(self):
        error = self.fails({"op": "hang"}, 0.3)
        self.assertEqual((error.status, str(error)), ("timeout", "no answer in 0.3 s"))
        self.assertEqual(self.fails({"op": "echo"}).status, "failed")

    def test_threads_are_pinned_and_told(self):
        told = self.process.ask({"op": "where"}, 10)
        self.assertEqual(told["cpus"], sorted(os.sched_getaffinity(0))[-1:])
        self.assertEqual(told["omp"], "1")

    def test_nothing_runs_while_stopped(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "count"
            self.process._process.stdin.write((json.dumps({"op": "count", "file": str(path)}) + "\n").encode())
            while not path.exists() or not path.stat().st_size:
                time.sleep(0.01)
            self.process.stop()
            time.sleep(0.05)
            size = path.stat().st_size
            time.sleep(0.2)
            self.assertEqual(path.stat().st_size, size)
            self.process.resume()
            time.sleep(0.2)
            self.assertGreater(path.stat().st_size, size)

    def test_a_program_that_is_not_there_is_missing(self):
        with self.assertRaises(AdapterError) as caught:
            AdapterProcess("none", ["./no-such-adapter"], threads=1)
        self.assertEqual(caught.exception.status, "missing")


if __name__ == "__main__":
    unittest.main()
