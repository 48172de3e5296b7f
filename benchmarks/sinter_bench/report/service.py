"""Pictures of the suite service: daemons under load."""
import numpy as np

from sinter_bench.report import ratios, text
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


def _scenario(one):
    return str(one.variant.get("scenario", one.workload))


def _load(one):
    return text.variant({name: one.variant.get(name) for name in ("connections", "rate")})


def _measured(run, metric):
    return [one for one in run.measurements if one.metric == metric and one.status == "ok"
            and not one.engine.startswith("self")]


def _facet_of(one, several):
    """-> (title, name of the series): closed loops by scenario, open ones by server as well."""
    engine, rate = text.engine(one.engine), one.variant.get("rate")
    if rate:
        title = f"{_scenario(one)}, at offered rates" + (f": {engine}" if several else "")
        return title, text.quantity(rate, "/s")
    name = f"{engine}, {one.workload}" if several else one.workload
    return f"{_scenario(one)}, one request after another", name


def curves_picture(run):
    facets, rows = {}, []
    ones = _measured(run, "latency")
    several = len({one.engine for one in ones}) > 1
    for one in ones:
        found = percentiles(one)
        points = [[at, value] for at, value in found.items() if at < 100]
        if len(points) < 2:
            continue
        title, name = _facet_of(one, several)
        series = facets.setdefault(title, [])
        by_rate = one.variant.get("rate") or not several
        series.append({"name": name, "points": points,
                       "key": f"category:{len(series)}" if by_rate else one.engine})
        rows.append([_scenario(one), one.workload, text.engine(one.engine), _load(one),
                     text.count(one.extra.get("answered", sum(map(len, one.rounds))), "answer"),
                     one.extra.get("errors", 0),
                     *(text.quantity(found.get(at), one.unit) for at in SHOWN)])
    if not facets:
        return None
    how = ("Read a curve as: so many per cent of the requests were answered within this time. The "
           "horizontal axis stretches the tail, each line to the right is ten times rarer. Low and "
           "flat is good; where a curve turns up, a few requests wait much longer than most.")
    data = {"kind": "curves", "x": {"name": "percentile", "scale": "percentile"}, "plain": True,
            "y": {"unit": "ns", "scale": "log"}, "legend": False,
            "facets": [{"title": name, "series": series} for name, series in facets.items()]}
    header = ["scenario", "workload", "server", "load", "of", "errors", *(f"p{at:g}" for at in SHOWN)]
    return Picture("Latency percentiles under load", how, data, Table(header, rows, names=4))


def rates_picture(run):
    """-> latency against the offered rate, for scenarios that were offered more than one."""
    found = {}
    for one in _measured(run, "latency"):
        if one.variant.get("rate"):
            found.setdefault((_scenario(one), one.engine), []).append(one)
    facets, rows = [], []
    for (scenario, engine), ones in found.items():
        if len(ones) < 2:
            continue
        ones.sort(key=lambda one: one.variant["rate"])
        lines = {at: [] for at in SHOWN}
        for one in ones:
            values = percentiles(one)
            for at in SHOWN:
                if at in values:
                    lines[at].append([one.variant["rate"], values[at]])
            rows.append([scenario, text.engine(engine), _load(one),
                         text.quantity(one.extra.get("achieved_rate"), "/s"),
                         one.extra.get("errors", 0),
                         *(text.quantity(values.get(at), one.unit) for at in SHOWN)])
        facets.append({"title": f"{scenario}: {text.engine(engine)}", "series": [
            {"name": f"p{at:g}", "key": f"shade:{place}", "points": points}
            for place, (at, points) in enumerate(lines.items()) if points]})
    if not facets:
        return None
    how = ("Requests were sent at a fixed rate, whether or not earlier ones had been answered, and a "
           "latency counts from when its request was due. Where the lines turn up, the server is full.")
    data = {"kind": "curves", "facets": facets, "y": {"unit": "ns", "scale": "log"},
            "x": {"name": "offered requests/s", "scale": "log"}}
    header = ["scenario", "server", "load", "achieved", "errors", *(f"p{at:g}" for at in SHOWN)]
    return Picture("Latency against offered rate", how, data, Table(header, rows, names=3))


def throughput_picture(run):
    facets, table = [], []
    everything = [one for metric in ("throughput", "bandwidth") for one in _measured(run, metric)]
    rows = list(dict.fromkeys(one.workload for one in everything))
    for metric, title, unit in (("throughput", "requests answered a second", "/s"),
                                ("bandwidth", "bytes read a second", "B/s")):
        ones = _measured(run, metric)
        engines = sorted({one.engine for one in ones}, key=text.engine_order)
        series = [{"name": text.engine(engine), "key": engine,
                   "points": [[rows.index(one.workload), *point(one)] for one in ones
                              if one.engine == engine]} for engine in engines]
        if series:
            facets.append({"title": title, "unit": unit, "log": True, "series": series})
        table += [[one.workload, _scenario(one), _load(one), text.engine(one.engine), title,
                   text.quantity(one.median, unit), text.interval(one.ci, unit),
                   one.extra.get("errors", 0)] for one in ones]
    if not facets:
        return None
    how = "Further right is better. Whiskers are 95 % intervals over rounds."
    header = ["workload", "scenario", "load", "server", "what", "median", "95 % interval", "errors"]
    return Picture("Throughput", how, {"kind": "dots", "rows": rows, "facets": facets},
                   Table(header, table, names=5))


def state_picture(run):
    """-> how long a server takes to start and what it holds."""
    facets, table = [], []
    kinds = [("latency", "time", "ns"), ("rss", "resident memory", "bytes")]
    ones = {metric: [one for one in _measured(run, metric) if one.workload == "start"]
            for metric, _, _ in kinds}
    for metric, title, unit in kinds:
        for engine in sorted({one.engine for one in ones[metric]}, key=text.engine_order):
            for one in ones[metric]:
                if one.engine == engine:
                    table.append([_scenario(one), title, text.engine(engine),
                                  text.quantity(one.median, unit), text.interval(one.ci, unit)])
    rows = list(dict.fromkeys(row[0] for row in table))
    for metric, title, unit in kinds:
        engines = sorted({one.engine for one in ones[metric]}, key=text.engine_order)
        if engines:
            facets.append({"title": title, "unit": unit, "log": True, "series": [
                {"name": text.engine(engine), "key": engine,
                 "points": [[rows.index(_scenario(one)), *point(one)] for one in ones[metric]
                            if one.engine == engine]} for engine in engines]})
    if not facets:
        return None
    how = "A server that starts from nothing: how long until it is of use, and what it holds then."
    return Picture("Start", how, {"kind": "dots", "rows": rows, "facets": facets},
                   Table(["state", "what", "server", "median", "95 % interval"], table, names=3))


def pictures(run):
    found = [curves_picture(run), rates_picture(run), throughput_picture(run), state_picture(run)]
    for metric, _, ours in run.groups():
        found.append(ratios.picture(run, ours, f"Ratios, {text.METRICS.get(metric, metric)}"))
    return [each for each in found if each]
