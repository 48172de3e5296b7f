"""All numbers of a run: the full table, and the raw samples of any workload."""
import numpy as np

from sinter_bench.report import text
from sinter_bench.report.markup import Picture, Table

# So many samples of a run are put into the page at most; results.json keeps all.
MAX_SAMPLES = 300_000


def full_table(run):
    rows = []
    for one in run.measurements:
        ours = run.get(one, "sinter")
        found = ours.ratios.get(one.engine) if ours else None
        check = one.extra.get("outputs") or {}
        rows.append([one.workload, text.variant(one.variant),
                     text.METRICS.get(one.metric, one.metric), text.engine(one.engine), one.status,
                     text.quantity(one.median, one.unit),
                     text.interval(one.ci, one.unit) if one.status == "ok" else "–",
                     f"{len(one.rounds)} × {round(np.mean([len(each) for each in one.rounds]))}"
                     if one.rounds else "–",
                     text.with_interval(found["ratio"], found["ci"]) if found else "–",
                     f"{check['max_rel']:.1e}" if "max_rel" in check else "–", one.error or ""])
    return Table(["workload", "variant", "metric", "engine", "status", "median", "95 % interval",
                  "rounds × samples", "Sinter ÷ it", "off by", "error"], rows, names=5, prose=(10,))


def _thinned(samples, count):
    """-> at most `count` of them, evenly over their order, the extremes included; four digits."""
    if len(samples) > count:
        places = np.linspace(0, len(samples) - 1, count).round().astype(int)
        samples = np.sort(np.asarray(samples, dtype=float))[places].tolist()
    return [float(f"{value:.4g}") for value in samples]


def samples_picture(run):
    """-> a strip plot of the rounds of the workload that the reader picks."""
    ours = [one for one in run.measurements if one.status == "ok" and one.rounds]
    if not ours:
        return None
    count = max(3, min(60, MAX_SAMPLES // sum(len(one.rounds) for one in ours)))
    choices = {}
    for one in ours:
        empty = {"kind": "strip", "unit": one.unit, "series": []}
        choice = choices.setdefault(text.what(one), empty)
        choice["series"].append({"name": text.engine(one.engine), "key": one.engine,
                                 "rounds": [_thinned(samples, count) for samples in one.rounds]})
    how = ("Every dot is one sample, every column an interleaved round; the short line is the round's "
           "median. Rounds that drift or jump for all engines alike were a change of the machine. "
           f"At most {count} samples a round are drawn, spread evenly from the fastest to the "
           "slowest; all of them are in results.json.")
    return Picture("Raw samples", how, {"choices": [{"label": label, "data": data}
                                                    for label, data in choices.items()]},
                   choice="Workload")
