#!/usr/bin/env python3
"""Latency of every model against ONNX Runtime, side by side, as a Markdown table.

  bench.py --sinter=bin/sinter --models=DIR [--threads=1,2] [--seconds=2] [--rounds=3] [NAME...]

Each model is compiled for this machine, with free dimensions, and run on the first shape set of its
row. The two take turns, round by round, so that a busy or throttled machine hits both; each number
is the median over rounds of a round's median. A ratio above 1 means ONNX Runtime is faster. Figures
of different machines or runs do not compare; ratios within one run do. Not part of ./test.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import inputs
import judge


def theirs_us(session, arrays, seconds):
    """-> median microseconds of ONNX Runtime, warmed up."""
    for _ in range(2):
        session.run(None, arrays)
    samples, end = [], time.perf_counter() + seconds
    while len(samples) < 3 or time.perf_counter() < end:
        begin = time.perf_counter()
        session.run(None, arrays)
        samples.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(samples)


def ours_us(args, library, flags, threads, repeat, folder):
    """-> median microseconds of the artifact's run()."""
    done = subprocess.run([args.sinter, "run", library, *flags, "--json", f"--threads={threads}",
                           f"--repeat={repeat}", "--warmup=2", f"--output-dir={folder}"],
                          text=True, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])["latency_us"]["p50"]


def measure(args, row, threads, folder, library):
    """-> (ours, theirs) in microseconds."""
    model = args.models / (row["name"] + ".onnx")
    session = judge.session(model, threads)
    arrays = inputs.make(row, inputs.shape_sets(row)[0], judge.input_dtypes(session))
    flags = []
    for index, (name, array) in enumerate(arrays.items()):
        path = os.path.join(folder, f"in{index}.npy")
        np.save(path, array)
        flags.append(f"--input={name}={path}")
    ours, theirs = [], []
    for _ in range(args.rounds):
        theirs.append(theirs_us(session, arrays, args.seconds))
        repeat = max(3, min(20000, int(args.seconds * 1e6 / theirs[-1])))
        ours.append(ours_us(args, library, flags, threads, repeat, folder))
    return statistics.median(ours), statistics.median(theirs)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sinter", required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args(argv)
    rows, counts = judge.manifest(), [int(n) for n in args.threads.split(",")]
    ratios = {n: [] for n in counts}
    head = " | ".join(f"Sinter {n}T | ONNX Runtime {n}T | ratio {n}T" for n in counts)
    print(f"| model | compile | {head} |\n|---|---|{'---|' * 3 * len(counts)}", flush=True)
    for name in args.names or rows:
        with tempfile.TemporaryDirectory(prefix="sinter-bench-") as folder:
            library = os.path.join(folder, "model.so")
            begin = time.monotonic()
            done = subprocess.run([args.sinter, "compile", str(args.models / (name + ".onnx")), "-o",
                                   library, "--local", "--no-cache"], stdout=subprocess.DEVNULL)
            cells = [f"{time.monotonic() - begin:.1f} s"]
            for threads in counts if done.returncode == 0 else []:
                ours, theirs = measure(args, rows[name], threads, folder, library)
                ratios[threads].append(ours / theirs)
                cells += [f"{ours / 1e3:.3f} ms", f"{theirs / 1e3:.3f} ms", f"{ours / theirs:.2f}"]
            cells += ["does not compile"] if done.returncode else []
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    for threads, values in ratios.items():
        if values:
            mean = math.exp(statistics.mean(map(math.log, values)))
            print(f"\n{threads} thread(s): geometric mean of the ratios {mean:.2f}, worst {max(values):.2f}, "
                  f"{len(values)} models")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
