"""docs/reference/onnx_coverage.md, from the cases and the list of those that do not pass."""
import collections
import re

import onnx.defs

HEAD = """# ONNX operators

Written by `tests/onnx_conformance/run.py --update`; do not edit. The outside judge is ONNX's own
backend test suite, version {version} (kinds node, simple, pytorch-operator, pytorch-converted); what it
does not cover, our own cases do, in the same form and judged by ONNX Runtime. Of {total} cases {passed}
pass; each of the others stands in `tests/onnx_conformance/remaining.tsv` with its reason.

"""
PASSES = """| {} | cases | pass | |
|---|---|---|---|
"""
LEGEND = """A case counts for the domain of its operators outside of ai.onnx, if it has any.

In the tables below `alone` are cases whose graph is made of this operator only; `combined` are cases
that use it among others, most of them the body of another operator spelled out; one that fails may
fail for another operator. `supported`: yes, if all that are alone pass; partly, if some pass of either
sort.

"""
SECTION = """## {}

| operator | newest version | supported | alone | combined |
|---|---|---|---|---|
"""


class Tally:
    """Passed and total by operator."""

    def __init__(self):
        self.total, self.passed = collections.Counter(), collections.Counter()

    def add(self, op, passes):
        self.total[op] += 1
        self.passed[op] += passes

    def text(self, op):
        return f"{self.passed[op]} of {self.total[op]}" if self.total[op] else ""


def _name(schema):
    return schema.name if schema.domain in ("", "ai.onnx") else f"{schema.domain}.{schema.name}"


def _state(op, alone, combined):
    if alone.total[op] and alone.passed[op] == alone.total[op]:
        return "yes"
    if alone.passed[op] + combined.passed[op]:
        return "partly"
    return "no" if alone.total[op] + combined.total[op] else "no case"


def _others(alone, combined, known):
    """The operators of other domains that there are cases for: they have no schema in ONNX."""
    by_domain = collections.defaultdict(list)
    for op in {*alone.total, *combined.total} - known:
        if "." in op:
            domain, _, name = op.rpartition(".")
            by_domain[domain].append(name)
    out = []
    for domain, names in sorted(by_domain.items()):
        out.append(f"## {domain}\n\n| operator | supported | alone | combined |\n|---|---|---|---|\n")
        for name in sorted(names):
            op = f"{domain}.{name}"
            out.append(f"| {name} | {_state(op, alone, combined)} | {alone.text(op)} "
                       f"| {combined.text(op)} |\n")
        out.append("\n")
    return "".join(out)


def _domain(row):
    """The domain that a case is about."""
    others = {op.rpartition(".")[0] for op in row["all_ops"].split(",")} - {""}
    return min(others) if others else "ai.onnx"


def _pass_table(title, key, cases, listed):
    tally = Tally()
    for case, row in cases.items():
        for name in (key(row), "all"):
            tally.add(name, case not in listed)
    out = [PASSES.format(title)]
    for name in sorted(tally.total, key=lambda n: (n == "all", n)):
        total, passed = tally.total[name], tally.passed[name]
        # Rounded down, so that only all cases are 100 %.
        out.append(f"| {name} | {total} | {passed} | {1000 * passed // total / 10:.1f} % |\n")
    return "".join(out) + "\n"


def kinds_in(text):
    """The kinds of cases that a rendered document was made from."""
    table = text.partition("| kind | cases |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| ([\w-]+) \| \d", table, re.M)) - {"all"}


def render(cases, listed):
    """`cases`: {KIND/CASE: row of cases.tsv}; `listed`: those that do not pass."""
    alone, combined = Tally(), Tally()
    for case, row in cases.items():
        ops = row["ops"].split(",")
        for op in ops:
            (alone if len(ops) == 1 and row["expanded"] == "0" else combined).add(op, case not in listed)
    passed = sum(case not in listed for case in cases)
    schemas = [s for s in onnx.defs.get_all_schemas() if "training" not in s.domain]
    out = [HEAD.format(version=onnx.__version__, total=len(cases), passed=passed),
           _pass_table("kind", lambda row: row["kind"], cases, listed),
           _pass_table("domain", _domain, cases, listed), LEGEND]
    for domain in sorted({s.domain for s in schemas}):
        out.append(SECTION.format(domain or "ai.onnx"))
        for schema in sorted((s for s in schemas if s.domain == domain), key=lambda s: s.name):
            op, old = _name(schema), " (deprecated)" if schema.deprecated else ""
            out.append(f"| {schema.name}{old} | {schema.since_version} | {_state(op, alone, combined)} "
                       f"| {alone.text(op)} | {combined.text(op)} |\n")
        out.append("\n")
    out.append(_others(alone, combined, {_name(s) for s in schemas}))
    return "".join(out).rstrip("\n") + "\n"
