"""What a run was asked to do: the command line, checked, as suites get it."""
import dataclasses
import pathlib
import sys
import time


@dataclasses.dataclass
class Options:
    suite: str
    engines: list          # names: "sinter" and the peers, in the order asked for
    threads: list
    out: pathlib.Path
    work_dir: pathlib.Path  # scratch, gone after the run
    only: list = dataclasses.field(default_factory=list)  # names of workloads; none = all
    budget_s: float = 600.0
    rounds: int = 10
    seed: int = 0
    sinter: str = "sinter"
    sinterd: str = "sinterd"
    noise: object = None    # a calibration.NoiseCheck; suites sample it between rounds
    began: float = dataclasses.field(default_factory=time.monotonic)
    quiet: bool = False

    def left_s(self):
        """Seconds of the budget that are left; never below zero."""
        return max(0.0, self.budget_s - (time.monotonic() - self.began))

    def log(self, text):
        """Progress, on stderr: stdout is for results."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)
