"""Pictures of the suites operators and models, besides ratios: roofline and scaling."""
import math

import scipy.stats

from sinter_bench import statistics
from sinter_bench.report import text
from sinter_bench.report.markup import Picture, Table
from sinter_bench.report.model import point, row_names

# What the peaks program calls the peak of a data type; others compute in f32.
PEAKS = {"s8_ops": "8-bit integers", "bf16_flops": "bf16", "f32_flops": "f32"}
BANDWIDTHS = {"l1_read_bytes_per_s": "L1 cache", "l2_read_bytes_per_s": "L2 cache",
              "l3_read_bytes_per_s": "L3 cache", "dram_read_bytes_per_s": "DRAM"}


def peak_name(dtype):
    if dtype in ("s8", "u8", "i8", "int8", "uint8"):
        return "s8_ops"
    return "bf16_flops" if dtype in ("bf16", "bfloat16") else "f32_flops"


def roof(peaks, dtype, intensity):
    """-> FLOP/s that the machine allows at this intensity, with the data in DRAM; None if unknown."""
    peak = peaks.get(peak_name(dtype)) or peaks.get("f32_flops")
    bandwidth = peaks.get("dram_read_bytes_per_s")
    return min(peak, bandwidth * intensity) if peak and bandwidth else None


def _roofline_point(one, peaks):
    flops, intensity = one.extra["flops"], one.extra["flops"] / one.extra["bytes"]
    achieved = [flops / (nanoseconds * 1e-9) for nanoseconds in point(one)]
    allowed = roof(peaks, one.extra.get("dtype"), intensity)
    return {"label": one.workload, "family": one.extra.get("family") or "other", "x": intensity,
            "y": [achieved[0], achieved[2], achieved[1]], "dtype": one.extra.get("dtype"),
            "share": achieved[0] / allowed if allowed else None}


def roofline(run, variant):
    """-> a Picture of what part of the machine is used, or None without peaks or FLOPs."""
    peaks = (run.about.get("peaks") or {}).get(str(variant.get("threads")))
    if not peaks:
        return None
    found = {}
    for one in run.measurements:
        if one.status == "ok" and one.variant == variant and one.metric == "latency" \
                and one.extra.get("flops") and one.extra.get("bytes"):
            found.setdefault(one.engine, []).append(_roofline_point(one, peaks))
    if "sinter" not in found:
        return None
    lines = {kind: [{"label": label, "value": peaks[name], "unit": text.rate_unit(name)}
                    for name, label in known.items() if peaks.get(name)]
             for kind, known in (("peaks", PEAKS), ("bandwidths", BANDWIDTHS))}
    families = sorted({each["family"] for points in found.values() for each in points})
    order = sorted(found, key=text.engine_order)
    choices = [{"label": text.engine(name),
                "data": {"kind": "roofline", **lines, "families": families, "points": found[name]}}
               for name in order]
    rows = [[each["label"], each["family"], each["dtype"] or "", text.digits(each["x"]),
             text.quantity(each["y"][0], "FLOP/s"),
             f"{each['share'] * 100:.0f} %" if each["share"] else "–"]
            for each in sorted(found["sinter"], key=lambda each: each["share"] or 0)]
    how = ("All lines were measured on this machine: slanted ones are bandwidths of memories, level "
           "ones peaks of the arithmetic. A point is a workload: how many operations it does per byte "
           "that it must move (right: more), and how many a second it reached (up: faster). No "
           "point can lie above the line of the memory that its data comes from; far below all "
           "lines there is speed to gain.")
    return Picture(f"Roofline, {text.variant(variant)}", how, {"choices": choices},
                   Table(["workload (Sinter)", "family", "type", "FLOP per byte", "achieved",
                          "of what DRAM allows"], rows, names=3), choice="Engine")


