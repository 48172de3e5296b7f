"""What the samples say, and how sure that is.

Samples within a round are not independent (a busy second hits all of them), rounds nearly are. So
a round counts as one observation, its median, and intervals come from resampling rounds
(percentile bootstrap; Efron & Tibshirani 1993, chapters 13 and 8.6 for clustered data). Engines
take turns within a round, hence ratios are made round by round: what slows both down cancels.
"""
import math

import numpy as np
import scipy.stats

LEVEL = 0.95
RESAMPLES = 4000


def round_medians(rounds):
    """-> array of one number a round."""
    return np.array([np.median(samples) for samples in rounds if len(samples)], dtype=float)


def _resampled_medians(values, seed):
    """-> RESAMPLES medians of as many values drawn with replacement."""
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(values), (RESAMPLES, len(values)))
    return np.median(np.asarray(values)[picks], axis=1)


def _interval(resampled):
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return [float(low), float(high)]


def median_interval(rounds, seed=0):
    """-> (median, [low, high]) over the medians of rounds; one round alone has no interval."""
    values = round_medians(rounds)
    if len(values) < 2:
        return float(values[0]), None
    return float(np.median(values)), _interval(_resampled_medians(values, seed))


def _paired_logs(ours, theirs):
    count = min(len(ours), len(theirs))
    return np.log(round_medians(ours[:count])) - np.log(round_medians(theirs[:count]))


def paired_ratio(ours, theirs, seed=0):
    """-> (ours / theirs, [low, high]) over the rounds that both have; None if there is none."""
    logs = _paired_logs(ours, theirs)
    if len(logs) == 0:
        return None
    ratio = math.exp(np.median(logs))
    return ratio, _interval(np.exp(_resampled_medians(logs, seed))) if len(logs) > 1 else None


def geometric_mean(pairs, seed=0):
    """Of the paired ratios of many workloads: pairs is [(our rounds, their rounds)].

    -> (mean, [low, high] or None). The workloads are the ones given, not a sample of others: only
    their rounds are resampled.
    """
    logs = [values for values in (_paired_logs(*pair) for pair in pairs) if len(values)]
    if not logs:
        return None
    mean = math.exp(np.mean([np.median(values) for values in logs]))
    if any(len(values) < 2 for values in logs):
        return mean, None
    drawn = [_resampled_medians(values, seed + index) for index, values in enumerate(logs)]
    return mean, _interval(np.exp(np.mean(drawn, axis=0)))


def unpaired_ratio(after, before, seed=0):
    """-> (after / before, [low, high]) of numbers of two separate runs, one a round."""
    ratio = float(np.median(after) / np.median(before))
    drawn = _resampled_medians(after, seed) / _resampled_medians(before, seed + 1)
    return ratio, _interval(drawn)


def p_value(after, before):
    """That two runs' rounds come from the same distribution (Mann-Whitney U, two-sided)."""
    return float(scipy.stats.mannwhitneyu(after, before, alternative="two-sided").pvalue)


def corrected(p_values):
    """P-values of many tests made at once (Benjamini-Hochberg)."""
    return scipy.stats.false_discovery_control(p_values).tolist() if p_values else []


def spread(values):
    """Robust coefficient of variation: 1.4826 MAD / median."""
    values = np.asarray(values, dtype=float)
    centre = np.median(values)
    return float(1.4826 * np.median(np.abs(values - centre)) / centre)
