"""An engine in a process of its own, spoken to in lines of JSON.

The protocol is in ../adapters/protocol.py. A process is pinned to its processors before it starts,
stopped (SIGSTOP) while another engine has its turn, so that nothing of it spins, and killed with
all its children at the end or when it does not answer in time.
"""
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time


class AdapterError(Exception):
    """An engine could not do what it was asked to; `status` is a measurement's."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def _processors(threads):
    """The last ones: the first takes most of the interrupts."""
    return sorted(os.sched_getaffinity(0))[-threads:]


class AdapterProcess:
    """Not thread-safe. A context manager; leaving it ends the process."""

    def __init__(self, engine, command, threads, environment=None):
        self.engine = engine
        self.died = False
        self._log = tempfile.TemporaryFile()
        self._buffer = b""
        processors = _processors(threads)
        count = str(threads)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, bufsize=0,
                start_new_session=True, preexec_fn=lambda: os.sched_setaffinity(0, processors),
                env={**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count,
                     **(environment or {})})
        except OSError as error:
            self._log.close()
            raise AdapterError("missing", f"`{command[0]}` does not start: {error.strerror}") from None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def ask(self, request, timeout_s):
        """-> the reply. ERRORS: AdapterError if it is an error, comes late or never."""
        try:
            self._process.stdin.write((json.dumps(request) + "\n").encode())
        except BrokenPipeError:
            raise self._dead() from None
        reply = json.loads(self._line(timeout_s))
        if "error" in reply:
            raise AdapterError(reply["error"]["kind"], reply["error"]["message"])
        return reply

    def stop(self):
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def end(self):
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            stream.close()

    def _line(self, timeout_s):
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._buffer:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                self._signal(signal.SIGKILL)
                self.died = True
                raise AdapterError("timeout", f"no answer in {timeout_s:g} s")
            more = os.read(self._process.stdout.fileno(), 1 << 16)
            if not more:
                raise self._dead()
            self._buffer += more
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _dead(self):
        """What a process that ended by itself wrote last says best why."""
        self.died = True
        code = self._process.wait()
        self._log.seek(0)
        last = self._log.read().decode(errors="replace").strip().splitlines()[-1:] or ["nothing said"]
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return AdapterError("failed", f"the process ended ({how}): {last[0]}")

    def _signal(self, number):
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass
