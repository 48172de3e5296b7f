"""The results as the report's pictures ask for them: runs, engines, groups of like measurements."""
import dataclasses

from sinter_bench import results
from sinter_bench.measurement import Measurement
from sinter_bench.report import text

COMMON = ("mode", "threads")
SUITES = ("operators", "models", "compile", "service")


@dataclasses.dataclass
class Run:
    """One results.json."""
    context: dict
    measurements: list

    @classmethod
    def from_json(cls, data):
        """ERRORS: ValueError if it is not a result of this schema."""
        schema = data.get("context", {}).get("sinter", {}).get("schema")
        if schema != results.SCHEMA:
            raise ValueError(f"a result's schema is {schema}; this program reads {results.SCHEMA}")
        return cls(data["context"], [Measurement.from_json(one) for one in data["measurements"]])

    def __post_init__(self):
        self.index = {(one.key, one.engine): one for one in self.measurements}
        self.means = {}  # kept by ratios.mean

    @property
    def about(self):
        return self.context["sinter"]

    @property
    def suite(self):
        return self.about.get("suite") or (self.measurements[0].suite if self.measurements else "")

    @property
    def date(self):
        return self.context.get("date", "")

    @property
    def commit(self):
        return self.about.get("commit") or "unknown"

    def engines(self):
        return sorted({one.engine for one in self.measurements}, key=text.engine_order)

    def peers(self):
        return [name for name in self.engines() if name != "sinter" and not name.startswith("self")]

    def get(self, like, engine):
        """-> the measurement of the same thing by another engine, or None."""
        return self.index.get((like.key, engine))

    def groups(self, **wanted):
        """-> [(metric, variant, [Sinter's measurements])]: what makes a table, in order of appearance.

        The variant holds what a table has in common; the loads of the suite service are rows of one
        table. `wanted` fixes the metric or parts of the variant: groups(metric="wall_s", mode="cold").
        """
        found = {}
        for one in self.measurements:
            told = {"metric": one.metric, **one.variant}
            if one.engine == "sinter" and all(told.get(name) == wanted[name] for name in wanted):
                common = {name: one.variant[name] for name in COMMON if name in one.variant}
                found.setdefault(str((one.metric, common)), (one.metric, common, []))[2].append(one)
        return list(found.values())


def by_suite(runs):
    """-> {suite: [runs, the oldest first]}, in the order of SUITES."""
    found = {}
    for run in sorted(runs, key=lambda run: run.date):
        found.setdefault(run.suite, []).append(run)
    order = {name: place for place, name in enumerate(SUITES)}
    return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))


def row_names(ones):
    """-> what tells them apart in a table: the workload, or more where that is there twice."""
    names = [one.workload for one in ones]
    return [one.workload if names.count(one.workload) == 1 else text.what(one) for one in ones]


def point(one):
    """-> [median, low, high], for pictures; the median thrice if one round made no interval."""
    low, high = one.ci or (one.median, one.median)
    return [one.median, low, high]
