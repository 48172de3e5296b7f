"""The suite compile: what it costs to make a program of a model.

Modes of Sinter:
  cold  `sinter compile --local` with an empty state folder: a new command, a new worker
  warm  against a daemon whose worker has compiled the model before, with --no-cache: the program and
        its pages are warm, no result and no kernel is kept
  hit   the same, answered from the cache

A peer is cold: its adapter's `load` in a new process each round, timed from the model file to a first
call that could be made, after the engine was imported. Our times hold all of the command, start of
process and worker included, and leave shapes free where peers may specialise: what favours anybody
favours them. Engines take turns, in an order drawn anew each round.
"""
import dataclasses
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import time

from sinter_bench import peers, rows as tables, servers, workloads
from sinter_bench.adapter_process import AdapterError, AdapterProcess
from sinter_bench.measurement import Measurement

METRICS = {"wall_s": "s", "cpu_s": "s", "peak_rss": "bytes", "artifact_size": "bytes"}
TIMEOUT_S = 300
# A hit takes milliseconds and the kernel counts processor time in hundredths of a second.
HITS_A_ROUND = 5
MIN_ROUNDS = 2
NO_KERNEL_CACHE = "nothing of a compile is kept but whole results: warm is the process, not kernels"


@dataclasses.dataclass
class Case:
    """A model to compile, on the processors given."""
    name: str
    model: pathlib.Path
    inputs: dict   # name -> .npy
    threads: int
    processors: list
    folder: pathlib.Path


