"""Engines take turns on one workload: A B C, then B A C, and so on, each for a short while.

Every engine has been loaded, warmed up and its outputs compared before any of its times count; all
but the one whose turn it is are stopped. The order within a round is drawn anew each time, so that
no engine always follows the same other one. An engine too slow for its share of the time stops
early and keeps the rounds it has: ratios are made of the rounds that both have.

Where memory happens to lie can make a process faster or slower for all of its life (Mytkowicz et al.,
"Producing Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009). So an engine that loads
quickly is started anew now and then, and its rounds come from PROCESSES processes.
"""
import dataclasses
import json
import pathlib
import random
import time

import numpy as np

from sinter_bench import peers
from sinter_bench.adapter_process import AdapterError, AdapterProcess
from sinter_bench.measurement import Measurement

# The judge of outputs, where it takes the workload; else the first engine that does.
REFERENCE = "onnxruntime"
HELLO_TIMEOUT_S = 120
LOAD_TIMEOUT_S = 300
MAX_SAMPLES = 400
MAX_TURN_S = 0.5
PROCESSES = 3
# Who takes longer to load, because it compiles then, keeps its one process.
QUICK_LOAD_S = 3.0
LONG_CALL_S = 0.05


@dataclasses.dataclass
class Turn:
    """One engine on one workload."""
    measurement: Measurement
    process: AdapterProcess = None
    request: dict = None  # what loads it again
    outputs: str = ""     # the folder that it writes its outputs to
    load_s: float = 0.0
    call_s: float = 0.0   # about, and at most
    used_s: float = 0.0
    is_fresh: bool = True  # the process has not been timed yet

    @property
    def engine(self):
        return self.measurement.engine


class Processes:
    """The engines' processes, one an engine and thread count. A context manager; not thread-safe.

    Starting an engine can take far longer than a small workload: the next one gets the same process,
    unless it failed. Models are too large for that: `keep` is false, and each gets new ones.
    """

    def __init__(self, options, keep):
        self._options, self.keep = options, keep
        self._running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name, threads in list(self._running):
            self.end(name, threads)

    def start(self, name, threads):
        """-> (process, its reply to hello). ERRORS: AdapterError."""
        if (name, threads) not in self._running:
            command, environment = peers.command(peers.parse(name)[0], self._options)
            process = AdapterProcess(name, command, threads, environment)
            self._running[name, threads] = [process, None]
            self._running[name, threads][1] = process.ask({"op": "hello"}, HELLO_TIMEOUT_S)
        process, hello = self._running[name, threads]
        process.resume()
        return process, hello

    def end(self, name, threads):
        if (name, threads) in self._running:
            self._running.pop((name, threads))[0].end()

    def release(self, turns, threads):
        """After a workload."""
        for turn in turns:
            if not self.keep or turn.measurement.status != "ok":
                self.end(turn.engine, threads)


def _load(turn, workload, threads, folder, options, processes):
    """Starts, loads, runs once. -> {output name: array or None}. ERRORS: AdapterError."""
    _, load_options = peers.parse(turn.engine)
    turn.process, hello = processes.start(turn.engine, threads)
    work_dir = options.work_dir / "engines" / turn.engine / workload.name
    work_dir.mkdir(parents=True, exist_ok=True)
    turn.request = {
        "op": "load", "model": str(workload.model), "threads": threads, "work_dir": str(work_dir),
        "inputs": [{"name": name, "file": str(path)} for name, path in workload.inputs.items()],
        "options": {"sinter": options.sinter, **load_options}}
    loaded = turn.process.ask(turn.request, LOAD_TIMEOUT_S)
    artifact = loaded.pop("artifact", None)
    turn.load_s = 0.0 if artifact else loaded["load_s"]
    turn.request["model"] = artifact or turn.request["model"]
    turn.measurement.extra.update(version=hello.get("version"), details=hello.get("details"),
                                  load=loaded, processes=1)
    outputs = pathlib.Path(folder) / turn.engine
    outputs.mkdir(parents=True, exist_ok=True)
    turn.outputs = str(outputs)
    begin = time.monotonic()
    told = turn.process.ask({"op": "outputs", "dir": turn.outputs}, LOAD_TIMEOUT_S)["outputs"]
    turn.call_s = time.monotonic() - begin
    return {output["name"]: np.load(output["file"], allow_pickle=False) if output["file"] else None
            for output in told}


