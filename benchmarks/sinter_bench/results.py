"""results.json: all that a run found, raw samples included.

Google Benchmark's format, so that its tools (compare.py and what reads it in CI) take the file;
our own reports read "measurements", which has what that format has no place for.
"""
import json
import pathlib

from sinter_bench import statistics
from sinter_bench.measurement import Measurement

SCHEMA = 1


def derive(measurements, seed=0):
    """Fills in medians, intervals and ratios from the samples."""
    by_key = {}
    for one in measurements:
        if one.status == "ok" and one.rounds:
            one.median, one.ci = statistics.median_interval(one.rounds, seed)
            by_key.setdefault(one.key, {})[one.engine] = one
    for engines in by_key.values():
        ours = [one for name, one in engines.items() if name == "sinter" or name.startswith("self")]
        for one in ours:
            one.ratios = _ratios(one, engines, seed)


def _ratios(one, engines, seed):
    ratios = {}
    for name, peer in engines.items():
        if name == one.engine or (one.engine == "sinter" and name.startswith("self")):
            continue
        found = statistics.paired_ratio(one.rounds, peer.rounds, seed)
        if found is not None:
            ratios[name] = {"ratio": found[0], "ci": found[1]}
    return ratios


_TO_NS = {"ns": 1.0, "s": 1e9}


def _entries(one):
    """Google Benchmark's entries of a measurement: a repetition a round, then the median."""
    if one.status != "ok":
        return [{"name": one.name, "run_name": one.name, "run_type": "iteration",
                 "error_occurred": True, "error_message": f"{one.status}: {one.error}"}]
    scale = _TO_NS.get(one.unit)
    if scale is None:
        return []
    entries = []
    for index, samples in enumerate(one.rounds):
        value = float(statistics.round_medians([samples])[0]) * scale
        entries.append(_entry(one, "iteration", value, len(samples),
                              repetitions=len(one.rounds), repetition_index=index))
    entries.append(_entry(one, "aggregate", one.median * scale, len(one.rounds),
                          repetitions=len(one.rounds), aggregate_name="median"))
    return entries


def _entry(one, run_type, nanoseconds, iterations, **more):
    name = one.name + ("_median" if run_type == "aggregate" else "")
    # The engines' threads share the work: processor time is not told apart.
    return {"name": name, "run_name": one.name, "run_type": run_type, "iterations": iterations,
            "threads": one.variant.get("threads", 1), "real_time": nanoseconds,
            "cpu_time": nanoseconds, "time_unit": "ns", **more}


def write(path, context, measurements):
    """Writes the file. REQUIRES: derive() was called."""
    data = {"context": context,
            "benchmarks": [entry for one in measurements for entry in _entries(one)],
            "measurements": [one.to_json() for one in measurements]}
    pathlib.Path(path).write_text(json.dumps(data, indent=1, allow_nan=False) + "\n")
    return data


def load(path):
    """-> (context, [Measurement]); PATH may be a run's folder. ERRORS: ValueError that names it."""
    path = pathlib.Path(path)
    path = path / "results.json" if path.is_dir() else path
    try:
        data = json.loads(path.read_text())
        schema = data["context"]["sinter"]["schema"]
        if schema != SCHEMA:
            raise ValueError(f"its schema is {schema}; this program reads {SCHEMA}")
        return data["context"], [Measurement.from_json(one) for one in data["measurements"]]
    except OSError as error:
        raise ValueError(f"`{path}` can't be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"`{path}` is not a result of `sinter bench run`: {error}") from None
