#!/usr/bin/env python3
"""The benchmark framework's own tests, with what engines are there.

  run.py [--report=FILE] [NAME…]

Needs numpy, scipy, onnx and ONNX Runtime in the interpreter that runs it, and the built programs
(bin/). NAME is a test module such as compare_test. The report has {"passed", "failed", "skipped"}.
"""
import argparse
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args(argv)
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    loader = unittest.TestLoader()
    suite = (loader.loadTestsFromNames(args.names) if args.names
             else loader.discover(str(HERE), pattern="*_test.py"))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    if args.report:
        args.report.write_text(json.dumps({"passed": result.testsRun - bad - skipped, "failed": bad,
                                           "skipped": skipped}))
    return 0 if bad == 0 and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
