"""The table of docs/reference/onnx_coverage.md, from the cases and the list of supported ones."""
import collections

import onnx.defs

HEAD = """# ONNX operators

Written by `tests/onnx_conformance/run.py --update`; do not edit. The outside judge is ONNX's own
backend test suite, version {version}: {total} cases, of which {passed} pass and the others are
refused as UNIMPLEMENTED, each node by name. `cases` counts those whose graph holds the operator
itself; cases that spell out its function body are counted with the operators they use.

"""


def _name(schema):
    return schema.name if schema.domain in ("", "ai.onnx") else f"{schema.domain}.{schema.name}"


def _state(passed, total):
    if total == 0:
        return "no case"
    return "no" if passed == 0 else "yes" if passed == total else "partly"


def render(rows, supported):
    """`rows`: those of cases.tsv; `supported`: the names of the cases that pass, KIND/CASE."""
    total, passed = collections.Counter(), collections.Counter()
    for row in rows:
        for op in row["ops"].split(","):
            total[op] += 1
            passed[op] += f"{row['kind']}/{row['case']}" in supported
    schemas = [s for s in onnx.defs.get_all_schemas() if "training" not in s.domain]
    listed = sum(f"{row['kind']}/{row['case']}" in supported for row in rows)
    out = [HEAD.format(version=onnx.__version__, total=len(rows), passed=listed)]
    for domain in sorted({s.domain for s in schemas}):
        out.append(f"## {domain or 'ai.onnx'}\n\n| operator | newest version | supported | cases |\n|---|---|---|---|\n")
        for schema in sorted((s for s in schemas if s.domain == domain), key=lambda s: s.name):
            name = _name(schema)
            old = " (deprecated)" if schema.deprecated else ""
            out.append(f"| {schema.name}{old} | {schema.since_version} | {_state(passed[name], total[name])} "
                       f"| {passed[name]} of {total[name]} |\n")
        out.append("\n")
    return "".join(out).rstrip("\n") + "\n"
