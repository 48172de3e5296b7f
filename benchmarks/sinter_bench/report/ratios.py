"""Pictures of Sinter's numbers over the peers', in the same round."""
import collections
import dataclasses
import math

from sinter_bench import statistics
from sinter_bench.report import text
from sinter_bench.report.markup import Picture, Table
from sinter_bench.report.model import row_names

HOW = ("A bar is Sinter's number divided by the peer's, taken in the same round. Left of the line "
       "at 1 Sinter {good}, right of it the peer does. The axis is logarithmic: 0.5 and 2 are equally "
       "far. The whisker is the 95 % interval; a pale bar's interval contains 1: no difference was "
       "found. A bar that ends in an arrow goes on beyond the panel. A word instead of a bar says "
       "why there is no number.")


@dataclasses.dataclass
class Mean:
    """The geometric mean of the ratios of many workloads."""
    count: int
    ratio: float | None = None
    ci: list | None = None
    # In how many, beyond the interval, Sinter is better, neither is, and the peer is.
    tally: tuple = (0, 0, 0)

    def __str__(self):
        return text.with_interval(self.ratio, self.ci)


def mean(run, ours, peer):
    """Of the workloads in `ours` that both could do. Pages show the same mean several times."""
    key = (peer, *((one.key, one.engine) for one in ours))
    if key not in run.means:
        run.means[key] = _mean(run, ours, peer)
    return run.means[key]


def _mean(run, ours, peer):
    # Rows of the family `identity` show what a call costs, and in which language it is made; they are
    # no work to be fast at.
    counted = [one for one in ours
               if peer in one.ratios and one.extra.get("family") != "identity"]
    found = statistics.geometric_mean([(one.rounds, run.get(one, peer).rounds) for one in counted])
    if not found:
        return Mean(0)
    cis = [one.ratios[peer]["ci"] or [0, math.inf] for one in counted]
    below, above = sum(high < 1 for _, high in cis), sum(low > 1 for low, _ in cis)
    tally = (below, len(cis) - below - above, above)
    return Mean(len(counted), *found, tally if ours[0].better == "lower" else tally[::-1])


def _cell(run, one, peer):
    """-> what a picture shows of a workload against a peer; None if the peer was not asked."""
    found = one.ratios.get(peer)
    if found:
        low, high = found["ci"] or (found["ratio"], found["ratio"])
        return {"ratio": [found["ratio"], low, high]}
    other = run.get(one, peer)
    guilty = one if one.status != "ok" else other
    if guilty is None:
        return None
    return {"status": guilty.status, "engine": text.engine(guilty.engine), "error": guilty.error}


def _worst_first(ours, peers):
    """Where Sinter is furthest behind comes first; what has no ratio comes last."""
    def key(one):
        ratio = next((one.ratios[peer]["ratio"] for peer in peers if peer in one.ratios), None)
        return (ratio is None, -(ratio or 0), one.workload)
    return sorted(ours, key=key)


def _facets(run, ours, peers, numerator):
    return [{"engine": peer, "title": f"{text.engine(numerator)} ÷ {text.engine(peer)}",
             "cells": [_cell(run, one, peer) for one in ours],
             "mean": dataclasses.asdict(mean(run, ours, peer))} for peer in peers]


def _table(run, ours, peers):
    names = [f"÷ {text.engine(peer)}" for peer in peers]
    rows = []
    for one, name in zip(ours, row_names(ours)):
        row = [name, text.quantity(one.median, one.unit)]
        for peer in peers:
            cell = _cell(run, one, peer)
            row.append("not asked" if cell is None else
                       text.with_interval(cell["ratio"][0], cell["ratio"][1:]) if "ratio" in cell
                       else f"{cell['engine']}: {cell['status']}")
        rows.append(row)
    if len(ours) > 1:
        rows.append(["geometric mean", ""] + [str(mean(run, ours, peer)) for peer in peers])
    return Table(["workload", "Sinter", *names], rows)


def picture(run, ours, title):
    """ours: Sinter's measurements of one metric and variant. -> a Picture, or None without peers."""
    asked = [peer for peer in run.peers() if any(run.get(one, peer) for one in ours)]
    # Peers that could do nothing have no panel, and what no peer was asked for has no row.
    peers = [peer for peer in asked if any(peer in one.ratios for one in ours)]
    if not peers:
        return None
    ours = [one for one in _worst_first(ours, peers) if any(_cell(run, one, peer) for peer in peers)]
    lower = ours[0].better == "lower"
    how = HOW.format(good="needs less" if lower else "does less")
    data = {"kind": "ratios", "rows": row_names(ours),
            "facets": _facets(run, ours, peers, "sinter")}
    absent = [_absence(run, ours, peer) for peer in asked if peer not in peers]
    note = f"Without any number: {'; '.join(absent)}." if absent else ""
    return Picture(title, how, data, _table(run, ours, peers), note=note)


