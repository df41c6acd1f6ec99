#!/usr/bin/env python3
"""A project outside the tree has golden traces. Its trace test passes; after a change it fails and shows where the
traces differ; one build target writes the golden anew. Bad input is refused."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

HOST = rt0test.TOP / "build" / "host" / "bin"
LISTS = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX ASM)
enable_testing()
add_subdirectory("{top}" rt0)
rt0_add_executable(mine mine.cc)
"""
TEST = "rt0_add_trace_test(NAME mine SIM seed=7,procs=4,strategy=random GOLDEN golden/mine.trace{more})\n"
MINE = """#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  rt0::go([&] { c.send(1); });
  c.recv();
}
"""
# For the first ISA: another one, whose compiler and QEMU are there; "" if there is none.
OTHER = next((isa for isa, compiler, qemu in (("riscv64", "riscv64-linux-gnu-g++", "qemu-riscv64"),
                                              ("s390x", "s390x-linux-gnu-g++", "qemu-s390x"))
              if rt0test.ISA == "amd64" and shutil.which(compiler) and shutil.which(qemu)), "")


@unittest.skipUnless((HOST / "rt0-trace").exists(), "rt0-trace is not built")
class Goldens(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.here = pathlib.Path(temporary.name)
        self.build = self.here / "build"

    def line(self, *words, fails=False):
        """Runs a command that must succeed, or fail if `fails`. Returns what it printed."""
        done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)
        self.assertEqual(done.returncode != 0, fails, done.stdout[-3000:])
        return done.stdout

    def configure(self, lists, fails=False):
        (self.here / "CMakeLists.txt").write_text(LISTS.format(top=rt0test.TOP) + lists)
        (self.here / "mine.cc").exists() or (self.here / "mine.cc").write_text(MINE)
        return self.line("cmake", "-G", "Ninja", "-Wno-dev", "-S", self.here, "-B", self.build,
                         f"-DRT0_ISA={rt0test.ISA}",
                         f"-DCMAKE_TOOLCHAIN_FILE={rt0test.TOP / 'tools' / 'toolchain.cmake'}",
                         f"-DRT0_MKPCLNTAB={HOST / 'mkpclntab'}", fails=fails)

    def make(self, target="all", fails=False):
        return self.line("cmake", "--build", self.build, "--target", target, fails=fails)

    def ctest(self, *more, fails=False):
        return self.line("ctest", "--test-dir", self.build, "--output-on-failure", *more, fails=fails)

    def test_from_nothing_to_a_change(self):
        self.configure(TEST.format(more=f" ISAS {rt0test.ISA} {OTHER}"))
        self.make()
        golden = self.here / "golden" / "mine.trace"
        text = self.ctest("-R", "^trace.mine$", fails=True)
        self.assertIn("golden/mine.trace is not there: write it by `cmake --build", text)
        self.assertIn("golden/mine.trace: written", self.make("rt0_write_traces"))
        self.assertRegex(golden.read_text(), r"(?m)^\d+ m0 p0 g1 GoCreate new=2 at=mine\.cc:5$",
                         "no path of this machine is in it")
        self.assertIn("golden/mine.trace: unchanged", self.make("rt0_write_traces"))
        self.assertIn("100% tests passed", self.ctest())
        if OTHER:
            self.assertRegex(self.ctest("-N"), rf"trace\.mine\.{OTHER}\b")
        # Another program: it waits in a select now, and its go statement moves.
        before = golden.read_text()
        (self.here / "mine.cc").write_text(MINE.replace("  c.recv();", "  rt0::gosched();\n  c.recv();"))
        self.make()
        text = self.ctest("-R", "^trace.mine$", fails=True)
        self.assertRegex(text, r"the traces differ, from line \d+ of A and line \d+ of B on")
        self.assertRegex(text, r"B: \S+/trace\n +> \d+: \d+ m\d p\d g1 GoStop id=1 reason=Gosched")
        self.assertIn("if it is right so, write that anew by", text)
        self.assertEqual(golden.read_text(), before, "a test writes nothing")
        self.assertIn("golden/mine.trace: written", self.make("rt0_write_traces"))
        self.assertIn("100% tests passed", self.ctest("-R", "^trace.mine$"))
        # What the simulated kernel refuses, in its words.
        self.configure(TEST.format(more="").replace("seed=7", "colour=red"))
        text = self.ctest(fails=True)
        self.assertEqual(len(re.findall(r"(?m)^trace test: rt0: RT0_SIM: .*colour", text)), 1, text)

    def test_bad_input(self):
        for wrong, why in ((TEST.format(more="").replace("NAME mine", "NAME yours"), "there is no program yours"),
                           (TEST.format(more=" COLOUR red"), "COLOUR;red: known are NAME, PROGRAM, SIM"),
                           (TEST.format(more="").replace("GOLDEN golden/mine.trace", ""), "GOLDEN is missing"),
                           (TEST.format(more="").replace("SIM seed=7,procs=4,strategy=random", ""), "SIM is missing"),
                           (TEST.format(more=" ISAS vax"), "ISA=vax is not known")):
            with self.subTest(why=why):
                self.assertIn(why, re.sub(r"\s+", " ", self.configure(wrong, fails=True)))


if __name__ == "__main__":
    os.environ.pop("RT0_SIM", None)
    rt0test.main()
