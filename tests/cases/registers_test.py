#!/usr/bin/python3
"""Callee-saved registers survive every switch: gosched, park and ready, systemstack, the start of a goroutine."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Registers(rt0test.Case):
    def test_the_tester_sees_damage(self):
        done = self.run_program("callee_saved", "self", "0")
        self.assert_status(done, 0)
        first, *rest = rt0test.text(done.err).splitlines()
        self.assertEqual(first, "undamaged 0")
        self.assertGreater(len(rest), 3)
        self.assertEqual(rest, [f"damaged {n} {1 << n}" for n in range(len(rest))])

    def check(self, mode, rounds, calls):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "4"):
                with self.subTest(build=build.name, procs=procs):
                    done = self.run_program("callee_saved", mode, str(rounds), env={"GOMAXPROCS": procs}, build=build)
                    self.assert_status(done, 0)
                    self.assertEqual(rt0test.text(done.err), f"calls {calls} damaged 0\n")

    def test_gosched(self):
        self.check("gosched", 200, 16 * 200)

    def test_park(self):
        self.check("park", 200, 2 * 16 * 200)

    def test_systemstack(self):
        self.check("systemstack", 200, 16 * 200)

    def test_newproc(self):
        """The started goroutines make calls too; main does not wait for all of them, so some calls may not be counted
        yet."""
        for procs in ("1", "4"):
            done = self.run_program("callee_saved", "newproc", "50", env={"GOMAXPROCS": procs})
            self.assert_status(done, 0)
            word, calls, _, damaged = rt0test.text(done.err).split()
            self.assertEqual((word, damaged), ("calls", "0"))
            self.assertTrue(16 * 50 <= int(calls) <= 2 * 16 * 50, calls)


if __name__ == "__main__":
    rt0test.main()
