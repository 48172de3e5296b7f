"""How an engine in a process of its own is spoken to; every Python adapter is built on this.

Requests come on stdin and replies go to stdout, one JSON object a line; what the engine prints
itself goes to stderr. The driver has set the processors and OMP_NUM_THREADS before the start.

  {"op": "hello"}    -> {"engine", "version", "details"}
  {"op": "load", "model", "inputs": [{"name", "file"}], "threads", "work_dir", "options"}
                     -> {"load_s", "cpu_s", "peak_rss_bytes", "artifact_bytes"}, and "artifact" if
                     that file can be loaded in the model's place, without compiling again
  {"op": "outputs", "dir"}  runs once -> {"outputs": [{"name", "file"}, …]} in the model's order
  {"op": "time", "min_s", "max_samples", "warmup"} -> {"samples_ns", "inner"}
  {"op": "quit"}     -> {}
  Any of them may fail: {"error": {"kind": "unsupported"|"failed"|"missing", "message"}}.

`load` is from a model file to a first call that could be made; its CPU time and peak memory count
child processes. A sample is the mean over `inner` calls in a row, with the inputs in place: no
conversion, no copy of an input. An adapter is an `Engine` and ends with `sys.exit(serve(Its()))`.
"""
import gc
import json
import os
import re
import resource
import sys
import time
import urllib.parse
from itertools import repeat

import numpy as np

# The shortest sample; reading the clock twice takes less than a hundredth of it.
SHORTEST_SAMPLE_NS = 20_000
# A call that takes no time must not keep the search for `inner` going for ever.
MOST_CALLS = 1 << 20
LONGEST_MESSAGE = 400
ALIGNMENT = 64


class Unsupported(Exception):
    """The engine, or its adapter, lacks what the workload needs."""


class Engine:
    """What an adapter implements. Methods are called in this order, from one thread."""

    name = ""
    # In an engine's messages: lines that say nothing, and what tells a lack from a failure.
    noise = re.compile(r"(?!)")
    lacking = re.compile(r"not.implemented|unsupported|not supported|no op registered", re.I)

    def hello(self):
        """Imports the engine. -> (version, details). ERRORS: ImportError if it is not there."""
        raise NotImplementedError

    def load(self, model, inputs, threads, work_dir, options):
        """Makes the model file ready to be called with `inputs` ({name: array}) on `threads`
        threads. -> bytes of the compiled model, None if the engine makes no such thing."""
        raise NotImplementedError

    def call(self):
        """-> a function without arguments that computes all outputs once and returns when they
        are there. It is what is timed, so it holds nothing but the engine's own call."""
        raise NotImplementedError

    def outputs(self):
        """What the last call made. -> [(name, array or None, why there is none)]."""
        raise NotImplementedError


def file_name(tensor):
    """The file that a tensor is written to: its name, percent-encoded as `sinter run` does."""
    return urllib.parse.quote(tensor, safe=" !#$&'()+,;=@[]{}^~`:") + ".npy"


def aligned(array):
    """-> a copy that begins at a cache line, as engines' own buffers do; numpy's need not."""
    space = np.empty(array.nbytes + ALIGNMENT, np.uint8)
    begin = -space.ctypes.data % ALIGNMENT
    made = space[begin:begin + array.nbytes].view(array.dtype).reshape(array.shape)
    made[...] = array
    return made


def first_line(text, noise=Engine.noise):
    """The first line of an engine's message that says something, not too long."""
    lines = [line.strip() for line in str(text).splitlines()]
    told = next((line for line in lines if line and not noise.search(line)), "")
    return told if len(told) <= LONGEST_MESSAGE else told[:LONGEST_MESSAGE - 1] + "…"


def error_reply(error, engine):
    """-> the reply for an exception: whose fault it is, in the engine's own words."""
    message = first_line(error, engine.noise) or type(error).__name__
    if isinstance(error, ImportError):
        kind = "missing"
    elif isinstance(error, (Unsupported, NotImplementedError)):
        kind = "unsupported"
    else:
        lacks = engine.lacking.search(f"{type(error).__name__} {error}")
        kind = "unsupported" if lacks else "failed"
    return {"error": {"kind": kind, "message": message}}


def _spent_ns(call, count, clock):
    begin = clock()
    for _ in repeat(None, count):
        call()
    return clock() - begin


def _best_ns(call, count, clock):
    """The least of three, so that one interruption does not look like a long call."""
    best = _spent_ns(call, count, clock)
    for _ in range(2):
        if best > 4 * SHORTEST_SAMPLE_NS:
            break
        best = min(best, _spent_ns(call, count, clock))
    return best


