#!/usr/bin/env python3
"""new, delete, malloc: contents, alignment, reuse, objects larger than an arena, threads, misuse, and no memory."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

NOT_NEWS = b"fatal error: delete of a pointer that new did not return\n"
MIDDLE = b"fatal error: delete of a pointer into the middle of an object\n"
DOUBLE = b"fatal error: double delete, or delete of a pointer that new did not return\n"
MISUSE = {"double_large": NOT_NEWS, "middle_large": MIDDLE, "stack": NOT_NEWS, "static": NOT_NEWS, "wild": NOT_NEWS}
MISUSE_DEV = dict(MISUSE, double=DOUBLE, middle=MIDDLE)


@rt0test.each_how
class Heap(rt0test.Case):
    def test_objects_of_all_sizes(self):
        for procs in ("1", "4"):
            with self.subTest(procs=procs):
                # Natively in an address space that is too small for all huge objects at once: they must be given back.
                inner = ("prlimit", "--as=8000000000") if self.how == "native" else ()
                done = rt0test.run("heap", how=self.how, env={"GOMAXPROCS": procs}, inner=inner)
                self.assertEqual((done.status, done.err), (0, b"heap ok\n"))

    def test_torture(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            seconds = os.environ.get("RT0_HEAP_SECONDS", "2")
            done = self.run_program("heap_torture", build=build, env={"GOMAXPROCS": "4", "RT0_HEAP_SECONDS": seconds})
            self.assert_status(done, 0)
            self.assertIn(b" damaged 0\n", done.out)

    def test_malloc(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            done = self.run_program("heap_c", build=build)
            self.assertEqual((done.status, done.err), (0, b"malloc ok\n"))

    def test_misuse(self):
        for build, cases in ((rt0test.BUILD, MISUSE), (rt0test.DEV_BUILD, MISUSE_DEV)):
            for what, message in cases.items():
                with self.subTest(what=what, build=build.name):
                    done = self.run_program("heap_misuse", what, build=build)
                    self.assert_status(done, 2)
                    self.assertTrue(done.err.startswith(message), done.err[:300])

    def test_no_memory(self):
        done = self.run_program("heap_misuse", "nothrow")
        self.assertEqual((done.status, done.err), (0, b"null\n"))
        done = self.run_program("heap_misuse", "large")
        self.assert_status(done, 2)
        self.assertRegex(done.err, rb"\Aruntime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\nfatal error: out of memory\n")

    def test_memory_limit_too_small(self):
        done = self.run_program("heap_misuse", "limit", env={"GOMEMLIMIT": "1MiB"})
        self.assertEqual((done.status, done.err), (0, b"on\n"))

    def test_no_memory_from_a_simulated_kernel(self):
        """Whichever request fails: a fatal error that says so, or the program does not need it."""
        failed = 0
        for seed in range(1, 25):
            done = self.run_program("heap", env={"RT0_SIM": f"seed={seed},procs=2,faults=enomem:200"})
            if done.status == 0:
                self.assertEqual(done.err, b"heap ok\n")
                continue
            failed += 1
            self.assert_status(done, 2)
            self.assertRegex(done.err, rb"\Aruntime: out of memory: cannot allocate \d+-byte block")
        self.assertGreater(failed, 5)


if __name__ == "__main__":
    rt0test.main()
