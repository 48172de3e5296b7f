"""sinter bench: measure against peers, compare runs, draw reports.

  sinter bench setup [--peers=NAME,…]
  sinter bench run --suite=operators|models|compile|service --out=DIR [--peers=NAME,…] …
  sinter bench compare A.json B.json [--relative-to=PEER] [--threshold=0.02]
  sinter bench report DIR… [--out=FILE]

Exit codes: 0 done, 1 `compare` found a regression, 2 usage or files at fault, 4 a peer or program
that is needed is not there.
"""
import argparse
import importlib
import pathlib
import shutil
import sys
import tempfile
import time

from sinter_bench import calibration, compare, environment, peers, results, rows, summary
from sinter_bench.options import Options

SUITES = ("operators", "models", "compile", "service")


def _list(text):
    return [item for item in text.split(",") if item]


def _threads(text):
    try:
        counts = [int(item) for item in _list(text)]
    except ValueError:
        counts = []
    if not counts or min(counts) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no list of thread counts, such as 1,2")
    return counts


def _parser():
    parser = argparse.ArgumentParser(prog="sinter bench", description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    setup = commands.add_parser("setup", help="install the peers into the bench cache")
    setup.add_argument("--peers", type=_list, metavar="NAME,…", help="all by default")

    run = commands.add_parser("run", help="measure a suite")
    run.add_argument("--suite", required=True, choices=SUITES)
    run.add_argument("--out", required=True, type=pathlib.Path, metavar="DIR",
                     help="gets results.json and report.html")
    run.add_argument("--peers", type=_list, metavar="NAME,…",
                     help="all that are installed by default; `self` is Sinter once more, "
                          "`self+5%%` Sinter with every call 5 %% longer")
    run.add_argument("--only", type=_list, default=[], metavar="NAME,…", help="workloads")
    run.add_argument("--threads", type=_threads, default=[1], metavar="N,…")
    run.add_argument("--budget", type=float, default=600, metavar="SECONDS",
                     help="about how long the run may take (default 600)")
    run.add_argument("--rounds", type=int, default=10, metavar="N",
                     help="interleaved rounds a workload (default 10)")
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--sinter", default=shutil.which("sinter") or "bin/sinter", metavar="FILE")
    run.add_argument("--sinterd", default=shutil.which("sinterd") or "bin/sinterd", metavar="FILE")
    run.add_argument("--quiet", action="store_true", help="no progress on stderr")

    two = commands.add_parser("compare", help="test B against A; exit code 1 on a regression")
    two.add_argument("before", metavar="A.json")
    two.add_argument("after", metavar="B.json")
    two.add_argument("--engine", default="sinter", help="whose numbers (default sinter)")
    two.add_argument("--relative-to", metavar="PEER", help="compare ratios to this peer's rounds")
    two.add_argument("--threshold", type=float, default=0.02, metavar="SHARE",
                     help="smaller changes are ignored (default 0.02)")

    report = commands.add_parser("report", help="one HTML page of one or more runs")
    report.add_argument("runs", nargs="+", metavar="DIR")
    report.add_argument("--out", type=pathlib.Path, metavar="FILE",
                        help="default: report.html in the first DIR")
    return parser


def _options(args, work_dir):
    """ERRORS: ValueError for an engine that is not known."""
    engines = ["sinter"]
    for name in args.peers if args.peers is not None else peers.installed(args.suite):
        peers.parse(name)
        engines += [name] if name not in engines else []
    out = args.out.absolute()
    return Options(suite=args.suite, engines=engines, threads=args.threads, only=args.only, out=out,
                   budget_s=args.budget, rounds=args.rounds, seed=args.seed, quiet=args.quiet,
                   sinter=str(pathlib.Path(args.sinter).absolute()),
                   sinterd=str(pathlib.Path(args.sinterd).absolute()), work_dir=work_dir,
                   noise=calibration.NoiseCheck())


def _context(options, measurements, argv):
    context = environment.describe()
    engines = {}
    for one in measurements:
        if one.extra.get("version"):
            engines[one.engine] = {"version": one.extra.pop("version"),
                                   "details": one.extra.pop("details", None)}
        elif one.status == "missing":
            engines.setdefault(one.engine, {"error": one.error})
    context["sinter"].update(
        suite=options.suite, argv=argv, seed=options.seed, budget_s=options.budget_s,
        rounds=options.rounds, wall_s=round(time.monotonic() - options.began, 1), engines=engines,
        program=environment.sinter_details(options.sinter),
        peaks=calibration.peaks(options.threads), noise=options.noise.verdict())
    return context


def _measure(options):
    suite = "latency" if options.suite in ("operators", "models") else options.suite
    module = importlib.import_module(f"sinter_bench.suites.{suite}")
    return module.run(options, rows.chosen(rows.read(options.suite), options.only))


def _run(args, argv):
    from sinter_bench.report import write_report  # its own needs are only needed here
    with tempfile.TemporaryDirectory(prefix="sinter-bench-") as folder:
        options = _options(args, pathlib.Path(folder))
        options.out.mkdir(parents=True, exist_ok=True)
        measurements = _measure(options)
        results.derive(measurements, options.seed)
        context = _context(options, measurements, argv)
        data = results.write(options.out / "results.json", context, measurements)
    write_report([data], options.out / "report.html")
    print(summary.render(data))
    print(f"{options.out / 'results.json'}\n{options.out / 'report.html'}")
    return 0


def _compare(args):
    changes = compare.compare(results.load(args.before), results.load(args.after), args.engine,
                              args.relative_to, args.threshold)
    print("\n".join(compare.table(changes)))
    worse = compare.regressions(changes)
    tested = sum(change.compared for change in changes)
    print(f"{tested} of {len(changes)} tested, {len(worse)} regressed")
    return 1 if worse else 0


def _report(args):
    from sinter_bench.report import write_report
    found = []
    for run in args.runs:
        context, measurements = results.load(run)
        found.append({"context": context, "measurements": [one.to_json() for one in measurements]})
    first = pathlib.Path(args.runs[0])
    out = args.out or (first if first.is_dir() else first.parent) / "report.html"
    write_report(found, out)
    print(out)
    return 0


def main(argv):
    args = _parser().parse_args(argv)
    try:
        if args.command == "setup":
            from sinter_bench import setup
            return setup.main(args.peers)
        if args.command == "run":
            return _run(args, argv)
        return _compare(args) if args.command == "compare" else _report(args)
    except ValueError as error:
        print(f"sinter bench: {error}", file=sys.stderr)
        return 2
    except FileNotFoundError as error:
        print(f"sinter bench: {error}", file=sys.stderr)
        return 4
