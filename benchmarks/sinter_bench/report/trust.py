"""Can these numbers be trusted? The noise verdict and what they were measured on."""
from sinter_bench import calibration
from sinter_bench.report import text
from sinter_bench.report.markup import Picture, Table, escape, tag


def _percent(share):
    return f"{100 * share:.1f} %"


def verdict(run):
    """-> (noisy, a sentence or two)."""
    noise = run.about.get("noise")
    if not noise:
        return True, "This run did no noise check: nothing tells whether the machine was quiet."
    reasons = []
    if noise["cv"] > calibration.MAX_SPREAD:
        reasons.append(f"a fixed piece of work took times that spread by {_percent(noise['cv'])} "
                       f"({_percent(calibration.MAX_SPREAD)} is allowed)")
    if noise["steal"] > calibration.MAX_STEAL:
        reasons.append(f"{_percent(noise['steal'])} of the processor time went to other guests of "
                       f"the host ({_percent(calibration.MAX_STEAL)} is allowed)")
    if noise["noisy"]:
        return True, (f"This run is noisy: {'; '.join(reasons) or 'the check says so'}. Times are "
                      "unsure; ratios within a round, where slowness hits both, suffer less.")
    return False, ("The machine was quiet: a fixed piece of work repeated all through the run spread "
                   f"by {_percent(noise['cv'])}, {_percent(noise['steal'])} of the processor time went "
                   "to others.")


def banner(run):
    noisy, words = verdict(run)
    mark = tag("strong", "Noisy" if noisy else "Quiet")
    return tag("p", mark, " ", escape(words), class_=f"verdict {'noisy' if noisy else 'quiet'}",
               role="status")


def noise_picture(run):
    noise = run.about.get("noise") or {}
    samples = noise.get("samples") or []
    if len(samples) < 2:
        return None
    series = {"name": "calibration loop", "key": "sinter", "dots": True,
              "points": [[i + 1, value] for i, value in enumerate(samples)]}
    data = {"kind": "curves", "x": {"name": "in the order taken", "scale": "linear"},
            "y": {"unit": noise.get("unit", "ns"), "scale": "linear"}, "height": 150,
            "legend": False, "facets": [{"title": "", "series": [series]}]}
    low, high = min(samples), max(samples)
    how = (f"The same fixed work, {text.count(len(samples), 'time')} from the run's beginning to its "
           f"end: {text.quantity(low, 'ns')} to {text.quantity(high, 'ns')}. Level dots are a quiet "
           "machine; steps and spikes are something else using it.")
    return Picture("Noise check", how, data)


def _engines(about):
    for name, told in sorted((about.get("engines") or {}).items(),
                             key=lambda item: text.engine_order(item[0])):
        if "error" in told:
            yield text.engine(name), f"not there: {told['error']}"
        else:
            details = told.get("details") or {}
            more = ", ".join(f"{key} {value}" for key, value in details.items()
                             if isinstance(value, (str, int, float)))
            yield text.engine(name), f"{told.get('version') or 'unknown'}{f' ({more})' if more else ''}"


def _peaks(about):
    for threads, found in sorted((about.get("peaks") or {}).items()):
        told = [f"{name.removesuffix('_bytes_per_s').replace('_', ' ')} "
                f"{text.quantity(value, text.rate_unit(name))}"
                for name, value in found.items() if isinstance(value, (int, float))]
        yield f"measured peaks, {text.threads(int(threads))}", "; ".join(told)


def environment(run):
    """-> a Table of what the run was measured on and with."""
    about, context = run.about, run.context
    cpu = about.get("cpu") or {}
    caches = ", ".join(f"L{each['level']} {each['type'].lower()} "
                       f"{text.quantity(each['size'], 'bytes')}"
                       for each in context.get("caches", []))
    rows = [("date", run.date), ("commit", run.commit),
            ("command", " ".join(about.get("argv") or [])), ("processor", cpu.get("model", "unknown")),
            ("processors used", context.get("num_cpus")),
            ("clock", f"{context.get('mhz_per_cpu', 0)} MHz, "
                      f"governor {cpu.get('governor', 'unknown')}"),
            ("caches", caches), ("memory", text.quantity(about.get("memory_bytes"), "bytes")),
            ("kernel", about.get("kernel")), ("system", about.get("os")),
            ("load at the start", " ".join(f"{each:.2f}" for each in context.get("load_avg", []))),
            ("rounds, seed", f"{about.get('rounds')}, {about.get('seed')}"),
            ("took", f"{text.quantity(about.get('wall_s'), 's')} of a budget of "
                     f"{text.quantity(about.get('budget_s'), 's')}"),
            *_engines(about), *_peaks(about),
            ("processor features", " ".join(cpu.get("flags") or []))]
    told = [[name, value] for name, value in rows if value not in (None, "")]
    return Table(["what", "value"], told, prose=(1,))
