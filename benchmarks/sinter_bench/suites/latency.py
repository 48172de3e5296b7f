"""The suites operators and models: how long one call takes, engine by engine."""
from sinter_bench import rounds, workloads


def run(options, rows):
    """-> [Measurement] of every row at every thread count. The budget is shared out evenly; loading
    counts, so that a run ends when it was told to."""
    made = [workloads.make(options.suite, row, options) for row in rows]
    measured, jobs = [], [(one, threads) for one in made for threads in options.threads]
    with rounds.Processes(options, keep=options.suite == "operators") as processes:
        for number, (workload, threads) in enumerate(jobs):
            # Loading eats into the budget and is not known beforehand: a share of what is left.
            seconds = 0.6 * options.left_s() / (len(jobs) - number)
            options.log(f"[{number + 1}/{len(jobs)}] {workload.name}, {threads} thread(s)")
            done = rounds.measure(workload, threads, max(seconds, 0.2), options, processes)
            measured += done
            for one in done:
                options.log(f"    {one.engine:12} {_told(one)}")
    return measured


def _told(measurement):
    if measurement.status != "ok":
        return f"{measurement.status}: {measurement.error}"
    best = min(min(samples) for samples in measurement.rounds)
    return f"best {best / 1e6:.3f} ms, {len(measurement.rounds)} rounds"