def _last_event(stdout):
    lines = [line for line in stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {}


def _command(words, processors):
    """Runs one to its end. -> (wall seconds, its last JSON event).

    ERRORS: AdapterError if it fails or takes too long.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL, env=servers.environment(),
                               start_new_session=True,
                               preexec_fn=lambda: os.sched_setaffinity(0, processors))
    try:
        stdout, _ = process.communicate(timeout=TIMEOUT_S)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise AdapterError("timeout", f"not compiled after {TIMEOUT_S} s") from None
        raise
    wall_s = time.perf_counter() - begin
    event = _last_event(stdout)
    if process.returncode != 0:
        kind = "unsupported" if event.get("code") == "UNIMPLEMENTED" else "failed"
        told = event.get("message") or f"`{words[0]} compile` exits with {process.returncode}"
        raise AdapterError(kind, told)
    return wall_s, event


def _children_cpu_s():
    """Of commands that have ended, and what they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class SinterTurn:
    """`sinter compile` in one mode."""

    def __init__(self, mode, options, case, daemon):
        self.mode, self._options, self._case, self._daemon = mode, options, case, daemon
        self._library = case.folder / f"{mode}.so"
        self._state = case.folder / "state"  # of cold compiles

    def prepare(self):
        """Brings the daemon where the mode starts from: its worker has compiled the model, the result
        is kept. ERRORS: AdapterError."""
        if self.mode != "cold":
            self._compile(cached=True)

    def measure(self):
        """-> ({metric: samples}, {stage: seconds}). ERRORS: AdapterError."""
        repeats = HITS_A_ROUND if self.mode == "hit" else 1
        cpu_s = -self._cpu_s()
        done = [self._compile() for _ in range(repeats)]
        cpu_s += self._cpu_s()
        wanted = "hit" if self.mode == "hit" else "miss"
        if any(event["cache"] != wanted for _, event in done):
            raise AdapterError("failed", f"the cache says not `{wanted}` but `{done[0][1]['cache']}`")
        event = done[0][1]
        samples = {"wall_s": [wall_s for wall_s, _ in done], "cpu_s": [cpu_s / repeats]}
        if self.mode != "hit":
            samples["peak_rss"] = [event["peak_rss_bytes"]]
        if self.mode == "cold":
            samples["artifact_size"] = [self._library.stat().st_size]
        return samples, event["stages"] if self.mode != "hit" else {}

    def _cpu_s(self):
        """Of all that works for a compile: the commands, and the daemon with its worker."""
        return _children_cpu_s() + (self._daemon.cpu_s() if self.mode != "cold" else 0.0)

    def _compile(self, cached=False):
        words = [self._options.sinter, "compile", str(self._case.model), f"--output={self._library}",
                 "--json"]
        if self.mode == "cold":
            shutil.rmtree(self._state, ignore_errors=True)
            words += ["--local", f"--state-dir={self._state}"]
        else:
            words.append(f"--server={self._daemon.address}")
            if self.mode == "warm" and not cached:
                words.append("--no-cache")
        return _command(words, self._case.processors)


class PeerTurn:
    """A peer's adapter in a process of its own, once."""

    mode = "cold"

    def __init__(self, engine, options, case):
        self._engine, self._options, self._case = engine, options, case
        self.version = None

    def prepare(self):
        """Nothing: each round starts from nothing."""

    def measure(self):
        """As SinterTurn's; peers tell no stages."""
        engine, _ = peers.parse(self._engine)
        command, environment = peers.command(engine, self._options)
        work_dir = self._case.folder / "peers" / engine
        work_dir.mkdir(parents=True, exist_ok=True)
        inputs = [{"name": name, "file": str(path)} for name, path in self._case.inputs.items()]
        request = {"op": "load", "model": str(self._case.model), "inputs": inputs,
                   "threads": self._case.threads, "work_dir": str(work_dir), "options": {}}
        with AdapterProcess(engine, command, self._case.threads, environment) as process:
            self.version = process.ask({"op": "hello"}, TIMEOUT_S)
            loaded = process.ask(request, TIMEOUT_S)
        samples = {"wall_s": [loaded["load_s"]], "cpu_s": [loaded["cpu_s"]],
                   "peak_rss": [loaded["peak_rss_bytes"]]}
        if loaded.get("artifact_bytes") is not None:
            samples["artifact_size"] = [loaded["artifact_bytes"]]
        return samples, {}


class Runner:
    """One engine in one mode: its turns, and what came of them."""

    def __init__(self, engine, turn, case):
        self.turn, self._stages, self.used_s, self.count = turn, [], 0.0, 0
        variant = {"mode": turn.mode, "threads": case.threads}
        self._of = {metric: Measurement("compile", case.name, engine, variant, metric, unit)
                    for metric, unit in METRICS.items()}
        self.engine = engine

    @property
    def ok(self):
        return self._of["wall_s"].status == "ok"

    def attempt(self, what):
        """Calls `prepare` or `take` and keeps the error, if there is one."""
        begin = time.monotonic()
        try:
            what()
        except AdapterError as error:
            self._of["wall_s"].fail(error.status, str(error))
        except (KeyError, OSError, ValueError) as error:
            self._of["wall_s"].fail("failed", f"{type(error).__name__}: {error}")
        self.used_s += time.monotonic() - begin

    def take(self):
        samples, stages = self.turn.measure()
        for metric, values in samples.items():
            self._of[metric].rounds.append(values)
        self._stages.append(stages)
        self.count += 1

    def has_time(self, share_s):
        """Whether another turn fits into its share; a few rounds are worth twice the share."""
        if self.count < MIN_ROUNDS:
            return self.used_s <= 2 * share_s or self.count == 0
        return self.used_s * (self.count + 1) / self.count <= share_s

    def results(self):
        """-> the Measurements that have something to say."""
        wall = self._of["wall_s"]
        if wall.status != "ok":
            return [wall]
        wall.extra["stages"] = {stage: _median([one[stage] for one in self._stages])
                                for stage in (self._stages[0] if self._stages else {})}
        if not wall.extra["stages"]:
            del wall.extra["stages"]
        if wall.variant["mode"] == "warm":
            wall.extra["note"] = NO_KERNEL_CACHE
        hello = getattr(self.turn, "version", None)
        if hello:
            wall.extra.update(version=hello.get("version"), details=hello.get("details"))
        return [one for one in self._of.values() if one.rounds]

    def told(self):
        wall = self._of["wall_s"]
        if wall.status != "ok":
            return f"{wall.status}: {wall.error}"
        best = min(min(samples) for samples in wall.rounds)
        return f"best {best:.3f} s, {len(wall.rounds)} rounds"


def _median(values):
    return sorted(values)[len(values) // 2]


def _runners(options, case, daemon):
    """Of engines that make programs of whole models; `self+N%` lengthens calls, not compiles."""
    for engine in options.engines:
        if engine in ("sinter", "self"):
            folder = case.folder / engine
            folder.mkdir(parents=True, exist_ok=True)
            own = dataclasses.replace(case, folder=folder)
            for mode in ("cold", "warm", "hit"):
                yield Runner(engine, SinterTurn(mode, options, own, daemon), own)
        elif engine in peers.PEERS and peers.PEERS[engine].does == "models":
            yield Runner(engine, PeerTurn(engine, options, case), case)


def _take_turns(runners, share_s, options, rng):
    live = [runner for runner in runners if runner.ok]
    for _ in range(options.rounds):
        options.noise.sample()
        rng.shuffle(live)
        for runner in live:
            runner.attempt(runner.take)
        live = [runner for runner in live if runner.ok and runner.has_time(share_s)]


def _measure(options, case, seconds):
    with servers.Sinterd(options.sinterd, case.folder / "daemon", case.processors, workers=1) as daemon:
        daemon.await_ready()
        runners = list(_runners(options, case, daemon))
        for runner in runners:
            runner.attempt(runner.turn.prepare)
        seed = json.dumps([options.seed, case.name, case.threads])
        _take_turns(runners, seconds / max(1, len(runners)), options, random.Random(seed))
    return runners


def _workload(options, name, where):
    """The model and its inputs, as the suite models has them. ERRORS: ValueError."""
    for row in tables.read("models"):
        if row["name"] == name:
            return workloads.make("models", row, options)
    raise ValueError(f"{where}: `{name}` is no row of models.tsv, where models and their inputs are")


def run(options, rows):
    """-> [Measurement] of every row at every thread count. ERRORS: ValueError for a row at fault;
    servers.ServerError."""
    measured = []
    jobs = [(_workload(options, row["name"], row["where"]), threads)
            for row in rows for threads in options.threads]
    for number, (workload, threads) in enumerate(jobs):
        folder = options.work_dir / "compile" / f"{workload.name}-{threads}"
        folder.mkdir(parents=True)
        case = Case(workload.name, workload.model, workload.inputs, threads,
                    sorted(os.sched_getaffinity(0))[-threads:], folder)
        options.log(f"[{number + 1}/{len(jobs)}] {case.name}, {threads} thread(s)")
        runners = _measure(options, case, options.left_s() / (len(jobs) - number))
        for runner in runners:
            options.log(f"    {runner.engine:12} {runner.turn.mode:5} {runner.told()}")
            measured += runner.results()
    return measured
