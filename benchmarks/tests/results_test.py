"""What is written is read back, and has what readers of Google Benchmark's format look for."""
import json
import pathlib
import tempfile
import unittest

from sinter_bench import environment, results
from sinter_bench.measurement import Measurement


def made():
    ours = Measurement("models", "net", "sinter", {"threads": 2}, rounds=[[2e6, 2e6], [3e6], [4e6]])
    theirs = Measurement("models", "net", "onnxruntime", {"threads": 2}, rounds=[[4e6], [6e6], [8e6]])
    none = Measurement("models", "net", "tvm", {"threads": 2}).fail("unsupported", "no such op")
    size = Measurement("models", "net", "sinter", {"threads": 2}, "artifact_size", "bytes",
                       rounds=[[100]])
    return [ours, theirs, none, size]


class Results(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "results.json"
        self.measurements = made()
        results.derive(self.measurements)
        results.write(self.path, environment.describe(), self.measurements)
        self.data = json.loads(self.path.read_text())

    def test_medians_and_ratios_come_from_the_samples(self):
        ours, theirs, none, _ = self.measurements
        self.assertEqual((ours.median, theirs.median, none.median), (3e6, 6e6, None))
        self.assertAlmostEqual(ours.ratios["onnxruntime"]["ratio"], 0.5)
        self.assertEqual(theirs.ratios, {})

    def test_reading_gives_what_was_written(self):
        context, measurements = results.load(self.path.parent)
        self.assertEqual(measurements, self.measurements)
        self.assertEqual(context["sinter"]["schema"], 1)

    def test_entries_are_google_benchmarks(self):
        entries = self.data["benchmarks"]
        rounds = [entry for entry in entries if entry["run_name"] == "models/net/sinter/threads:2"]
        self.assertEqual([entry["run_type"] for entry in rounds], ["iteration"] * 3 + ["aggregate"])
        self.assertEqual([entry["real_time"] for entry in rounds], [2e6, 3e6, 4e6, 3e6])
        self.assertEqual(rounds[-1]["name"], "models/net/sinter/threads:2_median")
        self.assertEqual(rounds[-1]["aggregate_name"], "median")
        for key in ("date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches",
                    "cpu_scaling_enabled", "load_avg", "library_build_type"):
            self.assertIn(key, self.data["context"])

    def test_what_failed_is_there_with_its_error(self):
        entry, = [entry for entry in self.data["benchmarks"] if "/tvm/" in entry["name"]]
        self.assertTrue(entry["error_occurred"])
        self.assertEqual(entry["error_message"], "unsupported: no such op")

    def test_other_files_are_refused_by_name(self):
        for text in ("{}", "[", '{"context":{"sinter":{"schema":7}},"measurements":[]}',
                     '{"context":{"sinter":{"schema":1}},"measurements":[{"suite":"x"}]}'):
            self.path.write_text(text)
            with self.assertRaisesRegex(ValueError, "results.json"):
                results.load(self.path)


if __name__ == "__main__":
    unittest.main()
