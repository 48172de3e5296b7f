"""What a run found, for a terminal.

A table a metric and variant: Sinter's median, then each peer's column with Sinter's ratio to it, a
picture of the 95 % interval on a common logarithmic axis (`┼` is 1) and the geometric mean. Colours
only where a terminal shows them: green is an interval below 1, red one above, none where the
interval contains 1. NO_COLOR turns them off.
"""
import math
import os
import shutil
import sys

from sinter_bench import statistics
from sinter_bench.report import ratios, text, trust
from sinter_bench.report.model import Run, row_names

_GREEN, _RED, _YELLOW = "\x1b[32m", "\x1b[31m", "\x1b[33m"
_DIM, _BOLD, _OFF = "\x1b[2m", "\x1b[1m", "\x1b[0m"
# Characters of an interval's picture (too narrow terminals get none) and of a workload's name.
_BAR = 17
_FURTHEST = 8
_NAME = 34


class _Paint:
    """Colours that are nothing unless asked for."""

    def __init__(self, on):
        self.on = on

    def __call__(self, style, words):
        return f"{style}{words}{_OFF}" if self.on and style else words


def interval_bar(low, middle, high, least, most, width=_BAR):
    """-> "   ├─●──┤ ┼    ": an interval on a logarithmic axis from `least` to `most`."""
    span = math.log(most / least) or 1.0

    def place(value):
        share = math.log(min(max(value, least), most) / least) / span
        return min(width - 1, round(share * (width - 1)))

    cells = [" "] * width
    if least <= 1 <= most:
        cells[place(1.0)] = "┼"
    first, last = place(low), place(high)
    for at in range(first, last + 1):
        cells[at] = "─"
    if first < last:
        cells[first], cells[last] = "├", "┤"
    cells[place(middle)] = "●"
    return "".join(cells)


def _style(ci, better):
    if ci is None or ci[0] <= 1 <= ci[1]:
        return ""
    return _GREEN if (ci[1] < 1) == (better == "lower") else _RED


def _ratio_cell(ratio, ci, better, axis, paint):
    """-> (text, its length on screen)."""
    words = f"{text.ratio(ratio):>7}"
    if axis:
        words += " " + interval_bar(*(ci and (ci[0], ratio, ci[1]) or (ratio,) * 3), *axis)
    return paint(_style(ci, better), words), len(words)


def _peer_cell(run, one, peer, axis, paint):
    """As _ratio_cell(), or the word that says why there is no ratio."""
    found = one.ratios.get(peer)
    if found is None:
        other = run.get(one, peer)
        words = one.status if one.status != "ok" else other.status if other else "–"
        return paint(_DIM, words), len(words)
    return _ratio_cell(found["ratio"], found["ci"], one.better, axis, paint)


def _mean_cell(run, ours, peer, axis, paint):
    found = ratios.mean(run, ours, peer)
    if found.count == 0:
        return "–", 1
    words, length = _ratio_cell(found.ratio, found.ci, ours[0].better, axis, paint)
    return paint(_BOLD, words), length


def _axis(ours, peers):
    """-> (least, most) of all intervals, 1 included; what is further off ends at the edge."""
    ends = [value for one in ours for peer in peers if peer in one.ratios
            for value in one.ratios[peer]["ci"] or [one.ratios[peer]["ratio"]]]
    return max(min([*ends, 0.9]), 1 / _FURTHEST), min(max([*ends, 1.1]), _FURTHEST)


def _row(name, median, cells, width):
    line = f"  {text.clipped(name, _NAME):{_NAME}} {median:>9}"
    for words, length in cells:
        line += "  " + words + " " * max(0, width - length)
    return line.rstrip()


def _ratio_table(run, ours, peers, paint, columns):
    bars = 2 + _NAME + 10 + len(peers) * (2 + 8 + _BAR) <= columns
    axis = _axis(ours, peers) if bars else None
    width = max([14, 8 + _BAR if bars else 0])
    heads = [f"÷ {text.engine(peer)}" for peer in peers]
    yield _row("", "Sinter", [(paint(_DIM, head), len(head)) for head in heads], width)
    for one, name in zip(ours, row_names(ours)):
        median = text.quantity(one.median, one.unit) if one.status == "ok" else one.status
        yield _row(name, median,
                   [_peer_cell(run, one, peer, axis, paint) for peer in peers], width)
    if len(ours) > 1:
        means = [_mean_cell(run, ours, peer, axis, paint) for peer in peers]
        yield _row("geometric mean", "", means, width)
    if axis:
        least, most = (text.ratio(value) for value in axis)
        side = "left" if ours[0].better == "lower" else "right"
        yield paint(_DIM, f"  {'':{_NAME}} {'':9}  bars: {least} to {most}, logarithmic; ┼ is 1, "
                          f"{side} of it Sinter is better")


