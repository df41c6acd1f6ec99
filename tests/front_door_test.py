#!/usr/bin/python3
"""The messages of make and the scripts for bad input: an ISA that is not known, and tools that are missing. Nothing is
built or installed: a folder of fake programs comes first on the PATH.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import rt0test

TOP = pathlib.Path(__file__).resolve().parent.parent
ROWS = [line.split() for line in (TOP / "arch" / "isas.txt").read_text().splitlines() if line[:1].isalnum()]
NAMES = [row[0] for row in ROWS]


def run(*line, env=None):
    return subprocess.run([str(x) for x in line], cwd=TOP, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)


class UnknownIsa(unittest.TestCase):
    def assert_names_known(self, done):
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("nonsense", done.stdout)
        for name in NAMES:
            self.assertRegex(done.stdout, rf"Known:.*\b{name}\b")

    def test_every_command(self):
        for command in ("build", "run", "test", "check", "bench", "seeds", "golden", "matrix", "port-check", "inspect"):
            with self.subTest(command=command):
                self.assert_names_known(run("make", command, "ISA=nonsense"))

    def test_scripts(self):
        for line in (("qemu/run.sh", "nonsense", "qemu", "/bin/true"), ("tests/port_check.py", "nonsense"),
                     ("tools/new_isa.sh", "wanted", "nonsense")):
            with self.subTest(line=line):
                self.assert_names_known(run(*line))
        self.assertFalse((TOP / "arch" / "wanted").exists())

    def test_cmake(self):
        with tempfile.TemporaryDirectory() as build:
            self.assert_names_known(run("cmake", "-S", TOP, "-B", build, "-DRT0_ISA=nonsense",
                                        f"-DCMAKE_TOOLCHAIN_FILE={TOP}/tools/toolchain.cmake"))

    def test_new_isa_of_a_bad_name(self):
        for name in ("", "Not-A-Name", NAMES[0]):
            done = run("tools/new_isa.sh", name)
            self.assertEqual(done.returncode, 2, done.stdout)


class MissingTool(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.bin = pathlib.Path(self.folder.name)
        self.env = {"PATH": f"{self.bin}:{os.environ['PATH']}"}

    def false_program(self, name, text):
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def lacks(self, package, root, apt="exit 0"):
        """Sets what dpkg-query, id, sudo and apt-get answer; apt-get also writes its arguments to a file."""
        self.false_program("dpkg-query",
                           f'for p; do :; done; [ "$p" = "{package}" ] && exit 1; echo "install ok installed"\n')
        self.false_program("id", f"echo {0 if root else 1000}\n")
        self.false_program("sudo", "exit 1\n")
        self.false_program("apt-get", f'echo "$@" >>{self.bin}/asked\n{apt}\n')

    def test_cross_compiler_is_named(self):
        for row in ROWS:
            with self.subTest(isa=row[0]):
                self.lacks(row[3], root=False)
                done = run("make", "-s", "need-build", f"ISA={row[0]}", env=self.env)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(f"rt0 needs these Debian packages; as root, type: apt-get install -y "
                              f"--no-install-recommends {row[3]}\n",
                              done.stdout)
                self.assertFalse((self.bin / "asked").exists())

    def test_qemu_is_installed_where_that_may_be(self):
        self.lacks("qemu-user", root=True)
        done = run("make", "-s", "need-run", env=self.env)
        self.assertEqual((done.returncode, done.stdout), (0, "rt0: installing qemu-user\n"))
        self.assertEqual((self.bin / "asked").read_text(), "install -y --no-install-recommends qemu-user\n")

    def test_an_installation_that_fails_says_what_to_try(self):
        self.lacks("qemu-user", root=True, apt="exit 100")
        done = run("make", "-s", "need-run", env=self.env)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("rt0: could not install qemu-user; as root, try: apt-get update && apt-get install", done.stdout)

    def test_compiler_without_make(self):
        """CMake called directly names the missing package as well. The PATH is empty, so that no compiler is found."""
        for row in ROWS:
            for compiler, package in (("gcc", row[3]), ("clang", "clang-19")):
                with self.subTest(isa=row[0], compiler=compiler), tempfile.TemporaryDirectory() as build:
                    script = pathlib.Path(build) / "look.cmake"
                    script.write_text(f"set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH OFF)\nset(RT0_ISA {row[0]})\n"
                                      f"set(RT0_COMPILER {compiler})\ninclude({TOP}/tools/toolchain.cmake)\n")
                    cmake = subprocess.run(["which", "cmake"], stdout=subprocess.PIPE, text=True,
                                           check=True).stdout.strip()
                    done = run(cmake, "-P", script, env={"PATH": str(self.bin)})
                    self.assertNotEqual(done.returncode, 0, done.stdout)
                    self.assertIn(f"is not installed: install the Debian package {package}",
                                  " ".join(done.stdout.split()))

    def test_qemu_without_make(self):
        for row in ROWS:
            done = run("qemu/run.sh", row[0], "qemu", "/bin/true", env={"RT0_QEMU": f"no-{row[5]}"})
            self.assertEqual((done.returncode, done.stdout),
                             (127, f"run.sh: no-{row[5]} is not installed: install Debian's package qemu-user\n"))


if __name__ == "__main__":
    rt0test.main()
