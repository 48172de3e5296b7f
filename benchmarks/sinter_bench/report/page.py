"""Puts the page together: sections, styles, scripts and data in one file.

The page loads nothing: a Content-Security-Policy forbids it any connection and runs only the two
scripts whose digests it names, so that text in results (error messages of peers, say) can't act.
"""
import base64
import hashlib
import json
import pathlib

from sinter_bench.report import building, everything, history, latency, ratios, service, text, trust
from sinter_bench.report.echarts import find_echarts
from sinter_bench.report.markup import Table, escape, tag
from sinter_bench.report.model import Run, by_suite

_FOLDER = pathlib.Path(__file__).parent / "page"
# In this order: later ones use earlier ones.
_SCRIPTS = ("colours.js", "numbers.js", "layout.js", "ratios.js", "dots.js", "curves.js", "stack.js",
            "roofline.js", "samples.js", "main.js")
MOST_ROWS = 48
_ABOUT = {
    "operators": "single operators, with shapes and types taken from real models",
    "models": "whole models, one call after another",
    "compile": "what it costs to make a program of a model",
    "service": "the daemon under load, through real gRPC",
}


class _Page:
    """Collects sections and gives pictures their names."""

    def __init__(self):
        self.body, self.contents, self.data = [], [], {}
        self.told = {}

    def section(self, identity, title, *content):
        self.contents.append(tag("li", tag("a", escape(title), href=f"#{identity}")))
        self.body.append(tag("section", tag("h2", escape(title), id=f"{identity}-title"), *content,
                             id=identity, aria_labelledby=f"{identity}-title"))

    def picture(self, picture, level=3):
        if picture is None:
            return ""
        identity = f"picture-{len(self.data)}"
        self.data[identity] = picture.data
        # What a reader was told once needs no second telling.
        first = self.told.setdefault(picture.how, picture.title)
        if first != picture.title:
            picture.how = f"Reads like “{first}”."
        # What takes more than a screen waits until it is asked for.
        rows = len(picture.data.get("rows", ()))
        told = picture.html(identity, level)
        return told if rows <= MOST_ROWS else self.folded(f"{picture.title}: {rows} rows", told)

    def pictures(self, found, level=3):
        return "".join(self.picture(each, level) for each in found)

    def folded(self, title, *content):
        return tag("details", tag("summary", escape(title)), *content, class_="part")


def _latency_pictures(page, run):
    """Of the suites operators and models."""
    found = []
    for _, variant, ours in run.groups(metric="latency"):
        told = text.variant(variant)
        families = {}
        for one in ours:
            families.setdefault(one.extra.get("family") or "other", []).append(one)
        if run.suite == "operators" and len(families) > 1:
            groups = sorted(families.items())
            overview = ratios.means_picture(run, groups, f"Ratios by family, {told}")
            found.append(page.picture(overview))
            parts = [ratios.picture(run, each, f"{family}, {told}") for family, each in groups]
            found.append(page.folded(f"Every workload, family by family, {told}",
                                     page.pictures([part for part in parts if part], 4)))
        else:
            picture = ratios.picture(run, ours, f"Ratios, {told}")
            found.append(page.picture(picture or latency.medians_picture(run, ours, f"Times, {told}")))
    for _, variant, _ in run.groups(metric="latency"):
        found.append(page.picture(latency.roofline(run, variant)))
    found += [page.picture(latency.threads_picture(run)), page.picture(latency.sizes_picture(run))]
    return "".join(found)


def _headline(run):
    """-> the result in one table, before any picture."""
    lines = []
    for metric, variant, ours in run.groups():
        for peer in run.peers():
            found = ratios.mean(run, ours, peer)
            if found.count:
                which = text.group(metric, variant)
                lines.append([which, text.engine(peer), text.ratio(found.ratio),
                              f"{text.ratio(found.ci[0])} – {text.ratio(found.ci[1])}" if found.ci
                              else "–", found.count, *found.tally])
    if not lines:
        return ""
    header = ["what", "against", "geometric mean", "95 % interval", "workloads", "Sinter better",
              "no difference", "Sinter worse"]
    caption = "Sinter divided by the peer: below 1 Sinter needs less"
    if any(one.better == "higher" for one in run.measurements):
        caption += "; of throughput and bytes read, above 1 Sinter does more"
    return tag("div", Table(header, lines, names=2, strong=(2,)).html(caption), class_="headline")


def _suite(page, name, runs):
    run = runs[-1]
    when = run.date[:16].replace("T", " ")
    about = (f"{text.sentence(_ABOUT.get(name, name))}. Commit {run.commit}, measured {when} UTC; "
             f"{text.count(len(runs), 'run')} in this report.")
    parts = [tag("p", escape(about),
                 class_="lead"), trust.banner(run), _headline(run)]
    if name in ("operators", "models"):
        parts.append(_latency_pictures(page, run))
    elif name == "compile":
        parts.append(page.pictures(building.pictures(run)))
    else:
        parts.append(page.pictures(service.pictures(run)))
    parts.append(page.pictures(history.pictures(runs)))
    if missing := ratios.not_run(run):
        parts.append(tag("h3", "What could not be measured") +
     missing.html("Engines without a number, and why"))
    if check := ratios.self_picture(run):
        parts.append(page.picture(check))
    parts.append(page.picture(everything.samples_picture(run)))
    parts.append(tag("h3", "All numbers") + page.folded(
        text.count(len(run.measurements), "measurement"),
        everything.full_table(run).html(f"All measurements of the suite {name}")))
    parts.append(tag("h3", "Machine and engines") + page.picture(trust.noise_picture(run), 4)
                 + page.folded("Environment", trust.environment(run).html("What this was measured on")))
    page.section(f"suite-{name}", name.capitalize(), *parts)


def _inert(data):
    """JSON that can stand inside a script element."""
    told = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _script(source):
    """-> (element, its entry for the Content-Security-Policy)."""
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"<script>{source}</script>", f"'sha256-{digest}'"


def render(runs):
    """-> the page. ERRORS: FileNotFoundError without ECharts."""
    page, suites = _Page(), by_suite(runs)
    for name, found in suites.items():
        _suite(page, name, found)
    library = find_echarts().read_text(encoding="utf-8")
    own = "".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    scripts, digests = zip(_script(library), _script(own))
    policy = (f"default-src 'none'; style-src 'unsafe-inline'; script-src {' '.join(digests)}; "
              "base-uri 'none'; form-action 'none'")
    banners = "".join(tag("div", tag("h2", escape(name.capitalize())), trust.banner(found[-1]))
                      for name, found in suites.items()) if len(suites) > 1 else ""
    told = {"title": escape(f"Sinter benchmarks: {', '.join(suites)}"), "policy": escape(policy),
            "style": (_FOLDER / "report.css").read_text(encoding="utf-8"),
            "contents": "".join(page.contents), "banners": banners, "body": "".join(page.body),
            "data": _inert(page.data), "scripts": "".join(scripts)}
    page_text = (_FOLDER / "frame.html").read_text(encoding="utf-8")
    # One pass, so that what is put in is never searched for names.
    parts = page_text.split("@@")
    return "".join(told[part] if place % 2 else part for place, part in enumerate(parts))


def write_report(results, path):
    """results: the contents of results.json files; several of one suite are its history.

    ERRORS: ValueError for what is no result, FileNotFoundError without ECharts.
    """
    if not results:
        raise ValueError("a report needs at least one result")
    pathlib.Path(path).write_text(render([Run.from_json(one) for one in results]), encoding="utf-8")
