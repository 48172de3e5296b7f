"""The suite service: daemons under load, over real gRPC.

Each row starts a fresh sinterd, and buildbox-casd where it can do the like, brings both into the same
state, and then lets the load generator (../../load) at one after the other, in an order drawn anew
each round. Both ends share the machine, so the generator's processor time is told too.

A latency is one of a closed loop (no rate given), or counts from the moment at which an open loop's
request was due. `rounds` holds up to 1000 latencies a round, evenly spread over the sorted ones; the
percentiles are made of all of them, which are kept in `raw/` beside results.json.
"""
import contextlib
import dataclasses
import gzip
import hashlib
import json
import math
import random
import subprocess
import time

import numpy as np

from sinter_bench import environment, servers, service_models
from sinter_bench.measurement import Measurement

SINTER, CASD = "sinter", servers.Casd.name
PERCENTILES = {"p50": 50, "p90": 90, "p99": 99, "p999": 99.9}
KEPT_A_ROUND = 1000
MOST_TURN_S, LEAST_TURN_S = 3.0, 0.25
WARMUP_SHARE = 0.2
# A compile may last longer than a short turn: these have longer ones, and count from the first
# request on, which the compile before the rounds has warmed up.
COMPILES, LEAST_COMPILING_S = ("miss",), 1.0
# What a turn takes besides the load: processes, connections, the noise check.
TURN_OVERHEAD_S = 0.15
LOAD_TIMEOUT_S = 300
REQUEST_TIMEOUT_S = 60
LEAST_STARTS = 5


class LoadError(Exception):
    """The load did not run at all."""


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of service.tsv, checked."""
    name: str
    scenario: str
    request: str
    peer: str | None
    model: str | None
    connections: int
    rate: float | None

    @classmethod
    def of(cls, row):
        """ERRORS: ValueError that names the line."""
        cells = {name: None if text == "-" else text for name, text in row.items()}
        try:
            rate = None if cells["rate"] is None else float(cells["rate"])
            connections = int(cells["connections"] or 0)
        except ValueError as error:
            raise ValueError(f"{row['where']}: {error}; a number is due, or -") from None
        made = cls(cells["name"], cells["scenario"], cells["request"], cells["peer"], cells["model"],
                   connections, rate)
        if made.request != "start" and (made.connections < 1 or made.model is None):
            raise ValueError(f"{row['where']}: `{made.request}` needs a model and connections")
        if rate is not None and rate <= 0:
            raise ValueError(f"{row['where']}: the rate {rate:g} is not above zero; - is a closed loop")
        return made

    @property
    def variant(self):
        return {"scenario": self.scenario, "connections": self.connections, "rate": self.rate}


def latencies(report):
    """-> all latencies of a run of load, sorted, in ns: as they were, or from its histogram."""
    if "latencies_ns" in report:
        return np.array(report["latencies_ns"], dtype=float)
    values, counts = np.array(report["histogram"], dtype=np.int64).T
    return np.repeat(values, counts).astype(float)


def thinned(values):
    """-> at most KEPT_A_ROUND of the sorted values, evenly spread, smallest and largest among them."""
    if len(values) <= KEPT_A_ROUND:
        return values.tolist()
    return values[np.linspace(0, len(values) - 1, KEPT_A_ROUND).round().astype(int)].tolist()


def percentiles(values):
    """-> {"p50": ns, …}, each a value that was seen; without those too rare for so few values."""
    found, ordered = {}, np.sort(values)
    for name, percent in PERCENTILES.items():
        # A percentile with nothing beyond it would only be the maximum.
        if len(values) * (100 - percent) >= 100:
            # The nearest rank; the little less keeps a product such as 0.999 · 1000 from rounding up.
            rank = math.ceil(len(values) * percent / 100 - 1e-9)
            found[name] = float(ordered[rank - 1])
    return found


class Side:
    """One server under one row's load, and what came of it."""

    def __init__(self, row, engine, version, server, words, raw):
        self.engine, self.server, self._words, self._row = engine, server, words, row
        self._version = version
        self.latency = Measurement("service", row.name, engine, row.variant)
        self.throughput = Measurement("service", row.name, engine, row.variant, "throughput",
                                      "requests/s", "higher")
        self.bandwidth = Measurement("service", row.name, engine, row.variant, "bandwidth", "B/s",
                                     "higher")
        self._all, self._reports, self._raw = [], [], raw
        self._idle_rss = server.rss_bytes()
        self._cpu_s = 0.0

    def load(self, seconds, seed):
        """One turn. ERRORS: LoadError."""
        cpu_s = self.server.cpu_s()
        warmup_s = 0 if self._row.request in COMPILES else seconds * WARMUP_SHARE
        report = run_load(self._words + [f"--duration={seconds:.3f}", f"--warmup={warmup_s:.3f}",
                                         f"--seed={seed}"])
        self._cpu_s += self.server.cpu_s() - cpu_s
        values = latencies(report)
        self._reports.append(report)
        self._all.append(values)
        self._raw.write(json.dumps(report) + "\n")
        if len(values) == 0:
            return
        self.latency.rounds.append(thinned(values))
        self.throughput.rounds.append([report["achieved_rate"]])
        self.bandwidth.rounds.append([report["bytes_per_s"]])

    def results(self):
        """-> Measurements: latency, and what a closed loop alone tells: throughput, and bandwidth where
        reading is all there is."""
        extra = self._extra()
        if not self.latency.rounds:
            first = next((one["first_error"] for one in self._reports if "first_error" in one), None)
            return [self.latency.fail("failed", first or "no request was answered")]
        self.latency.extra = {**extra, "version": self._version, "percentiles": percentiles(np.concatenate(self._all))}
        found = [self.latency]
        if self._row.rate is None:
            self.throughput.extra = extra
            found.append(self.throughput)
            if self._row.request == "fetch":
                self.bandwidth.extra = extra
                found.append(self.bandwidth)
        return found

    def _extra(self):
        total = {name: sum(one[name] for one in self._reports)
                 for name in ("requests", "answered", "unsent", "bytes", "generator_cpu_s")}
        codes = {}
        for one in self._reports:
            for code, count in one["errors"].items():
                codes[code] = codes.get(code, 0) + count
        rates = [one["achieved_rate"] for one in self._reports]
        delays = [one["send_delay"]["p99"] for one in self._reports if "send_delay" in one]
        extra = {**total, "loop": "closed" if self._row.rate is None else "open",
                 "achieved_rate": float(np.median(rates)) if rates else None,
                 "errors": sum(codes.values()), "errors_by_code": codes,
                 "server": {"rss_idle_bytes": self._idle_rss, "rss_bytes": self.server.rss_bytes(),
                            "tree_rss_bytes": self.server.tree_rss_bytes(), "cpu_s": self._cpu_s}}
        if self._reports:
            extra["prepared"] = self._reports[0]["prepared"]
        if delays:
            extra["send_delay_p99_ns"] = float(np.median(delays))
        return extra

    def told(self):
        if not self.latency.rounds:
            return f"{self.latency.status}: {self.latency.error}"
        middle = np.median(np.concatenate(self._all))
        rate = np.median([one["achieved_rate"] for one in self._reports])
        return f"p50 {middle / 1e6:.3f} ms, {rate:.0f} requests/s, {len(self._reports)} rounds"


