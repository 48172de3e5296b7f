"""Did it get slower? Two results.json, tested, not eyeballed.

A workload regresses when three things hold: its rounds in B and in A differ beyond chance
(Mann-Whitney U, corrected for the number of workloads tested), the interval of B / A lies on the
bad side of 1, and the change is at least the threshold. Runs of different machines are not
compared by their times; with --relative-to=PEER the compared number is that of Sinter over the
peer's in the same round, which the machine falls out of.
"""
import dataclasses

import numpy as np

from sinter_bench import statistics

ALPHA = 0.05
# With fewer rounds no difference could be significant.
MIN_ROUNDS = 4


@dataclasses.dataclass
class Change:
    name: str
    ratio: float = None  # B / A; above 1 is worse for metrics where lower is better
    ci: list = None
    p: float = None      # corrected
    verdict: str = "same"  # same, regression, improvement, or why it is not compared
    compared: bool = True


def _samples(one, peers, relative_to):
    """-> a number a round, or a text of why there is none."""
    if one.status != "ok":
        return f"{one.status}: {one.error}"
    values = statistics.round_medians(one.rounds)
    if relative_to:
        peer = peers.get((one.key, relative_to))
        if peer is None or peer.status != "ok":
            return f"{relative_to} has no result"
        other = statistics.round_medians(peer.rounds)
        count = min(len(values), len(other))
        values = values[:count] / other[:count]
    if len(values) < MIN_ROUNDS:
        return f"{len(values)} rounds are too few for a test"
    return values


def _same_machine(a, b):
    return all(a["sinter"][key] == b["sinter"][key] for key in ("cpu", "memory_bytes", "kernel"))


def compare(before, after, engine="sinter", relative_to=None, threshold=0.02):
    """before, after: (context, measurements) -> [Change], one a workload, variant and metric that
    either has. ERRORS: ValueError if the runs can't be compared."""
    if relative_to is None and not _same_machine(before[0], after[0]):
        raise ValueError("the two runs are of different machines: times don't compare; give "
                         "--relative-to=PEER to compare ratios to a peer that both measured")
    indexed = [{(one.key, one.engine): one for one in run[1]} for run in (before, after)]
    keys = [key for key, name in indexed[0] if name == engine]
    keys += [key for key, name in indexed[1] if name == engine and key not in keys]
    changes, pairs = [], []
    for key in keys:
        one = [index.get((key, engine)) for index in indexed]
        change = Change((one[1] or one[0]).name)
        changes.append(change)
        if None in one:
            change.verdict, change.compared = f"only in {'B' if one[0] is None else 'A'}", False
            continue
        values = [_samples(each, index, relative_to) for each, index in zip(one, indexed)]
        if any(isinstance(value, str) for value in values):
            change.verdict, change.compared = _untested(one, values), False
            continue
        pairs.append((change, one[0].better, values))
    _test(pairs, threshold)
    return changes


def _untested(one, values):
    if one[0].status == "ok" and one[1].status != "ok":
        return f"regression: B is {values[1]}"
    return next(value for value in values if isinstance(value, str))


def _test(pairs, threshold):
    """Fills in what the numbers say."""
    corrected = statistics.corrected([statistics.p_value(b, a) for _, _, (a, b) in pairs])
    for (change, better, (a, b)), p in zip(pairs, corrected):
        change.ratio, change.ci = statistics.unpaired_ratio(b, a)
        change.p = p
        worse = change.ratio if better == "lower" else 1 / change.ratio
        apart = change.ci[0] > 1 or change.ci[1] < 1
        if p < ALPHA and apart and abs(np.log(worse)) >= np.log1p(threshold):
            change.verdict = "regression" if worse > 1 else "improvement"


def table(changes):
    """-> lines for people."""
    lines = [f"{'B / A':>7}  {'95 % interval':>15}  {'p':>7}  verdict       what"]
    for change in sorted(changes, key=lambda change: -(change.ratio or 0)):
        if change.compared:
            low, high = change.ci
            lines.append(f"{change.ratio:7.3f}  {f'{low:.3f} – {high:.3f}':>15}  {change.p:7.4f}  "
                         f"{change.verdict:12}  {change.name}")
        else:
            lines.append(f"{'–':>7}  {'–':>15}  {'–':>7}  {'not tested':12}  {change.name}: {change.verdict}")
    return lines


def regressions(changes):
    return [change for change in changes if change.verdict.startswith("regression")]
