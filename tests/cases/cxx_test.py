#!/usr/bin/env python3
"""The C++ library of the toolchain in programs: containers, strings, numbers, clocks, atomics. A program that uses a
part of the library that cannot work is refused in a sentence when it is linked. Traces of these programs:
sim_golden_test.py."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import installed
import rt0test

SIM = "seed={},procs=2,strategy=random"
PROGRAMS = ("containers", "numbers", "atomics")
HAVE = rt0test.program_path("cxx_numbers").exists()  # not where the toolchain has no libstdc++.a

# What can't work, and a word of the sentence that says so.
REFUSED = {
    "#include <cstdio>\nint main() { int n; return std::scanf(\"%d\", &n); }": "std::cin",
    "#include <cstdio>\nint main() { return std::fgetc(stdin); }": "std::cin",
    "#include <cstdio>\nint main() { int n; return std::sscanf(\"1\", \"%d\", &n); }": "std::istringstream",
    "#include <cstdio>\nint main() { return std::fopen(\"x\", \"r\") != nullptr; }": "rt0::os",
    "#include <filesystem>\nint main() { return std::filesystem::remove(\"x\"); }": "rt0::os",
    "#include <cstdio>\nint main() { return std::remove(\"x\"); }": "rt0::os",
    "#include <pthread.h>\nint main() { return pthread_cancel(pthread_self()); }": "std::stop_token",
    "#include <semaphore.h>\nint main() { return sem_open(\"x\", 0) != nullptr; }": "sem_init",
    "#include <cstdlib>\nint main() { return std::system(\"x\"); }": "rt0::os",
}


HELD = """#include <memory>
#include <rt0/rt0.h>
#include <rt0/errgroup.h>
int main() {
  auto p = std::make_shared<int>(1);
  int by_wait_group = 0, by_group = 0, by_other_ends = 0;
  for (int i = 0; i < 20000; i++) {
    rt0::WaitGroup wg;
    for (int k = 0; k < 3; k++) wg.go([p] {});
    wg.wait();
    by_wait_group += p.use_count() != 1;
    rt0::errgroup::Group<> group;
    for (int k = 0; k < 3; k++) group.go([p]() -> const char* { return nullptr; });
    group.wait();
    by_group += p.use_count() != 1;
    rt0::WaitGroup ends;
    ends.go([p] { rt0::goexit_now(); });
    ends.go([p] {
      rt0::Defer d([] { (void)rt0::recover(); });
      rt0::panic("ends here");
    });
    ends.wait();
    by_other_ends += p.use_count() != 1;
  }
  rt0::fmt::println("held", by_wait_group, by_group, by_other_ends);
}
"""
ERRNO = """#include <cerrno>
#include <rt0/rt0.h>
int main() {
  int wrong = 0;
  for (int i = 0; i < 20; i++) {
    rt0::WaitGroup wg;
    wg.go([&] {
      wrong += errno != 0;
      errno = 5;
    });
    wg.wait();
  }
  rt0::fmt::println("wrong", wrong);
}
"""


def expected(program):
    """A program's output, the same on every ISA and however it runs."""
    return (rt0test.EXPECTED / f"cxx_{program}.out").read_bytes()


@unittest.skipUnless(HAVE, "the toolchain has no libstdc++.a")
class Refused(rt0test.Case):
    def test_the_documents_program(self):
        """The program of docs/LIBRARY.md."""
        page = (rt0test.TOP / "docs" / "LIBRARY.md").read_text()
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "x.cc").write_text(re.search(r"```cpp\n(.*?)```", page, re.S).group(1))
            self.assertEqual(installed.tool("x.cc", "-o", "x", cwd=here).returncode, 0)
            self.assertEqual(rt0test.run(here / "x", how=rt0test.HOWS[0]).out, b"Ada is 36\nGrace is 85\n")

    def test_no_function_is_missing(self):
        """Each function that musl's functions call is one of them, or in the runtime, or in libgcc, whose names begin
        with two underscores."""
        def rows(library):
            said = subprocess.run(["nm", rt0test.BUILD / library], capture_output=True, text=True, check=True).stdout
            return [row for row in map(str.split, said.splitlines()) if len(row) in (2, 3)]

        musl, runtime = rows("librt0_musl.a"), rows("librt0.a")
        there = {row[-1] for row in musl + runtime if row[-2] not in "Uw"}
        self.assertLess({"fma", "strlen"}, there)
        self.assertEqual({row[-1] for row in musl if row[0] == "U" and not row[-1].startswith("__")} - there, set())

    def test_what_a_goroutine_held_is_gone(self):
        """When wait() returns, all values that the functions of the group have captured are destroyed."""
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "x.cc").write_text(HELD)
            self.assertEqual(installed.tool("x.cc", "-o", "x", cwd=here).returncode, 0)
            for _ in range(3):
                self.assertEqual(rt0test.run(here / "x", how=rt0test.HOWS[0], env={"GOMAXPROCS": "4"}).out,
                                 b"held 0 0 0\n")

    def test_errno_of_a_new_goroutine(self):
        """errno is 0, as in a new thread, although the new goroutine may have the G of one that has ended."""
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "x.cc").write_text(ERRNO)
            self.assertEqual(installed.tool("x.cc", "-o", "x", cwd=here).returncode, 0)
            self.assertEqual(rt0test.run(here / "x", how=rt0test.HOWS[0]).out, b"wrong 0\n")

    def test_in_a_sentence(self):
        """The link makes no program, and prints one line, which says what to use instead."""
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            for source, use in REFUSED.items() if rt0test.FIRST else list(REFUSED.items())[:2]:
                with self.subTest(source):
                    (here / "x.cc").write_text(source + "\n")
                    done = installed.tool("x.cc", "-o", "x", cwd=here)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertRegex(done.stderr, r"\Art0: x: [^\n]*\n\Z")
                    self.assertIn(use, done.stderr)
                    self.assertFalse((here / "x").exists())


@unittest.skipUnless(HAVE, "the toolchain has no libstdc++.a")
@rt0test.each_how
class Library(rt0test.Case):
    def test_output(self):
        """On one P and on several, and under the simulated kernel: the same bytes, which are the same on every ISA."""
        for program in PROGRAMS:
            for env in ({"GOMAXPROCS": "1"}, {"GOMAXPROCS": "4"}, {"RT0_SIM": SIM.format(7)}):
                with self.subTest(program, env=env):
                    done = rt0test.run(f"cxx_{program}", how=self.how, env=env)
                    self.assertEqual((done.status, done.err), (0, b""))
                    self.assertEqual(done.out, expected(program))

    def test_128_bits(self):
        done = rt0test.run("cxx_numbers", "wide", how=self.how)
        self.assertEqual(done.out, b"1012345679012345679012345679009\n" if rt0test.ROW["bits"] == "64" else b"none\n")


if __name__ == "__main__":
    rt0test.main()
