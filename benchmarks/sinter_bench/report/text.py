"""Numbers and names as people read them. Text only; markup.py makes it safe for a page."""
import math

_TIME = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (0, "ns"))
_BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (0, "B"))
_SCALE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (0, ""))
NBSP = "\u202f"  # narrow, does not break

METRICS = {"latency": "latency", "wall_s": "time to compile", "cpu_s": "processor time",
           "peak_rss": "peak memory", "artifact_size": "artifact size", "throughput": "throughput",
           "bandwidth": "bytes read", "rss": "resident memory"}
# Peers come in this order everywhere, the reference first.
ENGINES = ("sinter", "onnxruntime", "openvino", "iree", "tvm", "onednn", "openblas", "buildbox-casd")
_TITLES = {"sinter": "Sinter", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO",
           "iree": "IREE", "tvm": "TVM", "onednn": "oneDNN", "openblas": "OpenBLAS"}


def digits(value, count=3):
    """-> `count` significant digits, no exponent for what people meet: 0.0123, 1.23, 12.3, 1,230."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    if not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{count - 1}e}"
    # The exponent after rounding: 0.9999 is 1.00, not 1.000.
    exponent = int(f"{value:.{count - 1}e}".rsplit("e", 1)[1])
    decimals = max(0, count - 1 - exponent)
    return f"{value:,.{decimals}f}"


def _scaled(value, steps):
    size, name = next((step for step in steps if abs(value) >= step[0]), steps[-1])
    return f"{digits(value / (size or 1))}{NBSP}{name}".rstrip(NBSP)


def quantity(value, unit):
    """-> "1.23 ms", "4.50 MiB", "12.3 GFLOP/s"; a dash for None."""
    if value is None:
        return "–"
    if unit == "ns":
        return _scaled(value, _TIME)
    if unit == "s":
        return _scaled(value * 1e9, _TIME)
    if unit == "bytes":
        return _scaled(value, _BYTES)
    if unit in ("FLOP/s", "OP/s", "B/s"):
        text = _scaled(value, _SCALE)
        return text + unit if NBSP in text else text + NBSP + unit
    if unit == "ratio":
        return ratio(value)
    unit = unit.removeprefix("requests")  # what is counted is in the heading
    return f"{digits(value)}{NBSP}{unit}".rstrip(NBSP)


def rate_unit(name):
    """-> the unit of a measured peak, told by its name: `f32_flops`, `s8_ops`, `…_bytes_per_s`."""
    return {"flops": "FLOP/s", "ops": "OP/s"}.get(name.rsplit("_", 1)[-1], "B/s")


def ratio(value):
    """-> thousandths around 1, where they matter: 0.995, 1.052; else significant digits."""
    if value is None:
        return "–"
    return f"{value:.3f}" if 0.1 <= value < 10 else digits(value)


def interval(ci, unit):
    return f"{quantity(ci[0], unit)} – {quantity(ci[1], unit)}" if ci else "one round, none"


def with_interval(value, ci):
    """-> "0.83 [0.81, 0.85]", for ratios."""
    return ratio(value) + (f" [{ratio(ci[0])}, {ratio(ci[1])}]" if ci else "")


def engine(name):
    """-> the name that its makers write."""
    return _TITLES.get(name, name.replace("+", " + ") if name.startswith("self+") else name)


def engine_order(name):
    """A sort key: as ENGINES, then others, then the checks on ourselves."""
    place = ENGINES.index(name) if name in ENGINES else len(ENGINES)
    return (name.startswith("self"), place, name)


def threads(count):
    return f"{count} thread" + ("" if count == 1 else "s")


def variant(given):
    """-> "1 thread", "cold, 2 threads", "hit, 16 connections, 500 requests/s offered".

    No rate means that each connection asks again as soon as it has its answer.
    """
    parts = []
    for name, value in given.items():
        if name == "threads":
            parts.append(threads(value))
        elif name == "connections":
            parts.append(f"{value} connection" + ("" if value == 1 else "s"))
        elif name == "rate" and value is not None:
            parts.append(f"{digits(value)} requests/s offered")
        elif value is not None:
            parts.append(str(value))
    return ", ".join(parts)


def what(one):
    """-> a measurement's workload, variant and metric, without repetitions."""
    given = {name: value for name, value in one.variant.items() if value != one.workload}
    metric = "" if one.metric == "latency" else METRICS.get(one.metric, one.metric)
    return ", ".join(filter(None, (one.workload, variant(given), metric)))


def group(metric, given):
    """-> what the measurements of a table or picture have in common: "latency, 1 thread"."""
    return ", ".join(filter(None, (METRICS.get(metric, metric), variant(given))))


def sentence(text):
    return text[:1].upper() + text[1:]


def clipped(words, width):
    return words if len(words) <= width else words[:width - 1] + "…"


def count(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")
