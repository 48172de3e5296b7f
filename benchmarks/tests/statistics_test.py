"""The statistics say what is true of data whose truth is known."""
import math
import unittest

import numpy as np

from sinter_bench import statistics


def runs(rng, true, rounds=10, samples=30, round_spread=0.02, spread=0.05):
    """Rounds as a shared machine gives them: each with its own speed, samples skewed upwards."""
    speeds = true * np.exp(rng.normal(0, round_spread, rounds))
    return [(speed * (1 + rng.exponential(spread, samples))).tolist() for speed in speeds]


class Intervals(unittest.TestCase):
    def test_the_median_is_that_of_rounds(self):
        median, interval = statistics.median_interval([[1, 2, 100], [3, 3, 3], [4, 5, 6]])
        self.assertEqual(median, 3)
        self.assertEqual(interval, [2, 5])

    def test_one_round_has_no_interval(self):
        self.assertEqual(statistics.median_interval([[5, 6, 7]]), (6, None))

    def test_intervals_hold_the_truth_as_often_as_they_say(self):
        rng = np.random.default_rng(1)
        held = 0
        for trial in range(300):
            rounds = [[value] for value in rng.lognormal(math.log(8), 0.1, 10)]
            low, high = statistics.median_interval(rounds, trial)[1]
            held += low <= 8 <= high
        self.assertGreater(held / 300, 0.90)
        self.assertLess(held / 300, 0.995)


class Ratios(unittest.TestCase):
    def test_an_engine_against_itself_is_one(self):
        rng = np.random.default_rng(2)
        held = 0
        for trial in range(200):
            ratio, (low, high) = statistics.paired_ratio(runs(rng, 5.0), runs(rng, 5.0), trial)
            self.assertAlmostEqual(ratio, 1, delta=0.06)
            held += low <= 1 <= high
        self.assertGreater(held / 200, 0.88)

    def test_five_per_cent_are_found(self):
        rng = np.random.default_rng(3)
        found = 0
        for trial in range(100):
            base = runs(rng, 5.0, round_spread=0.01)
            slow = [[1.05 * value for value in samples] for samples in runs(rng, 5.0, round_spread=0.01)]
            ratio, (low, _) = statistics.paired_ratio(slow, base, trial)
            self.assertAlmostEqual(ratio, 1.05, delta=0.03)
            found += low > 1
        self.assertGreater(found, 95)

    def test_what_slows_both_down_cancels(self):
        drift = np.linspace(1, 3, 8)
        ours = [[2.0 * factor] * 5 for factor in drift]
        theirs = [[4.0 * factor] * 5 for factor in drift]
        ratio, interval = statistics.paired_ratio(ours, theirs)
        self.assertAlmostEqual(ratio, 0.5)
        np.testing.assert_allclose(interval, [0.5, 0.5])

    def test_only_rounds_that_both_have_count(self):
        ratio, interval = statistics.paired_ratio([[1], [1], [9]], [[2], [2]])
        self.assertAlmostEqual(ratio, 0.5)
        self.assertIsNone(statistics.paired_ratio([[1]], []))
        self.assertIsNotNone(interval)

    def test_the_mean_of_ratios_is_geometric(self):
        mean, interval = statistics.geometric_mean([([[2], [2]], [[1], [1]]), ([[1], [1]], [[2], [2]])])
        self.assertAlmostEqual(mean, 1)
        np.testing.assert_allclose(interval, [1, 1])


class Tests(unittest.TestCase):
    def test_no_difference_is_seldom_significant(self):
        rng = np.random.default_rng(4)
        hits = sum(statistics.p_value(rng.normal(1, 0.02, 10), rng.normal(1, 0.02, 10)) < 0.05
                   for _ in range(400))
        self.assertLess(hits / 400, 0.08)

    def test_correction_is_benjamini_and_hochbergs(self):
        # By hand: sorted p times 4 / rank, then the running minimum from the largest down.
        np.testing.assert_allclose(statistics.corrected([0.01, 0.04, 0.03, 0.8]),
                                   [0.04, 0.16 / 3, 0.16 / 3, 0.8])
        self.assertEqual(statistics.corrected([]), [])

    def test_spread_ignores_single_outliers(self):
        self.assertAlmostEqual(statistics.spread([10, 10, 10, 10, 99]), 0)
        self.assertAlmostEqual(statistics.spread([9, 10, 11]), 0.14826)


if __name__ == "__main__":
    unittest.main()