def run_load(words):
    """-> the generator's report. ERRORS: LoadError."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=servers.environment())
    try:
        out, err = process.communicate(timeout=LOAD_TIMEOUT_S)
    except BaseException as error:
        process.kill()
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise LoadError(f"the load did not end within {LOAD_TIMEOUT_S} s") from None
        raise
    if process.returncode != 0:
        raise LoadError(err.strip() or f"the load generator exits with {process.returncode}")
    return json.loads(out)


def _compile(options, model, address, out):
    done = subprocess.run([options.sinter, "compile", str(model), f"--output={out}", "--target=server",
                           f"--server={address}", "--json"], text=True, capture_output=True,
                          env=servers.environment(), check=False)
    if done.returncode != 0:
        raise LoadError(f"`{model.name}` does not compile: {(done.stderr + done.stdout).strip()}")


class Case:
    """A row with its servers, for as long as the row takes. A context manager."""

    def __init__(self, options, row, load):
        self._options, self._row, self._load = options, row, load
        self._stack = contextlib.ExitStack()
        self.folder = options.work_dir / "service" / row.name
        self.missing = []

    def __enter__(self):
        try:
            self.sides = self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _start(self):
        """ERRORS: LoadError, servers.ServerError."""
        row, options = self._row, self._options
        daemon = self._stack.enter_context(servers.Sinterd(options.sinterd, self.folder / "sinterd"))
        daemon.await_ready()
        model = service_models.make(options.work_dir, row.model, options.seed)
        library = self.folder / "model.so"
        _compile(options, model, daemon.address, library)
        version = environment.sinter_details(options.sinter).get("version")
        sides = [self._side(SINTER, version, daemon, row.request, ["--model", str(model)])]
        if row.peer:
            program = servers.find_casd()
            if program:
                casd = self._stack.enter_context(servers.Casd(program, self.folder / "casd"))
                sides.append(self._side(CASD, servers.casd_version(program), casd, row.peer,
                                        ["--blob", str(library)]))
            else:
                self.missing = [missing(row)]
        return sides

    def _side(self, engine, version, server, scenario, what):
        words = [self._load, f"--server={server.address}", f"--scenario={scenario}", *what,
                 f"--connections={self._row.connections}", f"--timeout={REQUEST_TIMEOUT_S}"]
        words += [] if self._row.rate is None else [f"--rate={self._row.rate}"]
        folder = self._options.out / "raw"
        folder.mkdir(parents=True, exist_ok=True)
        raw = self._stack.enter_context(
            gzip.open(folder / f"service.{self._row.name}.{engine}.jsonl.gz", "wt", encoding="ascii"))
        return Side(self._row, engine, version, server, words, raw)


def missing(row):
    return Measurement("service", row.name, CASD, row.variant).fail(
        "missing", f"`{CASD}` is not installed; `sinter bench setup --peers={CASD}` does it")


def _seed(*parts):
    """-> a number that the same parts always give."""
    return int.from_bytes(hashlib.sha256(json.dumps(parts).encode()).digest()[:6], "big")


def measure(options, row, load, seconds):
    """-> [Measurement] of a row under load; takes about `seconds`."""
    with Case(options, row, load) as case:
        turn_s = seconds / (len(case.sides) * options.rounds) / (1 + WARMUP_SHARE) - TURN_OVERHEAD_S
        least_s = LEAST_COMPILING_S if row.request in COMPILES else LEAST_TURN_S
        turn_s = min(MOST_TURN_S, max(least_s, turn_s))
        rng = random.Random(_seed(options.seed, row.name))
        for number in range(options.rounds):
            options.noise.sample()
            rng.shuffle(case.sides)
            for side in case.sides:
                side.load(turn_s, _seed(options.seed, row.name, number))
        found = []
        for side in sorted(case.sides, key=lambda side: side.engine != SINTER):
            found += side.results()
            options.log(f"    {side.engine:14} {side.told()}")
        return found + case.missing


def _start_once(options, row, engine, folder):
    """-> {(scenario, metric, unit): value} of one start from nothing."""
    if engine == CASD:
        with servers.Casd(servers.find_casd(), folder) as server:
            return {("start to listening", "latency", "ns"): server.listening_s * 1e9,
                    ("idle", "rss", "bytes"): server.rss_bytes()}
    with servers.Sinterd(options.sinterd, folder) as server:
        ready_s = server.await_ready()
        return {("start to listening", "latency", "ns"): server.listening_s * 1e9,
                ("start to first worker", "latency", "ns"): ready_s * 1e9,
                ("idle", "rss", "bytes"): server.rss_bytes(),
                ("idle, with workers", "rss", "bytes"): server.tree_rss_bytes()}


def measure_start(options, row, seconds):
    """-> [Measurement]: how long until a server that starts from nothing is of use, what it holds."""
    engines = [SINTER] + ([CASD] if row.peer and servers.find_casd() else [])
    found, end = {}, time.monotonic() + seconds
    for number in range(options.rounds):
        if number >= LEAST_STARTS and time.monotonic() > end:
            break
        options.noise.sample()
        for engine in engines if number % 2 else reversed(engines):
            told = _start_once(options, row, engine, options.work_dir / "start" / f"{engine}-{number}")
            for (scenario, metric, unit), value in told.items():
                one = found.setdefault((engine, scenario), Measurement(
                    "service", row.name, engine, {"scenario": scenario}, metric, unit))
                one.rounds.append([value])
    for one in found.values():
        middle = float(np.median(one.rounds))
        shown = f"{middle / 1e6:.1f} ms" if one.unit == "ns" else f"{middle / 2**20:.1f} MiB"
        options.log(f"    {one.engine:14} {one.variant['scenario']}: {shown}")
    return list(found.values()) + ([missing(row)] if row.peer and len(engines) == 1 else [])


def run(options, rows):
    """-> [Measurement]. ERRORS: ValueError for a row at fault; FileNotFoundError without the load
    generator."""
    load = servers.find_load(options.sinter)
    cases, measured = [Row.of(row) for row in rows], []
    for number, row in enumerate(cases):
        options.log(f"[{number + 1}/{len(cases)}] {row.name}")
        seconds = options.left_s() / (len(cases) - number)
        try:
            if row.request == "start":
                measured += measure_start(options, row, seconds)
            else:
                measured += measure(options, row, load, seconds)
        except (LoadError, servers.ServerError) as error:
            options.log(f"    failed: {error}")
            one = Measurement("service", row.name, SINTER, row.variant)
            measured.append(one.fail("failed", str(error)))
    return measured
