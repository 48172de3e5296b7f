"""Regressions are found, chance is not, and what can't be compared is said."""
import unittest

import numpy as np

from sinter_bench import compare
from sinter_bench.measurement import Measurement

MACHINE = {"sinter": {"cpu": {"model": "a"}, "memory_bytes": 1, "kernel": "6"}}
OTHER = {"sinter": {"cpu": {"model": "b"}, "memory_bytes": 1, "kernel": "6"}}


def one(workload, rounds, engine="sinter", **more):
    return Measurement("models", workload, engine, {"threads": 1}, rounds=rounds, **more)


def rounds(rng, true, count=10):
    return [[value] for value in true * rng.normal(1, 0.01, count)]


class Compare(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(0)

    def verdicts(self, before, after, **more):
        changes = compare.compare((MACHINE, before), (MACHINE, after), **more)
        return {change.name.split("/")[1]: change.verdict for change in changes}

    def test_a_regression_among_many_is_found_alone(self):
        names = [f"m{i}" for i in range(20)]
        before = [one(name, rounds(self.rng, 10)) for name in names]
        after = [one(name, rounds(self.rng, 10.7 if name == "m7" else 10)) for name in names]
        verdicts = self.verdicts(before, after)
        self.assertEqual([name for name in names if verdicts[name] != "same"], ["m7"])
        self.assertEqual(verdicts["m7"], "regression")

    def test_faster_is_an_improvement_where_lower_is_better(self):
        before, after = rounds(self.rng, 10), rounds(self.rng, 8)
        self.assertEqual(self.verdicts([one("a", before)], [one("a", after)]), {"a": "improvement"})
        rate = {"metric": "throughput", "unit": "requests/s", "better": "higher"}
        self.assertEqual(self.verdicts([one("a", before, **rate)], [one("a", after, **rate)]),
                         {"a": "regression"})

    def test_changes_below_the_threshold_do_not_count(self):
        before, after = [[10.0]] * 9 + [[10.001]], [[10.1]] * 9 + [[10.101]]
        self.assertEqual(self.verdicts([one("a", before)], [one("a", after)]), {"a": "same"})
        self.assertEqual(self.verdicts([one("a", before)], [one("a", after)], threshold=0.005),
                         {"a": "regression"})

    def test_a_result_that_is_no_more_is_a_regression(self):
        broken = one("a", []).fail("wrong", "off by 3")
        verdicts = self.verdicts([one("a", rounds(self.rng, 1))], [broken])
        self.assertEqual(verdicts, {"a": "regression: B is wrong: off by 3"})

    def test_too_few_rounds_are_said(self):
        verdicts = self.verdicts([one("a", [[1], [1]])], [one("a", [[2], [2]])])
        self.assertEqual(verdicts, {"a": "2 rounds are too few for a test"})

    def test_machines_fall_out_of_ratios_to_a_peer(self):
        before = [one("a", rounds(self.rng, 10)), one("a", rounds(self.rng, 20), "onnxruntime")]
        after = [one("a", rounds(self.rng, 33)), one("a", rounds(self.rng, 60), "onnxruntime")]
        with self.assertRaisesRegex(ValueError, "different machines"):
            compare.compare((MACHINE, before), (OTHER, after))
        change, = compare.compare((MACHINE, before), (OTHER, after), relative_to="onnxruntime")
        self.assertEqual(change.verdict, "regression")
        self.assertAlmostEqual(change.ratio, 1.1, delta=0.02)


if __name__ == "__main__":
    unittest.main()
