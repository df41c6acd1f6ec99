#!/usr/bin/python3
"""Preemption: an interrupted goroutine keeps all its registers, and no goroutine starves."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Preempt(rt0test.Case):
    def each_build(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            with self.subTest(build=build.name):
                yield build

    def test_registers(self):
        """General and vector registers, flags and red zone survive hundreds or thousands of interruptions, at any instruction."""
        wanted = "300" if self.how == "qemu" else "3000"
        for build in self.each_build():
            done = self.run_program("preempted", "registers", wanted, env={"GOMAXPROCS": "2"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "damaged 0 enough true rounds true\n")

    def test_rounding_belongs_to_a_goroutine(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "4"):
                done = self.run_program("preempted", "switches", env={"GOMAXPROCS": procs}, build=build)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.err), "wrong 0 0\n")

    def test_rounding_belongs_to_a_goroutine_that_is_preempted(self):
        for build in self.each_build():
            done = self.run_program("preempted", "rounding", env={"GOMAXPROCS": "1"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "wrong 0 0\n")

    def test_loops_share_one_p(self):
        for build in self.each_build():
            done = self.run_program("preempted", "loop", env={"GOMAXPROCS": "1"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "main runs again\n")
            self.assertGreater(done.seconds, 0.02)

    def test_pairs_that_wake_each_other_share_one_p(self):
        """The two goroutines share one inherited time slice, and each runs too briefly for a preemption request to reach it. The slice
        must end nevertheless, or other goroutines would starve."""
        for what in ("channel", "cond"):
            for build in self.each_build():
                done = self.run_program("pingpong", what, env={"GOMAXPROCS": "1"}, build=build)
                self.assert_status(done, 0)
                self.assertTrue(done.err.startswith(b"true "), done.err)

    def test_switched_off(self):
        """Without preemption signals a loop that calls nothing keeps its P for ever; one that calls into rt0 yields there."""
        off = {"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1"}
        line = rt0test.command("preempted", ["loop"], how=self.how, env=off)
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run(line, env=off, timeout=1, check=False, capture_output=True)
        for build in self.each_build():
            done = self.run_program("preempted", "yields", env=off, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "main runs again true\n")


if __name__ == "__main__":
    rt0test.main()
