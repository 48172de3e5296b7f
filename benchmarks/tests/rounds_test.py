"""Turns are taken as said: interleaved, compared first, failures kept apart."""
import pathlib
import sys
import tempfile
import types
import unittest
import unittest.mock

import numpy as np

from sinter_bench import peers, rounds
from sinter_bench.options import Options

# Answers as engines do; the engine's name decides how it behaves. Each turn is noted in TURNS.
ADAPTER = """
import json, os, sys
import numpy as np
name, turns = sys.argv[1:]
for line in sys.stdin:
    asked = json.loads(line)
    answer = {"load_s": 9.0 if name == "compiles" else 0.1}
    if asked["op"] == "load" and name == "refuses":
        answer = {"error": {"kind": "unsupported", "message": "op `Foo`"}}
    elif asked["op"] == "outputs":
        path = os.path.join(asked["dir"], "y.npy")
        np.save(path, np.array([1.0, 2.0 if name != "off" else 2.5], np.float32))
        answer = {"outputs": [{"name": "y", "file": path}]}
    elif asked["op"] == "time":
        with open(turns, "a") as file:
            file.write(name + chr(10))
        if name == "dies":
            sys.exit("out of luck")
        answer = {"samples_ns": [100.0 if name == "onnxruntime" else 50.0] * 4, "inner": 1}
    elif asked["op"] == "hello":
        answer = {"engine": name, "version": "1", "details": {}}
    print(json.dumps(answer), flush=True)
"""


class Rounds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.turns = self.folder / "turns"
        self.turns.touch()
        for name, made in (("parse", lambda name: (name, {})),
                           ("command", lambda name, _: ([sys.executable, "-c", ADAPTER, name,
                                                         str(self.turns)], {}))):
            patch = unittest.mock.patch.object(peers, name, made)
            patch.start()
            self.addCleanup(patch.stop)

    def measure(self, *engines, number=4):
        options = Options("models", list(engines), [1], self.folder, self.folder, rounds=number,
                          noise=unittest.mock.Mock(), quiet=True)
        workload = types.SimpleNamespace(name="w", model="w.onnx", inputs={},
                                         extra={"tolerance": 1e-3, "flops": 10})
        with rounds.Processes(options, keep=False) as processes:
            return {one.engine: one for one in rounds.measure(workload, 1, 1.0, options, processes)}

    def test_engines_take_turns_in_changing_order(self):
        measured = self.measure("sinter", "onnxruntime", "third", number=8)
        turns = self.turns.read_text().split()
        by_round = [turns[i:i + 3] for i in range(0, len(turns), 3)]
        self.assertEqual([sorted(turn) for turn in by_round], [["onnxruntime", "sinter", "third"]] * 8)
        self.assertGreater(len({tuple(turn) for turn in by_round}), 2)
        self.assertEqual(measured["sinter"].rounds, [[50.0] * 4] * 8)
        self.assertEqual(measured["sinter"].extra["flops"], 10)

    def test_wrong_outputs_are_never_timed(self):
        measured = self.measure("sinter", "off", "onnxruntime")
        self.assertEqual(measured["off"].status, "wrong")
        self.assertIn("off onnxruntime's", measured["off"].error)
        self.assertNotIn("off", self.turns.read_text())
        self.assertEqual(measured["sinter"].extra["outputs"]["max_abs"], 0)

    def test_who_refuses_or_dies_does_not_stop_the_others(self):
        measured = self.measure("sinter", "refuses", "dies", "onnxruntime")
        self.assertEqual((measured["refuses"].status, measured["refuses"].error), ("unsupported", "op `Foo`"))
        self.assertEqual(measured["dies"].status, "failed")
        self.assertIn("out of luck", measured["dies"].error)
        self.assertEqual(len(measured["sinter"].rounds), 4)
        self.assertEqual(len(measured["onnxruntime"].rounds), 4)


    def test_who_loads_quickly_is_started_anew(self):
        measured = self.measure("sinter", "compiles", number=6)
        self.assertEqual(measured["sinter"].extra["processes"], rounds.PROCESSES)
        self.assertEqual(measured["compiles"].extra["processes"], 1)
        self.assertEqual([len(one.rounds) for one in measured.values()], [6, 6])


class Difference(unittest.TestCase):
    def test_kinds_of_difference(self):
        one = {"y": np.array([1.0, -4.0], np.float32)}
        self.assertEqual(rounds.difference({"y": np.array([1.0, -4.0])}, one)["max_abs"], 0)
        apart = rounds.difference({"y": np.array([1.5, -4.0])}, one)
        self.assertEqual(apart, {"max_abs": 0.5, "max_rel": 0.125})
        self.assertIn("shape", rounds.difference({"y": np.zeros(3)}, one))
        self.assertIn("NaN", rounds.difference({"y": np.array([np.nan, -4])}, one))
        same = {"y": np.array([np.inf, 1.0])}
        self.assertEqual(rounds.difference(same, same)["max_abs"], 0)


if __name__ == "__main__":
    unittest.main()
