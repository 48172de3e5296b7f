"""The suite service: its arithmetic, its rows, and short runs of it with real programs."""
import gzip
import json
import pathlib
import tempfile
import unittest
from unittest import mock

import numpy as np

from sinter_bench import calibration, results, rows, servers
from sinter_bench.options import Options
from sinter_bench.suites import service

ROOT = pathlib.Path(__file__).parents[2]


def line(**cells):
    return {"name": "a", "scenario": "hit", "request": "hit", "peer": "-", "model": "tiny",
            "connections": "2", "rate": "-", "where": "service.tsv:9", **cells}


class Arithmetic(unittest.TestCase):
    def test_latencies_come_back_from_a_histogram(self):
        self.assertEqual(service.latencies({"latencies_ns": [1, 2, 3]}).tolist(), [1, 2, 3])
        self.assertEqual(service.latencies({"histogram": [[5, 2], [70, 1]]}).tolist(), [5, 5, 70])

    def test_thinning_keeps_the_shape(self):
        values = np.arange(100_000, dtype=float)
        kept = service.thinned(values)
        self.assertEqual(len(kept), service.KEPT_A_ROUND)
        self.assertEqual((kept[0], kept[-1]), (0, 99_999))
        self.assertAlmostEqual(np.median(kept), np.median(values), delta=100)
        self.assertEqual(service.thinned(np.array([3.0, 4.0])), [3.0, 4.0])

    def test_percentiles_are_values_that_were_seen(self):
        values = np.arange(1.0, 10_001)
        self.assertEqual(service.percentiles(values),
                         {"p50": 5000, "p90": 9000, "p99": 9900, "p999": 9990})

    def test_percentiles_that_so_few_values_can_not_tell_are_left_out(self):
        self.assertEqual(set(service.percentiles(np.arange(500.0))), {"p50", "p90", "p99"})
        self.assertEqual(set(service.percentiles(np.arange(20.0))), {"p50", "p90"})


class Rows(unittest.TestCase):
    def test_the_table_is_right(self):
        for row in rows.read("service"):
            service.Row.of(row)

    def test_what_is_wrong_is_said_with_its_place(self):
        for cells, said in (({"rate": "fast"}, "fast"), ({"rate": "0"}, "above zero"),
                            ({"connections": "-"}, "needs a model and connections"),
                            ({"model": "-"}, "needs a model and connections")):
            with self.assertRaisesRegex(ValueError, f"service.tsv:9.*{said}"):
                service.Row.of(line(**cells))


class ShortRuns(unittest.TestCase):
    """A fraction of a second each; casd is left out, so that the machine need not have it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.enterContext(mock.patch.object(servers, "find_casd", lambda: None))

    def run_rows(self, *lines):
        options = Options(
            suite="service", engines=["sinter"], threads=[1], out=self.folder / "out", rounds=2,
            work_dir=self.folder / "work", budget_s=1, sinter=str(ROOT / "bin/sinter"),
            sinterd=str(ROOT / "bin/sinterd"), noise=calibration.NoiseCheck(), quiet=True)
        options.work_dir.mkdir()
        measured = service.run(options, list(lines))
        results.derive(measured)
        for one in measured:
            self.assertEqual((one.status, one.error), ("ok", None), one)
        return {(one.workload, one.metric, one.variant["scenario"]): one for one in measured}

    def test_hits_in_both_loops(self):
        found = self.run_rows(line(name="closed"), line(name="open", rate="100"))
        closed, opened = found["closed", "latency", "hit"], found["open", "latency", "hit"]
        self.assertEqual(len(closed.rounds), 2)
        self.assertEqual(closed.extra["errors"], 0)
        self.assertLessEqual(closed.extra["percentiles"]["p50"], closed.extra["percentiles"]["p90"])
        self.assertGreater(closed.extra["bytes"], 0)
        self.assertGreater(closed.extra["server"]["rss_bytes"], 1 << 20)
        self.assertGreater(found["closed", "throughput", "hit"].median, 1)
        self.assertEqual(opened.variant, {"scenario": "hit", "connections": 2, "rate": 100.0})
        self.assertEqual(opened.extra["loop"], "open")
        self.assertIn("send_delay_p99_ns", opened.extra)
        self.assertNotIn(("open", "throughput", "hit"), found)
        with gzip.open(self.folder / "out/raw/service.closed.sinter.jsonl.gz", "rt") as file:
            self.assertEqual(len([json.loads(each) for each in file]), 2)

    def test_misses_reads_and_the_start(self):
        found = self.run_rows(
            line(name="miss", scenario="miss", request="miss"),
            line(name="read", scenario="read", request="fetch", model="1M"),
            line(name="start", scenario="start", request="start", model="-", connections="-"))
        self.assertGreater(found["read", "bandwidth", "read"].median, 0)
        self.assertGreater(found["miss", "latency", "miss"].extra["answered"], 0)
        listening = found["start", "latency", "start to listening"].median
        self.assertGreater(found["start", "latency", "start to first worker"].median, listening)
        self.assertGreater(found["start", "rss", "idle, with workers"].median,
                           found["start", "rss", "idle"].median)

    def test_the_peer_that_is_not_installed_is_shown_as_such(self):
        row = service.Row.of(line(peer="cas-action-hit"))
        one = service.missing(row)
        self.assertEqual((one.engine, one.status), ("buildbox-casd", "missing"))
        self.assertIn("sinter bench setup", one.error)

    def test_plain_reapi_reads_from_our_daemon_too(self):
        load = servers.find_load(ROOT / "bin/sinter")
        blob = self.folder / "blob"
        blob.write_bytes(b"x" * 5000)
        with servers.Sinterd(ROOT / "bin/sinterd", self.folder / "daemon") as daemon:
            words = [load, f"--server={daemon.address}", "--duration=0.1", "--warmup=0"]
            # What it does not serve is an error of every request, told by its code.
            report = service.run_load(words + ["--scenario=cas-read", f"--digest={'0' * 64}/5"])
            self.assertEqual(set(report["errors"]), {"NOT_FOUND"})
            self.assertEqual(report["answered"], 0)
            with self.assertRaisesRegex(service.LoadError, "UNIMPLEMENTED"):
                service.run_load(words + ["--scenario=cas-read", f"--blob={blob}"])
            with self.assertRaisesRegex(service.LoadError, "give --model=FILE"):
                service.run_load(words + ["--scenario=hit"])


if __name__ == "__main__":
    unittest.main()
