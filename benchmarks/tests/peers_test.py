"""Which engines there are, where each is found, and how they are installed."""
import os
import pathlib
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock

from sinter_bench import peers, setup
from sinter_bench.adapter_process import AdapterError


class Cache(unittest.TestCase):
    """A bench cache of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = pathlib.Path(folder.name)
        patch = unittest.mock.patch.dict(os.environ, {"SINTER_BENCH_DIR": folder.name})
        patch.start()
        self.addCleanup(patch.stop)

    def pretend(self, name):
        (self.cache / name / "bin").mkdir(parents=True)
        (self.cache / name / "bin" / "python").touch()
        (self.cache / name / ".stamp").write_text(setup.stamp(name))


class Table(Cache):
    def test_every_row_has_an_adapter_and_pins(self):
        for peer in peers.PEERS.values():
            self.assertTrue(peer.adapter.exists(), peer.adapter)
            lines = peer.requirements.read_text().splitlines()
            pins = [line for line in lines if not line.startswith("#")]
            self.assertTrue(pins)
            for pin in pins:
                self.assertRegex(pin, r"^[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}$")

    def test_pins_agree_between_environments(self):
        versions = {}
        for name in (peers.DRIVER, *peers.PEERS):
            for pin in (peers.FOLDER / "requirements" / f"{name}.txt").read_text().splitlines():
                if not pin.startswith("#"):
                    package = pin.split("==")[0]
                    self.assertEqual(versions.setdefault(package, pin), pin)

    def test_pins_are_those_of_the_judges(self):
        judges = (peers.FOLDER.parent / "tools" / "setup.d" / "judges.txt").read_text().splitlines()
        known = {pin.split("==")[0]: pin for pin in judges if not pin.startswith("#")}
        for name in (peers.DRIVER, *peers.PEERS):
            for pin in (peers.FOLDER / "requirements" / f"{name}.txt").read_text().splitlines():
                if not pin.startswith("#"):
                    self.assertEqual(known.get(pin.split("==")[0], pin), pin)

    def test_names(self):
        self.assertEqual(peers.parse("openvino"), ("openvino", {}))
        self.assertEqual(peers.parse("self"), ("sinter", {}))
        self.assertEqual(peers.parse("self+5%"), ("sinter", {"slowdown": 1.05}))
        self.assertEqual(peers.parse("self:fast"),
                         ("sinter", {"compile_flags": ["--numerics=fast"]}))
        for name in ("nobody", "self+%", "self-5%", "self:quick", ""):
            with self.assertRaisesRegex(ValueError, "there is no engine"):
                peers.parse(name)

    def test_what_is_installed_is_used(self):
        self.pretend("iree")
        argv, _ = peers.command("iree", types.SimpleNamespace(sinter="sinter"))
        self.assertEqual(argv[0], str(self.cache / "iree" / "bin" / "python"))
        self.assertEqual(pathlib.Path(argv[-1]).name, "iree_adapter.py")
        self.assertIn("iree", peers.installed())

    def test_libraries_of_kernels_are_not_asked_for_models(self):
        self.pretend("onednn")
        self.assertIn("onednn", peers.installed("operators"))
        self.assertNotIn("onednn", peers.installed("models"))

    def test_an_interrupted_installation_is_none(self):
        self.pretend("onednn")
        (self.cache / "onednn" / ".stamp").unlink()
        with self.assertRaisesRegex(AdapterError, "sinter bench setup --peers=onednn") as caught:
            peers.interpreter("onednn")
        self.assertEqual(caught.exception.status, "missing")

    def test_the_running_interpreter_does_where_it_has_the_module(self):
        with unittest.mock.patch.object(peers, "_has", lambda module: module == "onnxruntime"):
            self.assertEqual(peers.interpreter("onnxruntime"), sys.executable)
            self.assertEqual(peers.installed(), ["onnxruntime"])

    def test_sinters_adapter_lies_beside_sinter(self):
        program = self.cache / "libexec" / "sinter-bench-adapter"
        options = types.SimpleNamespace(sinter=str(self.cache / "sinter"))
        with unittest.mock.patch.dict(os.environ):
            os.environ.pop("SINTER_BENCH_ADAPTER", None)
            with self.assertRaisesRegex(AdapterError, "no `sinter-bench-adapter`"):
                peers.command("sinter", options)
            program.parent.mkdir()
            program.touch()
            self.assertEqual(peers.command("sinter", options)[0], [str(program.resolve())])


class Setup(Cache):
    """With programs that pretend, so that nothing is fetched."""

    def setUp(self):
        super().setUp()
        self.commands = []
        quiet = unittest.mock.patch.object(setup, "_say")
        quiet.start()
        self.addCleanup(quiet.stop)
        library = unittest.mock.patch.object(setup, "install_echarts")
        self.library = library.start()
        self.addCleanup(library.stop)

    def run_as(self, outcome):
        def run(command, **_):
            self.commands.append(command)
            if "venv" in command:
                (pathlib.Path(command[-1]) / "bin").mkdir(parents=True)
            return outcome if "pip" in command else subprocess.CompletedProcess(command, 0, "", "")
        return unittest.mock.patch.object(setup.subprocess, "run", run)

    def test_installs_once(self):
        with self.run_as(subprocess.CompletedProcess([], 0, "", "")):
            self.assertEqual(setup.main(["tvm"]), 0)
            self.assertEqual(len(self.commands), 4)  # an environment and its packages, twice
            self.assertTrue(all("--require-hashes" in one for one in self.commands if "pip" in one))
            self.assertEqual(setup.main(["tvm"]), 0)
            self.assertEqual(len(self.commands), 4)
        self.library.assert_called_with(self.cache / "report",
                                        self.cache / "driver" / "bin" / "python")

    def test_other_pins_are_installed_anew(self):
        self.pretend("tvm")
        self.assertTrue(setup.is_made("tvm", self.cache))
        (self.cache / "tvm" / ".stamp").write_text("older pins")
        self.assertFalse(setup.is_made("tvm", self.cache))

    def test_offline_is_said_and_leaves_nothing_half_done(self):
        said = ("WARNING: Retrying after connection broken\n"
                "ERROR: No matching distribution found for openvino==2026.4.1\n")
        with self.run_as(subprocess.CompletedProcess([], 1, "", said)):
            failures = setup.setup(["openvino"])
        self.assertEqual(len(failures), 1)
        self.assertIn("`openvino` was not installed: ERROR: No matching distribution", failures[0])
        self.assertIn("package index must be within reach", failures[0])
        self.assertFalse((self.cache / "openvino").exists())

    def test_a_peer_that_is_not_known(self):
        with self.assertRaisesRegex(ValueError, "there is no peer `caffe`"):
            setup.setup(["caffe"])


if __name__ == "__main__":
    unittest.main()
