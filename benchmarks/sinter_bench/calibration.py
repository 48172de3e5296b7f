"""Is the machine quiet enough, and what could it do at best?

The noise check repeats one fixed piece of work (SHA-256 of the same bytes: no memory traffic to
speak of, no threads, no allocation) all through a run. On a quiet machine its times agree within
about a per cent; where they don't, the run says so, and whoever reads it can judge.
"""
import hashlib
import json
import os
import subprocess
import time

from sinter_bench import environment, statistics

# Above these a run is called noisy.
MAX_SPREAD = 0.03
MAX_STEAL = 0.01
_WORK = bytes(range(256)) * 16384  # 4 MiB: some milliseconds


class NoiseCheck:
    """Samples the loop whenever asked to; then tells the verdict. One a run, one thread."""

    def __init__(self):
        self._samples_ns = []
        self._steal = environment.steal_ticks()

    def sample(self, count=3):
        for _ in range(count):
            begin = time.perf_counter_ns()
            hashlib.sha256(_WORK).digest()
            self._samples_ns.append(time.perf_counter_ns() - begin)

    def verdict(self):
        """-> {"cv", "steal", "noisy", "samples"}; spread is the robust kind (statistics.spread)."""
        stolen, total = (now - then for now, then in zip(environment.steal_ticks(), self._steal))
        steal = stolen / total if total else 0.0
        cv = statistics.spread(self._samples_ns)
        return {"cv": cv, "steal": steal, "noisy": cv > MAX_SPREAD or steal > MAX_STEAL,
                "samples": self._samples_ns, "unit": "ns"}


def peaks(threads):
    """What this machine reaches in the best case, by thread count; {} without the program."""
    program = os.environ.get("SINTER_BENCH_PEAKS")
    if not program:
        return {}
    done = subprocess.run([program, f"--threads={','.join(map(str, threads))}"], text=True,
                          stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {}
