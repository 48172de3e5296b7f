"""The adapters' protocol, with an engine made up: what it answers, how it counts, how it fails."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

import numpy as np

ADAPTERS = pathlib.Path(__file__).parents[1] / "adapters"
sys.path.insert(0, str(ADAPTERS))
import protocol  # pylint: disable=wrong-import-position


class Doubler(protocol.Engine):
    name = "doubler"
    noise = re.compile("^Exception from")

    def hello(self):
        return "1.5", {"precision": "f32"}

    def load(self, model, inputs, threads, work_dir, options):
        if model == "lacking":
            raise RuntimeError("Exception from here\n\n  Foo is NOT_IMPLEMENTED\nmore")
        if model == "absent":
            raise ModuleNotFoundError("No module named 'doubler'")
        if model == "broken":
            raise RuntimeError()
        self._input = inputs["x"]
        return 77

    def call(self):
        def call():
            self._output = 2 * self._input
        return call

    def outputs(self):
        return [("a/b", self._output, None), ("s", np.array(["text"]), None), ("list", None, None)]


class Clock:
    """Stands still but for what calls take."""

    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now

    def call_of(self, nanoseconds):
        def call():
            self.now += nanoseconds
        return call


class Timing(unittest.TestCase):
    def sample(self, call_ns, min_s=0.01, max_samples=1000, warmup=2):
        clock = Clock()
        samples, inner = protocol.take_samples(clock.call_of(call_ns), min_s, max_samples, warmup,
                                               clock)
        self.assertEqual(set(samples), {call_ns})
        return len(samples), inner

    def test_long_calls_are_timed_one_by_one(self):
        self.assertEqual(self.sample(1_000_000), (10, 1))

    def test_short_calls_make_a_sample_that_the_clock_can_tell(self):
        count, inner = self.sample(100)
        self.assertEqual((count, inner), (500, 200))

    def test_no_more_samples_are_kept_than_asked_for(self):
        count, inner = self.sample(30_000, max_samples=50)
        self.assertEqual(inner, 7)
        self.assertLessEqual(count, 50)

    def test_a_call_longer_than_the_turn_is_one_sample(self):
        self.assertEqual(self.sample(50_000_000), (1, 1))

    def test_a_call_that_takes_no_time_ends(self):
        clock = Clock()
        self.assertEqual(protocol.calls_a_sample(lambda: None, 0.1, 10, clock), protocol.MOST_CALLS)


class Answers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "x.npy"
        np.save(self.input, np.array([1.0, 3.0], np.float32))
        self.session = protocol.Session(Doubler())

    def ask(self, **request):
        return self.session.answer(json.dumps(request))

    def load(self, model="m.onnx"):
        return self.ask(op="load", model=model, inputs=[{"name": "x", "file": str(self.input)}],
                        threads=1, work_dir=str(self.folder))

    def test_from_hello_to_quit(self):
        self.assertEqual(self.ask(op="hello"),
                         {"engine": "doubler", "version": "1.5", "details": {"precision": "f32"}})
        loaded = self.load()
        self.assertEqual(loaded["artifact_bytes"], 77)
        self.assertGreater(loaded["peak_rss_bytes"], 1 << 20)
        self.assertGreaterEqual(loaded["load_s"], 0)
        tensor, text, sequence = self.ask(op="outputs", dir=str(self.folder))["outputs"]
        self.assertEqual(tensor, {"name": "a/b", "file": str(self.folder / "a%2Fb.npy")})
        np.testing.assert_array_equal(np.load(tensor["file"]), [2, 6])
        self.assertEqual((text["file"], sequence["file"]), (None, None))
        self.assertIn("str", text["why"])
        timed = self.ask(op="time", min_s=0.001, max_samples=5, warmup=0)
        self.assertLessEqual(len(timed["samples_ns"]), 5)
        self.assertGreater(timed["inner"], 1)
        self.assertEqual(self.ask(op="quit"), {})
        self.assertTrue(self.session.done)

    def fails(self, reply):
        return reply["error"]["kind"], reply["error"]["message"]

    def test_failures_have_a_kind_and_the_engines_own_words(self):
        self.assertEqual(self.fails(self.load("lacking")),
                         ("unsupported", "Foo is NOT_IMPLEMENTED"))
        self.assertEqual(self.fails(self.load("absent")), ("missing", "No module named 'doubler'"))
        self.assertEqual(self.fails(self.load("broken")), ("failed", "RuntimeError"))

    def test_requests_that_make_no_sense_are_answered(self):
        self.assertEqual(self.fails(self.ask(op="dance"))[0], "failed")
        self.assertIn("`load` comes first", self.fails(self.ask(op="time"))[1])
        self.assertEqual(self.fails(self.session.answer("no json"))[0], "failed")

    def test_a_long_message_is_cut(self):
        self.assertEqual(len(protocol.first_line("x" * 5000)), protocol.LONGEST_MESSAGE)

    def test_children_count(self):
        before = protocol.cpu_s()
        subprocess.run([sys.executable, "-c", "sum(range(3000000))"], check=True)
        self.assertGreater(protocol.cpu_s() - before, 0.01)


class Serving(unittest.TestCase):
    def test_what_an_engine_prints_is_kept_out_of_the_replies(self):
        program = textwrap.dedent("""
            import os, sys
            import protocol
            class Loud(protocol.Engine):
                name = "loud"
                def hello(self):
                    print("from Python", flush=True)
                    os.write(1, b"from C\\n")
                    return "1", {}
            sys.exit(protocol.serve(Loud()))""")
        done = subprocess.run([sys.executable, "-c", program], input='{"op": "hello"}\n', text=True,
                              capture_output=True, check=True,
                              env={**os.environ, "PYTHONPATH": str(ADAPTERS)})
        self.assertEqual(json.loads(done.stdout), {"engine": "loud", "version": "1", "details": {}})
        self.assertIn("from C", done.stderr)


if __name__ == "__main__":
    unittest.main()
