#!/usr/bin/python3
"""Programs in a root folder that has nothing but the program, as an image FROM scratch has: no /proc, no /dev, no /sys,
no /etc, no /tmp. Under QEMU the folder also has QEMU's own files."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test
from harness.signals import default_signals

OUT = """\
open: open /proc/self/statm: no such file or directory
open: open /dev/null: no such file or directory
open: open /etc/hosts: no such file or directory
no temporary folder true
file <nil>
size 1 <nil>
exec: "sh": executable file not found in $PATH
in /
name true
listen <nil>
dial <nil>
there and back
no such host: dial tcp: lookup example.invalid: no such host
zone true
goroutines 2001000
"""
CHILD = "start <nil>\nchild 7\n"  # natively only: the kernel cannot start a program of another ISA
END = "recovered: runtime error: invalid memory address or nil pointer dereference\n"
# The end of a program that starts with a closed standard file. Go's program ends too: "cannot open standard fds".
NO_NULL = "fatal error: checkfds: cannot open /dev/null"


def namespaces():
    return rt0test.have("unshare") and subprocess.run(["unshare", "-r", "true"], stderr=subprocess.PIPE,
                                                      check=False).returncode == 0


@rt0test.each_how
@unittest.skipUnless(namespaces(), "unshare -r does not work here, so there is no other root folder")
class Bare(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.before = []
        if self.how == "qemu":
            qemu = shutil.which(rt0test.ROW["qemu"])
            libraries = subprocess.run(["ldd", qemu], stdout=subprocess.PIPE, text=True, check=False).stdout
            for path in {qemu, *re.findall(r"/\S+", libraries)}:
                to = self.root / path.lstrip("/")
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, to)
            self.before = [qemu]

    def run_bare(self, program, *args, env=None, how=default_signals):
        shutil.copy(rt0test.program_path(program), self.root / program)
        line = ["unshare", "-r", "-R", self.root, *self.before, f"/{program}", *args]
        return subprocess.run(line, env=env or {}, capture_output=True, text=True, check=False, preexec_fn=how,
                              timeout=10 * rt0test.TIMEOUT)

    def test_what_a_program_can_do(self):
        native = self.how == "native"
        for env in ({}, {"GOMAXPROCS": "3"}):
            done = self.run_bare("bare", *(["/bare"] if native else []), env=env)
            self.assertEqual(done.stdout, OUT + (CHILD if native else "") + END, done.stderr)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr,
                             r"^panic: the end\n\ngoroutine 1 \[running\]:\nmain\.main\(\)\n\t\S+bare\.cc:\d+")

    def test_trace(self):
        self.assertEqual(self.run_bare("hello", env={"RT0_TRACE": "/trace"}).returncode, 0)
        self.assertTrue(rt0test.parse_trace((self.root / "trace").read_bytes()))

    def test_simulated(self):
        done = self.run_bare("hello", env={"RT0_SIM": "seed=1,record=r"})
        self.assertEqual((done.returncode, done.stdout), (0, "Hello World\n"), done.stderr)
        self.assertTrue((self.root / "r").exists())

    def test_a_standard_file_is_closed(self):
        """There is no /dev/null that could be opened in its place. As in Go this ends the program: otherwise a file
        that the program opens later would get the number, and the program would print into it."""
        if self.how == "qemu":
            self.skipTest("QEMU itself opens files, which get the number")
        for fd in (0, 1):
            def closed(n=fd):
                default_signals()
                os.close(n)
            done = self.run_bare("hello", how=closed)
            self.assertEqual((done.returncode, done.stdout, done.stderr.splitlines()[0]), (2, "", NO_NULL))


if __name__ == "__main__":
    rt0test.main()
