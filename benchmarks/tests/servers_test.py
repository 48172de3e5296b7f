"""Servers that suites start, and what is read of their processes."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from sinter_bench import process_tree, servers

ROOT = pathlib.Path(__file__).parents[2]
# A process with a child; both work for a moment, then wait.
FAMILY = """
import os, subprocess, sys, time
if len(sys.argv) > 1:
    sum(range(10_000_000))
    held = bytearray(30 << 20)
    print("ready", flush=True)
    time.sleep(600)
subprocess.run([sys.executable, sys.argv[0], "child"])
"""


class ProcessTree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        script = pathlib.Path(folder.name) / "family (x).py"
        script.write_text(FAMILY)
        self.process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE,
                                        start_new_session=True)
        self.addCleanup(self.end)
        self.assertEqual(self.process.stdout.readline(), b"ready\n")

    def end(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def test_descendants_count(self):
        self.assertEqual(len(process_tree.members(self.process.pid)), 2)
        self.assertGreater(process_tree.cpu_s(self.process.pid), 0.05)
        own = process_tree.rss_bytes(self.process.pid)
        self.assertGreater(process_tree.tree_rss_bytes(self.process.pid), own + (30 << 20))


class Servers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_sinterd_starts_gets_ready_and_ends_with_its_workers(self):
        with servers.Sinterd(ROOT / "bin/sinterd", self.folder, workers=1) as daemon:
            self.assertGreater(daemon.await_ready(), daemon.listening_s)
            members = process_tree.members(daemon.process.pid)
            self.assertGreater(len(members), 1)
            self.assertGreater(daemon.tree_rss_bytes(), daemon.rss_bytes())
            self.assertGreater(daemon.cpu_s(), 0)
        deadline = time.monotonic() + 30
        while any(process_tree.rss_bytes(pid) for pid in members) and time.monotonic() < deadline:
            time.sleep(0.01)  # the kernel takes back memory after a kill
        self.assertEqual([process_tree.rss_bytes(pid) for pid in members], [0] * len(members))

    def test_a_server_that_ends_at_once_says_why(self):
        (self.folder / "state").write_text("a file where a folder must be")
        with self.assertRaisesRegex(servers.ServerError, "sinterd.*listening on.*: .*state"):
            servers.Sinterd(ROOT / "bin/sinterd", self.folder)

    def test_a_program_that_is_not_there(self):
        with self.assertRaisesRegex(servers.ServerError, "does not start: No such file"):
            servers.Sinterd(self.folder / "none", self.folder)

    def test_a_server_that_does_not_tell_its_port_is_found(self):
        program = self.folder / "casd"
        program.write_text(f"#!{sys.executable}\nimport socket, time\n"
                           "s = socket.create_server(('127.0.0.1', 0))\ntime.sleep(600)\n")
        program.chmod(0o755)
        with servers.Casd(program, self.folder / "store") as server:
            host, _, port = server.address.partition(":")
            socket.create_connection((host, int(port)), timeout=30).close()
        self.assertIsNone(servers.listening_port(server.process.pid))

    def test_a_store_that_ends_at_once_says_why(self):
        program = self.folder / "casd"
        program.write_text("#!/bin/sh\necho no room >&2\nexit 3\n")
        program.chmod(0o755)
        with self.assertRaisesRegex(servers.ServerError, "buildbox-casd ends with exit code 3: no room"):
            servers.Casd(program, self.folder / "store")


class LoadProgram(unittest.TestCase):
    def test_one_that_is_not_there_is_told_with_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder, \
                self.assertRaisesRegex(FileNotFoundError, "sinter-bench-load.*tools/launchers"):
            servers.find_load(os.path.join(folder, "sinter"))


if __name__ == "__main__":
    unittest.main()
