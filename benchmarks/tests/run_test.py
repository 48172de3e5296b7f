"""`sinter bench run` from end to end: real programs, ONNX Runtime, a small model and an operator."""
import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from sinter_bench import cli

ROOT = pathlib.Path(__file__).parents[2]


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name)

    def run_bench(self, *arguments):
        """-> (exit code, stdout, stderr)."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = cli.main(list(arguments))
            except SystemExit as stopped:
                code = stopped.code
        return code, out.getvalue(), err.getvalue()

    def measure(self, suite, only, *more):
        code, out, err = self.run_bench(
            "run", f"--suite={suite}", f"--only={only}", f"--out={self.out}", "--budget=6",
            "--rounds=5", f"--sinter={ROOT / 'bin/sinter'}", f"--sinterd={ROOT / 'bin/sinterd'}", *more)
        self.assertEqual(code, 0, err)
        data = json.loads((self.out / "results.json").read_text())
        return data, {(one["engine"], one["variant"].get("threads")): one
                      for one in data["measurements"]}, out

    def test_a_model_against_onnx_runtime(self):
        data, found, out = self.measure("models", "mtcnn_rnet", "--peers=onnxruntime,self",
                                        "--threads=1,2")
        for engine in ("sinter", "onnxruntime", "self"):
            for threads in (1, 2) if len(os.sched_getaffinity(0)) > 1 else (1,):
                one = found[engine, threads]
                self.assertEqual((one["status"], one["error"]), ("ok", None))
                self.assertGreaterEqual(len(one["rounds"]), 3)
                self.assertLessEqual(one["ci"][0], one["median"])
                self.assertGreaterEqual(one["ci"][1], one["median"])
        self.assertEqual(set(found["sinter", 1]["ratios"]), {"onnxruntime"})
        self.assertEqual(found["sinter", 1]["extra"]["outputs"]["judge"], "onnxruntime")
        context = data["context"]["sinter"]
        self.assertEqual(context["engines"]["onnxruntime"]["version"], "1.32.0")
        self.assertIn("noisy", context["noise"])
        self.assertIn("mtcnn_rnet", out)
        self.assertIn("<html", (self.out / "report.html").read_text())

    def test_a_run_compares_with_itself_as_the_same(self):
        self.measure("models", "attacut_sc", "--peers=onnxruntime")
        code, out, _ = self.run_bench("compare", str(self.out), str(self.out / "results.json"))
        self.assertEqual(code, 0)
        self.assertIn("1 of 1 tested, 0 regressed", out)

    def test_what_is_asked_wrongly_is_said(self):
        for arguments, text in ((["--only=nonet"], "`nonet` is no workload"),
                                (["--peers=tensorflop"], "tensorflop"),
                                (["--threads=0"], "no list of thread counts")):
            code, _, err = self.run_bench("run", "--suite=models", f"--out={self.out}", *arguments)
            self.assertEqual(code, 2)
            self.assertIn(text, err)

    def test_the_command_declares_the_drivers_flags(self):
        """`sinter bench` has them a second time, for its help and completion."""
        subcommands = cli._parser()._subparsers._group_actions[0].choices
        for name, parser in subcommands.items():
            done = subprocess.run([ROOT / "bin/sinter", "bench", name, "--help"], text=True,
                                  stdout=subprocess.PIPE, check=True)
            ours = {flag for action in parser._actions for flag in action.option_strings}
            self.assertEqual(set(re.findall(r"--[a-z-]+", done.stdout)), ours - {"-h"}, name)

    def test_a_file_that_is_no_result(self):
        (self.out / "a.json").write_text("{}")
        code, _, err = self.run_bench("compare", str(self.out / "a.json"), str(self.out / "none.json"))
        self.assertEqual(code, 2)
        self.assertIn("a.json", err)


if __name__ == "__main__":
    unittest.main()
