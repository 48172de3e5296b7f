"""Pictures of the suite compile: what it costs to make a program of a model."""
from sinter_bench.report import ratios, text
from sinter_bench.report.markup import Picture, Table
from sinter_bench.report.model import point

METRICS = ("wall_s", "cpu_s", "peak_rss", "artifact_size")
MODES = ("cold", "warm", "hit")


def _mode(one):
    return one.variant.get("mode", "cold")


def stages_picture(run):
    """-> a Picture of where a cold compile's time goes, or None if no stages were told."""
    found = {}
    for one in run.measurements:
        if one.status == "ok" and one.engine == "sinter" and _mode(one) == "cold" \
                and one.extra.get("stages"):
            found.setdefault(one.workload, one.extra["stages"])
    if not found:
        return None
    stages = list(dict.fromkeys(stage for each in found.values() for stage in each))
    rows = sorted(found, key=lambda name: -sum(found[name].values()))
    data = {"kind": "stack", "rows": rows, "stages": stages, "unit": "s",
            "values": [[found[row].get(stage, 0) for stage in stages] for row in rows]}
    table = [[row, *(text.quantity(found[row].get(stage), "s") for stage in stages),
              text.quantity(sum(found[row].values()), "s")] for row in rows]
    how = ("One bar a model, compiled with nothing cached: its length is the time, its parts are "
           "the stages in the order in which they run. The longest part is where most can be gained.")
    return Picture("Where compile time goes", how, data, Table(["model", *stages, "sum"], table))


def _series(run, metric, mode):
    """-> {engine: {workload: measurement}}."""
    found = {}
    for one in run.measurements:
        if one.metric == metric and _mode(one) == mode and one.status == "ok" \
                and not one.engine.startswith("self"):
            found.setdefault(one.engine, {}).setdefault(one.workload, one)
    return found


def costs_picture(run):
    """-> wall time, processor time, memory and size of all engines, side by side."""
    rows = list(dict.fromkeys(one.workload for one in run.measurements
                              if one.metric in METRICS and _mode(one) == "cold"))
    facets, table = [], []
    for metric in METRICS:
        series = _series(run, metric, "cold")
        if not series:
            continue
        names = sorted(series, key=text.engine_order)
        unit = next(iter(next(iter(series.values())).values())).unit
        facets.append({"title": text.METRICS[metric], "unit": unit, "log": True, "series": [
            {"name": text.engine(name), "key": name,
             "points": [[rows.index(row), *point(one)] for row, one in series[name].items()]}
            for name in names]})
        for row in rows:
            ones = [series[name][row] for name in names if row in series[name]]
            table += [[row, text.METRICS[metric], text.engine(one.engine),
                       text.quantity(one.median, unit), text.interval(one.ci, unit)] for one in ones]
    if not facets:
        return None
    how = ("Each mark is an engine that compiles the model from nothing; further left is cheaper. "
           "Every panel has its own logarithmic axis. Whiskers are 95 % intervals.")
    return Picture("What a compile costs", how, {"kind": "dots", "rows": rows, "facets": facets},
                   Table(["model", "metric", "engine", "median", "95 % interval"], table, names=3))


def modes_picture(run):
    """-> cold against warm kernels against a hit, Sinter's."""
    series = {mode: _series(run, "wall_s", mode).get("sinter", {}) for mode in MODES}
    series = {mode: found for mode, found in series.items() if found}
    if len(series) < 2:
        return None
    rows = list(dict.fromkeys(row for found in series.values() for row in found))
    data = {"kind": "dots", "rows": rows, "facets": [
        {"title": "time until the artifact is there", "unit": "s", "log": True, "series": [
            {"name": mode, "key": f"mode:{mode}",
             "points": [[rows.index(row), *point(one)] for row, one in found.items()]}
            for mode, found in series.items()]}]}
    table = [[row] + [text.quantity(found[row].median, "s") if row in found else "–"
                      for found in series.values()] for row in rows]
    how = ("The same model compiled by a new process with nothing cached (cold), by a service that runs "
           "and has compiled it before, but must not use the result (warm), and by one that may (hit). "
           "The distance is what each saves.")
    note = next((one.extra["note"] for found in series.values() for one in found.values()
                 if "note" in one.extra), "")
    return Picture("What a running service and its cache save", how, data,
                   Table(["model", *series], table), note=text.sentence(note))


def pictures(run):
    found = [stages_picture(run), modes_picture(run), costs_picture(run)]
    for metric, variant, ours in run.groups():
        found.append(ratios.picture(run, ours, f"Ratios, {text.group(metric, variant)}"))
    return [each for each in found if each]
