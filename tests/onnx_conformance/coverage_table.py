"""The table of docs/reference/onnx_coverage.md, from the cases and the list of supported ones."""
import collections

import onnx.defs

HEAD = """# ONNX operators

Written by `tests/onnx_conformance/run.py --update`; do not edit. The outside judge is ONNX's own
backend test suite, version {version}: {total} cases, of which {passed} pass and the others are
refused as UNIMPLEMENTED, each node by name.

`alone`: cases whose graph is made of this operator only. `combined`: cases that use it among others,
most of them the body of another operator spelled out; one that fails may fail for another operator.
Many cases feed shapes, axes or other parameters as data at run time. Those have to be constants, or
computed from the inputs' shapes, as they are in models: so `Reshape` may be missing alone and be fine
combined. `supported`: yes, if all that are alone pass; partly, if some pass of either sort.

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


def render(rows, supported):
    """`rows`: those of cases.tsv; `supported`: the names of the cases that pass, KIND/CASE."""
    alone, combined, listed = Tally(), Tally(), 0
    for row in rows:
        passes = f"{row['kind']}/{row['case']}" in supported
        listed += passes
        ops = row["ops"].split(",")
        for op in ops:
            (alone if len(ops) == 1 and row["expanded"] == "0" else combined).add(op, passes)
    schemas = [s for s in onnx.defs.get_all_schemas() if "training" not in s.domain]
    out = [HEAD.format(version=onnx.__version__, total=len(rows), passed=listed)]
    for domain in sorted({s.domain for s in schemas}):
        out.append(SECTION.format(domain or "ai.onnx"))
        for schema in sorted((s for s in schemas if s.domain == domain), key=lambda s: s.name):
            op, old = _name(schema), " (deprecated)" if schema.deprecated else ""
            out.append(f"| {schema.name}{old} | {schema.since_version} | {_state(op, alone, combined)} "
                       f"| {alone.text(op)} | {combined.text(op)} |\n")
        out.append("\n")
    return "".join(out).rstrip("\n") + "\n"
