"""Pictures of the same suite over commits."""
from sinter_bench.report import ratios, text
from sinter_bench.report.markup import Picture, Table
from sinter_bench.report.model import point


def labels(runs):
    """-> a short name a run: its commit, with the date where commits repeat."""
    commits = [run.commit for run in runs]
    return [commit if commits.count(commit) == 1 else f"{commit} {run.date[5:16].replace('T', ' ')}"
            for commit, run in zip(commits, runs)]


def means_picture(runs):
    """-> geometric means of the ratios over runs; only of workloads that all runs have."""
    facets, rows = {}, []
    names = labels(runs)
    for metric, variant, ours in runs[-1].groups():
        for peer in runs[-1].peers():
            shared = [one.key for one in ours if all(
                (found := run.index.get((one.key, "sinter"))) and peer in found.ratios for run in runs)]
            if not shared:
                continue
            points = []
            for place, run in enumerate(runs):
                found = ratios.mean(run, [run.index[(key, "sinter")] for key in shared], peer)
                points.append([place, found.ratio, *(found.ci or [found.ratio] * 2)])
                rows.append([text.group(metric, variant), text.engine(peer), names[place],
                             text.count(found.count, "workload"), str(found)])
            title = text.group(metric, variant)
            facets.setdefault(title, []).append(
                {"name": f"Sinter ÷ {text.engine(peer)}", "key": peer, "points": points})
    if not facets:
        return None
    how = ("One step a run, the oldest first. The line is the geometric mean of the ratios, the band "
           "its 95 % interval; downwards is faster. Only workloads that every run measured count.")
    data = {"kind": "curves", "x": {"scale": "category", "names": names, "name": "commit"},
            "y": {"unit": "ratio", "scale": "log", "line": 1},
            "facets": [{"title": title, "series": series} for title, series in facets.items()]}
    return Picture("Ratios over commits", how, data,
                   Table(["what", "peer", "commit", "of", "geometric mean"], rows, names=4))


def _choice(runs, like, names):
    """The history of one workload: its median, and its ratios."""
    engines, peers = {}, {}
    for place, run in enumerate(runs):
        for engine in run.engines():
            one = run.index.get((like.key, engine))
            if one is not None and one.status == "ok" and not engine.startswith("self"):
                engines.setdefault(engine, []).append([place, *point(one)])
        ours = run.index.get((like.key, "sinter"))
        for peer, found in (ours.ratios if ours else {}).items():
            peers.setdefault(peer, []).append(
                [place, found["ratio"], *(found["ci"] or [found["ratio"]] * 2)])
    order = sorted(engines, key=text.engine_order)
    facets = [{"title": text.METRICS.get(like.metric, like.metric), "unit": like.unit, "series": [
        {"name": text.engine(name), "key": name, "points": engines[name]} for name in order]}]
    if peers:
        facets.append({"title": "Sinter ÷ peer", "unit": "ratio", "line": 1, "series": [
            {"name": text.engine(name), "key": name, "points": peers[name]}
            for name in sorted(peers, key=text.engine_order)]})
    data = {"kind": "curves", "facets": facets, "y": {"scale": "log"},
            "x": {"scale": "category", "names": names, "name": "commit"}}
    return {"label": text.what(like), "data": data}


def _told(one):
    if one is None:
        return "–"
    return text.quantity(one.median, one.unit) if one.status == "ok" else one.status


def workload_picture(runs):
    """-> any workload over runs, as the reader picks."""
    names = labels(runs)
    keys = [one for one in runs[-1].measurements if one.engine == "sinter"]
    if not keys:
        return None
    rows = []
    for one in keys:
        found = [run.index.get((one.key, "sinter")) for run in runs]
        rows.append([one.workload, text.group(one.metric, one.variant), *map(_told, found)])
    how = ("Medians with their 95 % intervals as bands, and the ratios to the peers of the same run. "
           "Where all engines move together it was the machine, where one moves alone that engine.")
    return Picture("One workload over commits", how,
                   {"choices": [_choice(runs, one, names) for one in keys]},
                   Table(["workload", "what", *names], rows, names=2), choice="Workload")


def pictures(runs):
    if len(runs) < 2:
        return []
    return [each for each in (means_picture(runs), workload_picture(runs)) if each]