def calls_a_sample(call, min_s, max_samples, clock=time.perf_counter_ns):
    """-> how many calls in a row make a sample: enough for the clock, and so many that at most
    `max_samples` fill `min_s`."""
    count, spent = 1, _best_ns(call, 1, clock)
    while spent < SHORTEST_SAMPLE_NS and count < MOST_CALLS:
        count *= 2
        spent = _best_ns(call, count, clock)
    sample_ns = max(SHORTEST_SAMPLE_NS, min_s * 1e9 / max_samples)
    return int(min(max(sample_ns * count / max(spent, 1) + 0.999, 1), MOST_CALLS))


def take_samples(call, min_s, max_samples=1000, warmup=2, clock=time.perf_counter_ns):
    """-> (nanoseconds of one call, a value a sample; calls a sample). At least one sample."""
    for _ in range(warmup):
        call()
    inner = calls_a_sample(call, min_s, max_samples, clock)
    samples, end = [], clock() + int(min_s * 1e9)
    collects = gc.isenabled()
    gc.disable()
    try:
        while True:
            samples.append(_spent_ns(call, inner, clock) / inner)
            if clock() >= end or len(samples) >= max_samples:
                return samples, inner
    finally:
        if collects:
            gc.enable()


def cpu_s():
    """CPU seconds of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_rss_bytes():
    """The most memory that this process, or any child that has ended, held at once.

    Not ru_maxrss for the process itself: that starts from what the parent held at the fork.
    """
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        own = next((int(line.split()[1]) for line in file if line.startswith("VmHWM:")), 0)
    return 1024 * max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _write(name, array, why, folder):
    """-> an entry of the reply to "outputs"."""
    if array is not None and array.dtype.kind not in "?biufc":
        array, why = None, f".npy has no type for `{array.dtype.name}`"
    if array is None:
        return {"name": name, "file": None, "why": why or "the output is no tensor"}
    path = os.path.join(folder, file_name(name))
    np.save(path, array)
    return {"name": name, "file": path}


class Session:
    """Answers the requests to one engine."""

    def __init__(self, engine):
        self._engine = engine
        self._call = None
        self.done = False

    def answer(self, line):
        """-> the reply to one line. Never raises what the engine does."""
        try:
            request = json.loads(line)
            operation = getattr(self, f"_{request['op']}_op", None)
            if operation is None:
                raise ValueError(f"there is no op `{request['op']}`; "
                                 "there are hello, load, outputs, time and quit")
            return operation(request)
        except Exception as error:  # pylint: disable=broad-except
            return error_reply(error, self._engine)

    def _hello_op(self, _):
        version, details = self._engine.hello()
        return {"engine": self._engine.name, "version": version, "details": details}

    def _load_op(self, request):
        inputs = {one["name"]: aligned(np.load(one["file"])) for one in request["inputs"]}
        self._call = None
        begin, used = time.perf_counter(), cpu_s()
        artifact_bytes = self._engine.load(request["model"], inputs, request["threads"],
                                           request["work_dir"], request.get("options") or {})
        self._call = self._engine.call()
        return {"load_s": time.perf_counter() - begin, "cpu_s": cpu_s() - used,
                "peak_rss_bytes": peak_rss_bytes(), "artifact_bytes": artifact_bytes}

    def _outputs_op(self, request):
        self._loaded()()
        written = [_write(*output, request["dir"]) for output in self._engine.outputs()]
        # Having seen its outputs, an engine may settle on another way of calling.
        self._call = self._engine.call()
        return {"outputs": written}

    def _time_op(self, request):
        samples, inner = take_samples(self._loaded(), request.get("min_s", 0.2),
                                      request.get("max_samples", 1000), request.get("warmup", 2))
        return {"samples_ns": samples, "inner": inner}

    def _quit_op(self, _):
        self.done = True
        return {}

    def _loaded(self):
        if self._call is None:
            raise ValueError("no model is loaded; `load` comes first")
        return self._call


def serve(engine, requests=sys.stdin):
    """Answers until "quit" or the end of `requests`. -> the exit code."""
    # Libraries print where they like: stdout becomes stderr, and replies keep the real one.
    sys.stdout.flush()
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    session = Session(engine)
    while not session.done:
        line = requests.readline()
        if not line:
            break
        print(json.dumps(session.answer(line)), file=replies, flush=True)
    return 0
