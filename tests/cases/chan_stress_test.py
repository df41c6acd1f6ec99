#!/usr/bin/python3
"""Thousands of goroutines over channels and selects, on one P and on more Ps than CPUs: no value lost or received
twice, no hang."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

MODES = (("many", 400), ("selects", 300), ("chain", 1000), ("closing", 3000), ("procs", 50))


@rt0test.each_how
class ChanStress(rt0test.Case):
    def test_all(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "2", "4", "16"):
                for mode, goroutines in MODES:
                    with self.subTest(build=build.name, procs=procs, mode=mode):
                        done = self.run_program("chan_stress", mode, str(goroutines), env={"GOMAXPROCS": procs},
                                                build=build)
                        self.assert_status(done, 0)
                        self.assertEqual(done.err, b"ok\n")


if __name__ == "__main__":
    rt0test.main()