def _plain_table(ours):
    """Without peers: the number and its interval; for the service its percentiles."""
    for one in ours:
        name = f"  {text.clipped(text.what(one), _NAME + 24):{_NAME + 24}}"
        if one.status != "ok":
            yield f"{name} {one.status}: {one.error}"
            continue
        line = f"{name} {text.quantity(one.median, one.unit):>9}"
        line += f"  [{text.interval(one.ci, one.unit)}]" if one.ci else ""
        told = one.extra.get("percentiles") or {}
        line += "".join(f"  {key} {text.quantity(value, one.unit)}" for key, value in told.items())
        yield line + (f"  {one.extra['errors']} errors" if one.extra.get("errors") else "")


def _failures(run, paint):
    """Everything without a number, alike ones together."""
    found = {}
    for one in run.measurements:
        if one.status != "ok":
            found.setdefault((one.engine, one.status, one.error), []).append(one.workload)
    if found:
        yield "\n" + paint(_BOLD, "Not measured")
    for (engine, status, error), workloads in found.items():
        names = list(dict.fromkeys(workloads))
        which = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield f"  {text.engine(engine)}: {status}: {text.clipped(str(error), 160)} ({which})"


def render(data, colour=None, columns=None):
    """data: the contents of a results.json. -> lines for a terminal, as one text.

    By default coloured if stdout is a terminal, and as wide as that.
    """
    run = Run.from_json(data)
    if colour is None:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    columns = columns or shutil.get_terminal_size((120, 24)).columns
    paint = _Paint(colour)
    noisy, words = trust.verdict(run)
    cpu = (run.about.get("cpu") or {}).get("model", "unknown processor")
    lines = [paint(_BOLD, f"Suite {run.suite}, commit {run.commit}, {run.date}"), cpu,
             paint(_YELLOW if noisy else _GREEN, words)]
    alone = {}  # by metric: what no peer was asked for
    for metric, variant, ours in run.groups():
        name = text.METRICS.get(metric, metric)
        peers = [peer for peer in run.peers()
                 if any(peer in one.ratios or _not_ok(run, one, peer) for one in ours)]
        if not peers:
            alone.setdefault(name, []).extend(ours)
            continue
        if any(one.extra.get("percentiles") for one in ours):
            alone[f"{name}, percentiles"] = ours
            ours = [one for one in ours if any(run.get(one, peer) for peer in peers)]
        lines += ["", paint(_BOLD, text.sentence(text.group(metric, variant)))]
        lines += _ratio_table(run, ours, peers, paint, columns)
    for name, ours in alone.items():
        lines += ["", paint(_BOLD, text.sentence(name)), *_plain_table(ours)]
    lines += _self_lines(run, paint)
    lines += _failures(run, paint)
    return "\n".join(lines)


def _not_ok(run, one, peer):
    other = run.get(one, peer)
    return other is not None and other.status != "ok"


def _self_lines(run, paint):
    """What the method finds where the truth is known."""
    for engine in run.engines():
        ones = [one for one in run.measurements if one.engine == engine and "sinter" in one.ratios]
        if not engine.startswith("self") or not ones:
            continue
        pairs = [(one.rounds, run.get(one, "sinter").rounds) for one in ones]
        mean, ci = statistics.geometric_mean(pairs)
        cis = [one.ratios["sinter"]["ci"] or (0, math.inf) for one in ones]
        inside = sum(low <= 1 <= high for low, high in cis)
        if ":" in engine:  # another program: nothing is known of it
            yield f"\n{paint(_BOLD, f'{engine} ÷ Sinter')} {text.with_interval(mean, ci)}"
            continue
        yield (f"\n{paint(_BOLD, f'Check: {text.engine(engine)} ÷ Sinter')} "
               f"{text.with_interval(mean, ci)}; the interval contains 1 in {inside} of {len(ones)}")
