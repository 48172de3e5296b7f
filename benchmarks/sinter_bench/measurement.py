"""One measured thing: an engine on a workload, with every raw sample.

`rounds` holds the samples of each interleaved round, in `unit`; everything else is derived from
them, or says why there are none. This is what suites give, results.json keeps and reports read.
"""
import dataclasses

STATUSES = ("ok", "unsupported", "failed", "timeout", "missing", "wrong")


@dataclasses.dataclass
class Measurement:
    suite: str
    workload: str
    engine: str
    variant: dict  # what else tells it apart: {"threads": 1}, {"mode": "hit"}, …
    metric: str = "latency"
    unit: str = "ns"
    better: str = "lower"
    status: str = "ok"
    error: str | None = None
    rounds: list = dataclasses.field(default_factory=list)
    median: float | None = None
    ci: list | None = None
    ratios: dict = dataclasses.field(default_factory=dict)  # peer -> {"ratio", "ci"}
    extra: dict = dataclasses.field(default_factory=dict)

    def fail(self, status, error):
        """Marks that there is no number, and why."""
        self.status, self.error, self.rounds = status, error, []
        return self

    @property
    def key(self):
        """What two runs have in common when they measured the same thing."""
        variant = tuple(sorted((name, str(value)) for name, value in self.variant.items()))
        return (self.suite, self.workload, variant, self.metric)

    @property
    def name(self):
        """Google Benchmark's form: models/gen_resnet50/sinter/threads:1."""
        parts = [self.suite, self.workload, self.engine]
        parts += [f"{name}:{value}" for name, value in self.variant.items()]
        return "/".join(parts + ([] if self.metric == "latency" else [self.metric]))

    def to_json(self):
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data):
        """ERRORS: ValueError if a field is missing, unknown or of the wrong kind."""
        known = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(data, dict) or set(data) - known:
            raise ValueError(f"a measurement has the fields {sorted(known)}, this has {list(data)}")
        try:
            made = cls(**data)
        except TypeError as error:
            raise ValueError(f"a measurement lacks a field: {error}") from None
        if made.status not in STATUSES:
            raise ValueError(f"`{made.status}` is no status; those are {', '.join(STATUSES)}")
        return made