def _absence(run, ours, peer):
    """-> a peer that has no number at all, with its most frequent reason."""
    reasons = collections.Counter(
        f"{one.status}: {one.error}" if one.error else one.status
        for one in (run.get(mine, peer) for mine in ours) if one and one.status != "ok")
    reason = reasons.most_common(1)[0][0] if reasons else "Sinter has none to compare with"
    return f"{text.engine(peer)} ({text.clipped(reason, 160)})"


def means_picture(run, groups, title):
    """groups: [(name, Sinter's measurements)]. -> one row a group, with its geometric mean."""
    everything = [one for _, ours in groups for one in ours]
    peers = [peer for peer in run.peers() if any(peer in one.ratios for one in everything)]
    if not peers:
        return None
    table, facets = [], []
    for peer in peers:
        cells = []
        for _, ours in groups:
            found = mean(run, ours, peer)
            cells.append({"ratio": [found.ratio, *(found.ci or [found.ratio] * 2)],
                          "count": found.count} if found.count else None)
        facets.append({"engine": peer, "title": f"Sinter ÷ {text.engine(peer)}", "cells": cells,
                       "mean": dataclasses.asdict(mean(run, everything, peer))})
    for place, (name, ours) in enumerate(groups):
        cells = [facet["cells"][place] for facet in facets]
        table.append([name, len(ours)] + [text.with_interval(cell["ratio"][0], cell["ratio"][1:])
                                          if cell else "–" for cell in cells])
    how = ("Each bar is the geometric mean of the ratios of a group's workloads that both engines "
           "could do, with its 95 % interval. Left of 1 Sinter needs less time.")
    return Picture(title, how, {"kind": "ratios", "rows": [name for name, _ in groups],
                                "facets": facets},
                   Table(["group", "workloads", *(f"÷ {text.engine(peer)}" for peer in peers)], table))


def self_picture(run):
    """Sinter against itself: what the method finds where the truth is known."""
    checks = [name for name in run.engines() if name == "self" or name.startswith("self+")]
    cells, rows = {name: [] for name in checks}, []
    for _, _, ours in run.groups():
        for one in ours:
            found = [run.get(one, name) for name in checks]
            if any(other and "sinter" in other.ratios for other in found):
                rows.append(text.what(one))
                for name, other in zip(checks, found):
                    cells[name].append(other and _cell(run, other, "sinter"))
    if not rows:
        return None
    facets = []
    for name in checks:
        others = [one for one in run.measurements if one.engine == name]
        facets.append({"engine": name, "title": f"{text.engine(name)} ÷ Sinter",
                       "cells": cells[name], "mean": dataclasses.asdict(mean(run, others, "sinter"))})
    table = [[row] + [text.with_interval(cells[name][i]["ratio"][0], cells[name][i]["ratio"][1:])
                      if cells[name][i] and "ratio" in cells[name][i] else "–" for name in checks]
             for i, row in enumerate(rows)]
    how = ("Sinter ran a second time as if it were a peer (`self`: the ratio should be 1, so about "
           "19 of 20 whiskers should reach the line), and with every call made longer by a known "
           "share (`self + N %`: the ratio should be that much above 1).")
    return Picture("Does the method tell the truth?", how,
                   {"kind": "ratios", "rows": rows, "facets": facets},
                   Table(["workload", *(f"{text.engine(name)} ÷ Sinter" for name in checks)], table))


def not_run(run):
    """-> a Table of everything that has no number, by its error; None if all is well."""
    found = {}
    for one in run.measurements:
        if one.status != "ok":
            found.setdefault((one.engine, one.status, one.error or ""), []).append(one)
    rows = [[text.engine(engine), status, error, len(ones), "; ".join(map(text.what, ones))]
            for (engine, status, error), ones in
            sorted(found.items(), key=lambda item: (text.engine_order(item[0][0]), item[0]))]
    header = ["engine", "status", "error", "times", "workloads"]
    return Table(header, rows, names=3, prose=(2, 4)) if rows else None
