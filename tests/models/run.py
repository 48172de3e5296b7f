#!/usr/bin/env python3
"""Every model of the manifest through the command line and a daemon, judged by ONNX Runtime.

  run.py --sinter=bin/sinter --sinterd=bin/sinterd --models=DIR [--numerics=fast]
         [--report=FILE] [NAME...]

Each model is compiled once, with its dimensions left free, and run at every shape set of its row;
a case is one (model, shape set). The first compile must miss the cache and a second one hit. Runs in the judges' environment. Exit code: 0 when every case passes.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

import inputs
import judge


class Daemon:
    """A sinterd of our own on a free port of the loopback."""

    def __init__(self, binary, folder):
        self.log = open(os.path.join(folder, "sinterd.log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, "--listen=127.0.0.1:0", "--http=127.0.0.1:0", f"--state-dir={folder}/state"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"sinterd does not start; it says `{line.strip()}`, log: {self.log.name}")
        self.address = line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()


def command(argv):
    """-> (exit code, the JSON objects on stdout, the rest as text)."""
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    objects, rest = [], [done.stderr.strip()]
    for line in done.stdout.splitlines():
        try:
            objects.append(json.loads(line))
        except ValueError:
            rest.append(line)
    return done.returncode, objects, " ".join(part for part in rest if part)


def compile_model(args, address, model, out):
    code, events, text = command([args.sinter, "compile", str(model), f"-o", str(out),
                                  f"--server={address}", f"--numerics={args.numerics}", "--json"])
    last = events[-1] if events else {}
    if code != 0:
        raise RuntimeError(f"compile exits {code}: {json.dumps(last)[:600]} {text[-300:]}")
    return last


def run_case(args, row, library, shapes, reference, folder):
    """-> the largest distance over all outputs."""
    arrays = inputs.make(row, shapes, judge.input_dtypes(reference))
    flags = []
    for index, (name, array) in enumerate(arrays.items()):
        path = os.path.join(folder, f"in{index}.npy")
        np.save(path, array)
        flags.append(f"--input={name}={path}")
    out = os.path.join(folder, "out")
    code, _, text = command([args.sinter, "run", library, *flags, f"--output-dir={out}", "--json"])
    if code != 0:
        raise RuntimeError(f"run exits {code}: {text[-400:]}")
    names = [value.name for value in reference.get_outputs()]
    worst = 0.0
    for name, wanted in zip(names, reference.run(names, arrays)):
        worst = max(worst, judge.distance(np.load(os.path.join(out, judge.file_name(name))), wanted))
    return worst


def run_model(args, row, address):
    """Yields (case, problem or None, remark)."""
    name = row["name"]
    model = args.models / (name + ".onnx")
    with tempfile.TemporaryDirectory(prefix="sinter-model-") as folder:
        library = os.path.join(folder, "model.so")
        try:
            begin = time.monotonic()
            first = compile_model(args, address, model, library)
            took = time.monotonic() - begin
            again = compile_model(args, address, model, library)
        except RuntimeError as error:
            yield f"{name}/compile", str(error), ""
            return
        seen = (first.get("cache"), again.get("cache"))
        problem = None if seen == ("miss", "hit") else "cache says {}, then {}".format(*seen)
        yield f"{name}/compile", problem, f"{took:.1f} s"
        reference = judge.session(model)
        for number, shapes in enumerate(inputs.shape_sets(row)):
            case = name + "/" + row["shapes"].split("|")[number]
            try:
                worst = run_case(args, row, library, shapes, reference, folder)
                wrong = not worst <= float(row["tolerance"])
                yield case, f"off by {worst:.3g}, may be {row['tolerance']}" if wrong else None, f"{worst:.1e}"
            except (RuntimeError, OSError, ValueError) as error:
                yield case, str(error), ""


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sinter", required=True)
    parser.add_argument("--sinterd", required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--numerics", choices=["strict", "default", "fast"], default="default")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args(argv)
    rows = judge.manifest()
    unknown = set(args.names) - set(rows)
    if unknown:
        parser.error("no such model: " + ", ".join(sorted(unknown)))
    cases = []
    with tempfile.TemporaryDirectory(prefix="sinter-models-") as folder, \
            Daemon(args.sinterd, folder) as daemon:
        for name in args.names or rows:
            for case, problem, remark in run_model(args, rows[name], daemon.address):
                cases.append({"case": case, "passed": problem is None, "detail": problem or remark})
                print(f"{'PASS' if problem is None else 'FAIL'} {case}  {problem or remark}", flush=True)
    failed = [c for c in cases if not c["passed"]]
    print(f"models: {len(cases) - len(failed)} passed, {len(failed)} failed")
    if args.report:
        args.report.write_text(json.dumps({"passed": len(cases) - len(failed), "failed": len(failed),
                                           "skipped": 0, "cases": cases}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
