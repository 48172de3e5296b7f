"""The suite compile: short runs of it, with real programs and ONNX Runtime as the peer."""
import pathlib
import tempfile
import unittest

from sinter_bench import calibration, results, rows
from sinter_bench.options import Options
from sinter_bench.suites import compile as suite

ROOT = pathlib.Path(__file__).parents[2]
MODEL = "mtcnn_pnet"


class Rows(unittest.TestCase):
    def test_every_row_names_a_model(self):
        known = {row["name"] for row in rows.read("models")}
        self.assertLessEqual({row["name"] for row in rows.read("compile")}, known)


class ShortRuns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def options(self, *engines, **more):
        work_dir = self.folder / "work"
        work_dir.mkdir()
        return Options(suite="compile", engines=list(engines), threads=[1], out=self.folder / "out",
                       rounds=2, work_dir=work_dir, budget_s=20, noise=calibration.NoiseCheck(),
                       quiet=True, **{"sinter": str(ROOT / "bin/sinter"),
                                      "sinterd": str(ROOT / "bin/sinterd"), **more})

    def run_suite(self, options, name=MODEL):
        measured = suite.run(options, [{"name": name, "where": "compile.tsv:1"}])
        results.derive(measured)
        return {(one.engine, one.variant["mode"], one.metric): one for one in measured}

    def test_all_modes_and_a_peer(self):
        found = self.run_suite(self.options("sinter", "onnxruntime"))
        for one in found.values():
            self.assertEqual((one.status, one.error), ("ok", None))
            self.assertEqual(len(one.rounds), 2)
        self.assertEqual(
            {(engine, mode) for engine, mode, _ in found},
            {("sinter", "cold"), ("sinter", "warm"), ("sinter", "hit"), ("onnxruntime", "cold")})
        cold, hit = (found["sinter", mode, "wall_s"] for mode in ("cold", "hit"))
        self.assertEqual(list(cold.extra["stages"])[0], "import")
        self.assertGreater(min(cold.extra["stages"].values()), 0)
        self.assertIn("onnxruntime", cold.ratios)
        self.assertEqual(hit.ratios, {})
        self.assertEqual(len(hit.rounds[0]), suite.HITS_A_ROUND)
        self.assertGreater(found["sinter", "cold", "artifact_size"].median, 1000)
        self.assertGreater(found["sinter", "cold", "peak_rss"].median, 1 << 20)

    def test_a_model_that_does_not_compile_fails_by_mode_with_the_reason(self):
        broken = self.folder / "broken.onnx"
        broken.write_bytes(b"not a model")
        case = suite.Case("broken", broken, {}, 1, [0], self.folder)
        turn = suite.SinterTurn("cold", self.options("sinter"), case, None)
        runner = suite.Runner("sinter", turn, case)
        runner.attempt(runner.take)
        [one] = runner.results()
        self.assertEqual(one.status, "failed")
        self.assertIn("broken.onnx", one.error)

    def test_an_engine_that_takes_too_long_stops_early_and_keeps_its_rounds(self):
        case = suite.Case("m", None, {}, 1, [0], self.folder)
        runner = suite.Runner("iree", suite.PeerTurn("iree", None, case), case)
        runner.used_s, runner.count = 30.0, 1
        self.assertTrue(runner.has_time(20))    # two rounds are worth twice the share
        self.assertFalse(runner.has_time(10))
        runner.used_s, runner.count = 30.0, 3
        self.assertTrue(runner.has_time(40))
        self.assertFalse(runner.has_time(39))

    def test_a_row_without_a_model_is_told(self):
        with self.assertRaisesRegex(ValueError, "compile.tsv:1: `none` is no row of models.tsv"):
            self.run_suite(self.options("sinter"), "none")


if __name__ == "__main__":
    unittest.main()
