"""Pictures of the suite service: the daemon under load."""
import numpy as np

from sinter_bench.report import text
from sinter_bench.report.markup import Picture, Table
from sinter_bench.report.model import point

# Where a curve over percentiles is drawn; beyond what the samples can tell it ends.
CURVE = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 98.5, 99, 99.3, 99.5,
         99.7, 99.8, 99.9)
SHOWN = (50, 90, 99, 99.9)


def percentile_of(name):
    """"p50" -> 50.0, "p999" -> 99.9, "p99.9" -> 99.9; None for other names."""
    digits = name[1:].replace(".", "").replace("_", "")
    if not name.startswith("p") or not digits.isdigit():
        return None
    return 100.0 if digits == "100" else float(f"{digits[:2]}.{digits[2:] or 0}")


def percentiles(one):
    """-> {percentile: value}. Told ones win: they were counted over all requests, samples may be
    a part of them."""
    samples = np.concatenate([np.asarray(each, dtype=float) for each in one.rounds if len(each)])
    given = one.extra.get("percentiles") or {}
    told = {percentile_of(name): value for name, value in given.items()}
    told.pop(None, None)
    # A percentile needs ten samples above it to mean something.
    known = [each for each in CURVE if len(samples) * (100 - each) >= 1000]
    found = dict(zip(known, np.percentile(samples, known).tolist()) if known else ())
    return dict(sorted({**found, **told}.items()))


def _load(one):
    return text.variant({name: value for name, value in one.variant.items() if name != "scenario"})


def _scenario(one):
    """-> what is asked, and of whom where that is not our daemon."""
    asked = str(one.variant.get("scenario", one.workload))
    return asked if one.engine == "sinter" else f"{asked}, {text.engine(one.engine)}"


def _latencies(run):
    return [one for one in run.measurements if one.metric == "latency" and one.status == "ok"]


def curves_picture(run):
    facets, rows = {}, []
    for one in _latencies(run):
        scenario = _scenario(one)
        found, rate = percentiles(one), one.variant.get("rate")
        if not found:  # a few starts, say, make no distribution
            continue
        title = f"{scenario}, at offered rates" if rate else f"{scenario}, one request after another"
        series = facets.setdefault(title, [])
        series.append({"name": text.quantity(rate, "/s") if rate else _load(one),
                       "key": f"category:{len(series)}",
                       "points": [[at, value] for at, value in found.items() if at < 100]})
        rows.append([scenario, _load(one), text.count(sum(map(len, one.rounds)), "sample"),
                     *(text.quantity(found.get(at), one.unit) for at in SHOWN)])
    if not facets:
        return None
    how = ("Read a curve as: so many per cent of the requests were answered within this time. The "
           "horizontal axis stretches the tail, each line to the right is ten times rarer. Low and "
           "flat is good; where a curve turns up, a few requests wait much longer than most.")
    data = {"kind": "curves", "x": {"name": "percentile", "scale": "percentile"},
            "y": {"unit": "ns", "scale": "log"}, "plain": True, "legend": False,
            "facets": [{"title": name, "series": series} for name, series in facets.items()]}
    return Picture("Latency percentiles under load", how, data,
                   Table(["scenario", "load", "samples", *(f"p{at:g}" for at in SHOWN)], rows, names=2))


def rates_picture(run):
    """-> latency against the offered rate, for scenarios that were offered more than one."""
    found = {}
    for one in _latencies(run):
        if one.variant.get("rate"):
            found.setdefault(_scenario(one), []).append(one)
    facets, rows = [], []
    for scenario, ones in found.items():
        if len(ones) < 2:
            continue
        ones.sort(key=lambda one: one.variant["rate"])
        lines = {at: [] for at in SHOWN}
        for one in ones:
            values = percentiles(one)
            for at in SHOWN:
                if at in values:
                    lines[at].append([one.variant["rate"], values[at]])
            achieved = one.extra.get("achieved_rate", one.extra.get("achieved"))
            rows.append([scenario, text.quantity(one.variant["rate"], "requests/s"),
                         text.quantity(achieved, "requests/s"), one.extra.get("errors", 0),
                         *(text.quantity(values.get(at), one.unit) for at in SHOWN)])
        facets.append({"title": scenario, "series": [
            {"name": f"p{at:g}", "key": f"shade:{place}", "points": points}
            for place, (at, points) in enumerate(lines.items()) if points]})
    if not facets:
        return None
    how = ("Requests were sent at a fixed rate, whether or not earlier ones had been answered. Where "
           "the lines turn up, the service is full.")
    data = {"kind": "curves", "facets": facets, "y": {"unit": "ns", "scale": "log"},
            "x": {"name": "offered requests/s", "scale": "log"}}
    header = ["scenario", "offered", "achieved", "errors", *(f"p{at:g}" for at in SHOWN)]
    return Picture("Latency against offered rate", how, data, Table(header, rows))


def throughput_picture(run):
    ones = [one for one in run.measurements if one.metric == "throughput" and one.status == "ok"]
    if not ones:
        return None
    scenarios = list(dict.fromkeys(_scenario(one) for one in ones))
    names = {(_scenario(one), _load(one)): one for one in ones}
    rows = [f"{scenario}, {load}" for scenario, load in names]
    data = {"kind": "dots", "rows": rows, "facets": [
        {"title": "requests answered a second", "unit": "/s", "log": True, "series": [
            {"name": scenario, "key": f"category:{place}",
             "points": [[row, *point(one)] for row, ((which, _), one) in enumerate(names.items())
                        if which == scenario]} for place, scenario in enumerate(scenarios)]}]}
    table = [[scenario, load, text.quantity(one.median, "/s"), text.interval(one.ci, "/s"),
              one.extra.get("errors", 0)] for (scenario, load), one in names.items()]
    how = "Further right is better. Whiskers are 95 % intervals over rounds."
    return Picture("Throughput", how, data,
                   Table(["scenario", "load", "throughput", "95 % interval", "errors"], table, names=2))


def pictures(run):
    return [each for each in (curves_picture(run), rates_picture(run),
                              throughput_picture(run)) if each]
