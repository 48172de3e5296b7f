"""Runs cases in several processes of the `conformance` binary, and measures what that takes."""
import os
import pathlib
import queue
import select
import subprocess
import tempfile
import threading
import time

TIMEOUT_S = 120
SAMPLE_S = 0.1


class Driver:
    """One process that runs cases; it is replaced when a case takes it down."""

    def __init__(self, argv):
        self.argv, self.process = argv, None
        self.log = tempfile.TemporaryFile()

    def run(self, line):
        """-> (verdict, detail) of one case."""
        if self.process is None:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=self.log, text=True, bufsize=1)
        self.log.truncate(0)
        try:
            self.process.stdin.write(line + "\n")
        except BrokenPipeError:
            return self.replace("crashed")
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT_S)
        answer = self.process.stdout.readline() if ready else ""
        if not answer:
            return self.replace("crashed" if ready else f"no answer in {TIMEOUT_S} s")
        _, verdict, detail = answer.rstrip("\n").split("\t", 2)
        return verdict, detail

    def replace(self, what):
        self.process.kill()
        code = self.process.wait()
        self.process = None
        self.log.seek(0)
        tail = " ".join(self.log.read().decode(errors="replace").replace("\0", "").split())[-300:]
        return "failed", f"{what} (exit {code}) {tail}".strip()

    def resident_bytes(self):
        process = self.process
        try:
            fields = pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()
        except (AttributeError, OSError, ProcessLookupError):
            return 0
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(timeout=30)


class Measured:
    """What a run took. Memory is that of all workers together, looked at ten times a second."""

    def __init__(self):
        self.seconds, self.peak_bytes = 0.0, 0

    def __str__(self):
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{minutes} min {seconds} s, peak memory {self.peak_bytes / 2**20:.0f} MiB"


def run_all(argv, lines):
    """Runs `lines`, {case: line for the binary}; as many workers at a time as there are processors.
    -> ({case: (verdict, detail)}, Measured)"""
    waiting, results, lock, measured = queue.Queue(), {}, threading.Lock(), Measured()
    for item in lines.items():
        waiting.put(item)
    drivers = [Driver(argv) for _ in range(os.cpu_count() or 1)]

    def work(driver):
        while True:
            try:
                case, line = waiting.get_nowait()
            except queue.Empty:
                return driver.close()
            result = driver.run(line)
            with lock:
                results[case] = result
                if len(results) % 250 == 0:
                    print(f"conformance: {len(results)} of {len(lines)}", flush=True)

    begin = time.monotonic()
    threads = [threading.Thread(target=work, args=(driver,)) for driver in drivers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        measured.peak_bytes = max(measured.peak_bytes, sum(d.resident_bytes() for d in drivers))
        time.sleep(SAMPLE_S)
    measured.seconds = time.monotonic() - begin
    if len(results) != len(lines):
        raise RuntimeError(f"only {len(results)} of {len(lines)} cases were run")
    return results, measured