def difference(theirs, reference):
    """-> {"max_abs", "max_rel"}: rel is of the reference's largest magnitude; or a text of what
    differs in kind."""
    worst = {"max_abs": 0.0, "max_rel": 0.0}
    for name, expected in reference.items():
        if name not in theirs:
            return f"output `{name}` is missing"
        got = theirs[name]
        if expected is None or got is None:
            continue
        if got.shape != expected.shape:
            return f"output `{name}` has the shape {list(got.shape)}, not {list(expected.shape)}"
        if expected.size == 0 or expected.dtype.kind not in "fiub":
            continue
        expected, got = expected.astype(np.float64), got.astype(np.float64)
        finite = np.isfinite(expected)
        if not np.array_equal(got[~finite], expected[~finite], equal_nan=True):
            return f"output `{name}` has other infinities or NaNs"
        apart = float(np.max(np.abs(got[finite] - expected[finite]), initial=0))
        scale = float(np.max(np.abs(expected[finite]), initial=0))
        if not np.isfinite(apart):
            return f"output `{name}` has other infinities or NaNs"
        worst["max_abs"] = max(worst["max_abs"], apart)
        worst["max_rel"] = max(worst["max_rel"], apart / (scale or 1.0))
    return worst


def _judge(turns, outputs, tolerance):
    """Turns whose numbers are off are marked wrong."""
    judges = [turn.engine for turn in turns if turn.engine in outputs]
    if not judges:
        return
    judge = REFERENCE if REFERENCE in judges else judges[0]
    for turn in turns:
        if turn.engine not in outputs:
            continue
        apart = difference(outputs[turn.engine], outputs[judge])
        extra = turn.measurement.extra
        if isinstance(apart, str):
            turn.measurement.fail("wrong", f"{apart} (compared with {judge})")
            continue
        extra["outputs"] = {"judge": judge, "tolerance": tolerance, **apart}
        if apart["max_rel"] > tolerance:
            turn.measurement.fail("wrong", f"outputs are {apart['max_rel']:.1e} of the largest value "
                                           f"off {judge}'s; {tolerance:.0e} is allowed")


def _restart(turn, threads, processes):
    """Gives the engine a new process, if that is quick. ERRORS: AdapterError."""
    if turn.load_s > QUICK_LOAD_S:
        return
    processes.end(turn.engine, threads)
    turn.process, _ = processes.start(turn.engine, threads)
    turn.process.ask(turn.request, LOAD_TIMEOUT_S)
    # Some engines settle on how they are called once they have seen their outputs.
    turn.process.ask({"op": "outputs", "dir": turn.outputs}, LOAD_TIMEOUT_S)
    turn.process.stop()
    turn.measurement.extra["processes"] += 1
    turn.is_fresh = True


def _warmup(turn):
    """Calls before those that count. An adapter makes one more, to see how long a call takes; for a
    long one that is enough."""
    if turn.call_s > LONG_CALL_S:
        return 0
    return 2 if turn.is_fresh else 1


def _time(turn, seconds):
    """One turn. ERRORS: AdapterError."""
    turn.process.resume()
    begin = time.monotonic()
    try:
        reply = turn.process.ask({"op": "time", "min_s": seconds, "max_samples": MAX_SAMPLES,
                                  "warmup": _warmup(turn)}, LOAD_TIMEOUT_S)
    finally:
        turn.used_s += time.monotonic() - begin
        turn.is_fresh = False
        turn.process.stop()
    turn.measurement.rounds.append(reply["samples_ns"])
    turn.call_s = min(turn.call_s, reply["samples_ns"][-1] / 1e9)
    turn.measurement.extra["inner"] = reply["inner"]


def _take_turns(turns, seconds, options, rng, restart):
    """`seconds` for all of them and all rounds together."""
    live = [turn for turn in turns if turn.measurement.status == "ok"]
    share = seconds / max(1, len(live))
    block = -(-options.rounds // PROCESSES)
    for number in range(options.rounds):
        options.noise.sample()
        rng.shuffle(live)
        for turn in list(live):
            # Where one call takes longer than a turn, some rounds still make an interval; who is
            # slower than that by far must not use up the time of the workloads to come.
            if turn.used_s > (2 if number >= 5 else 10) * share:
                live.remove(turn)
                continue
            try:
                if number and number % block == 0:
                    restart(turn)
                _time(turn, min(MAX_TURN_S, share / options.rounds))
            except AdapterError as error:
                turn.measurement.fail(error.status, str(error))
                live.remove(turn)


def measure(workload, threads, seconds, options, processes):
    """-> one Measurement an engine. Takes about `seconds`, and loading."""
    folder = options.work_dir / "outputs" / workload.name
    turns = [Turn(Measurement(options.suite, workload.name, engine, {"threads": threads},
                              extra=dict(workload.extra))) for engine in options.engines]
    outputs = {}
    for turn in turns:
        try:
            outputs[turn.engine] = _load(turn, workload, threads, folder, options, processes)
            turn.process.stop()
        except AdapterError as error:
            turn.measurement.fail(error.status, str(error))
            processes.end(turn.engine, threads)
    _judge(turns, outputs, workload.extra.get("tolerance", 1e-3))
    seed = json.dumps([options.seed, workload.name, threads])
    _take_turns(turns, seconds, options, random.Random(seed),
                lambda turn: None if processes.keep else _restart(turn, threads, processes))
    processes.release(turns, threads)
    return [turn.measurement for turn in turns]
