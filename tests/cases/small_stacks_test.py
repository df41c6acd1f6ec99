#!/usr/bin/python3
"""The prototype of goroutines with 2 KiB stacks, used beside ordinary ones: each costs less than 2,550 bytes (Go 1.26
takes 2,743), and its frames fit."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

BUILDS = (rt0test.BUILD, rt0test.DEV_BUILD)


@rt0test.each_how
class SmallStacks(rt0test.Case):
    def setUp(self):
        super().setUp()
        if rt0test.ISA not in ("amd64", "386"):
            self.skipTest("frames of other ISAs are larger, or have not been measured")

    def each(self, *args, builds=BUILDS, **options):
        return [self.run_program("small_stacks", *args, env={"GOMAXPROCS": n}, build=build, **options)
                for build in builds for n in (1, 4)]

    def test_parked(self):
        n = 200000 if self.how == "native" else 5000
        for done in self.each("parked", n, timeout=60):
            self.assert_status(done, 0)
            each, used = map(int, re.fullmatch(rf"parked {n} bytes_each (\d+) most_used (\d+)\n",
                                               rt0test.text(done.err)).groups())
            self.assertLess(used, 1800)
            if self.how == "native":
                self.assertLess(each, 2550)

    def test_beside_others(self):
        for done in self.each("stress", 300 if self.how == "native" else 30, timeout=60):
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "sum true fits true\n"))

    def test_preemption_while_one_ends(self):
        """The function that takes an ended goroutine's stack back is no safe point: a signal that comes there must not
        preempt the goroutine that runs next."""
        n = 20000 if self.how == "native" else 1000
        for done in self.each("preempted", n, timeout=60):
            self.assertEqual((done.status, rt0test.text(done.err)), (0, f"ran {n}\n"))

    def test_overflow_is_noticed_at_the_end(self):
        for done in self.each("overflow", 1):
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "fits\n"))
        for done in self.each("overflow", 0):
            self.assert_fatal(done, "go_small: stack overflow")


if __name__ == "__main__":
    rt0test.main()