def threads_picture(run):
    """-> a Picture of the speed-up by more threads, or None with one thread count."""
    counts = sorted({one.variant["threads"] for one in run.measurements if "threads" in one.variant
                     and one.metric == "latency"})
    if len(counts) < 2:
        return None
    few, many = counts[0], counts[-1]
    index = {(one.engine, one.workload, text.variant(one.variant)): one for one in run.measurements
             if one.metric == "latency"}
    series, rows = {}, []
    for one in run.measurements:
        if one.status == "ok" and one.metric == "latency" and one.variant.get("threads") == few \
                and not one.engine.startswith("self"):
            like = text.variant({**one.variant, "threads": many})
            other = index.get((one.engine, one.workload, like))
            if other is not None and other.status == "ok":
                speedup = statistics.unpaired_ratio(statistics.round_medians(one.rounds),
                                                    statistics.round_medians(other.rounds))
                series.setdefault(one.engine, {})[one.workload] = [speedup[0], *speedup[1]]
                if one.workload not in rows:
                    rows.append(one.workload)
    if not rows:
        return None
    first = series.get("sinter") or next(iter(series.values()))
    rows.sort(key=lambda name: first.get(name, [0])[0])
    names = sorted(series, key=text.engine_order)
    data = {"kind": "dots", "rows": rows, "facets": [
        {"title": f"speed-up from {few} to {text.threads(many)}", "unit": "ratio", "log": False,
         "lines": [{"at": 1, "label": "none"}, {"at": many / few, "label": "ideal"}],
         "series": [{"name": text.engine(name), "key": name,
                     "points": [[rows.index(row), *value] for row, value in series[name].items()]}
                    for name in names]}]}
    table = [[row] + [text.with_interval(series[name][row][0], series[name][row][1:])
                      if row in series[name] else "–" for name in names] for row in rows]
    how = (f"How many times faster {text.threads(many)} are than {few}: each mark is an engine, its "
           f"whisker the 95 % interval. At {many / few:g} the work is split perfectly; left "
           "of 1 more threads make it slower.")
    return Picture("Scaling with threads", how, data,
                   Table(["workload", *map(text.engine, names)], table))


def medians_picture(run, ours, title):
    """ours: Sinter's. -> the times themselves, for runs that have no peer to divide by."""
    ours = sorted((one for one in ours if one.status == "ok"), key=lambda one: -one.median)
    if not ours:
        return None
    rows = row_names(ours)
    data = {"kind": "dots", "rows": rows, "facets": [
        {"title": "median time of a call", "unit": ours[0].unit, "log": True, "series": [
            {"name": "Sinter", "key": "sinter",
             "points": [[row, *point(one)] for row, one in enumerate(ours)]}]}]}
    table = [[name, text.quantity(one.median, one.unit), text.interval(one.ci, one.unit)]
             for name, one in zip(rows, ours)]
    how = "No peer took part. A mark is a median, its whisker the 95 % interval; left is faster."
    return Picture(title, how, data, Table(["workload", "median", "95 % interval"], table))


def exponent(points):
    """points: [(size, median)]. -> (exponent, half of its 95 % interval) of
    time = c * size^exponent, fitted to the logarithms; None for fewer than three sizes."""
    if len(points) < 3:
        return None
    fit = scipy.stats.linregress([math.log(size) for size, _ in points],
                                 [math.log(value) for _, value in points])
    return fit.slope, fit.stderr * scipy.stats.t.ppf(0.975, len(points) - 2)


def sizes_picture(run):
    """-> a Picture of how cost grows with size, or None where no rows form a series."""
    found = {}
    for one in run.measurements:
        if one.status == "ok" and one.extra.get("size_series") \
                and not one.engine.startswith("self"):
            where = (one.extra["size_series"], text.variant(one.variant))
            found.setdefault(where, {}).setdefault(one.engine, []).append(one)
    facets, rows = [], []
    for (name, variant), engines in found.items():
        series = []
        for engine in sorted(engines, key=text.engine_order):
            ones = sorted(engines[engine], key=lambda one: one.extra["size"])
            if len(ones) < 2:
                continue
            fit = exponent([(one.extra["size"], one.median) for one in ones])
            told = f"size^{fit[0]:.2f} ± {fit[1]:.2f}" if fit else "–"
            series.append({"name": text.engine(engine), "key": engine, "note": told,
                           "points": [[one.extra["size"], *point(one)] for one in ones]})
            rows += [[name, variant, text.engine(engine), text.digits(one.extra["size"]),
                      text.quantity(one.median, one.unit), text.interval(one.ci, one.unit), told]
                     for one in ones]
        if series:
            facets.append({"title": f"{name}, {variant}", "series": series})
    if not facets:
        return None
    how = ("Time against size, both logarithmic: a straight line is a power law and its slope the "
           "power. Fitted exponents with 95 % intervals are in the tooltips and the table. Of two "
           "parallel lines the lower one is faster, at any size.")
    data = {"kind": "curves", "facets": facets, "x": {"name": "size", "scale": "log"},
            "y": {"unit": "ns", "scale": "log"}}
    return Picture("Scaling with size", how, data,
                   Table(["series", "variant", "engine", "size", "median", "95 % interval", "time ∝"],
                         rows, names=3))
