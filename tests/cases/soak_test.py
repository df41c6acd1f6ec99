#!/usr/bin/python3
"""100,000 goroutines over channels, select, timers, mutexes, sockets and system calls: nothing hangs, nothing is lost,
and memory does not grow.

RT0_SOAK_SECONDS is the length of each run, not counting the time to make the goroutines: 60 for a good soak. The
default is a second or two, with fewer goroutines under QEMU, so that `make test` stays quick.
"""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SECONDS = int(os.environ.get("RT0_SOAK_SECONDS", "0"))
PROCS = ("1", "2", "4", "16")
GOROUTINES = 100000
PATIENCE = 40  # seconds that a busy machine may take before it counts as a lost wake-up


@rt0test.each_how
class Soak(rt0test.Case):
    def soak(self, procs, goroutines, seconds, build=None):
        with self.subTest(build=(build or rt0test.BUILD).name, procs=procs):
            generations = 3 if seconds >= 10 else 2
            done = self.run_program("soak", seconds, goroutines, PATIENCE, generations, env={"GOMAXPROCS": procs},
                                    build=build, timeout=30 + 10 * seconds + 8 * PATIENCE)
            lines = rt0test.text(done.err).splitlines()
            self.assertEqual((done.status, lines[-1:]), (0, ["ok"]), rt0test.text(done.err)[-3000:])
            self.assertGreater(min(int(line.split()[1]) for line in lines[:8]), 0, lines)
            if SECONDS:
                print(f"{self.how} GOMAXPROCS={procs} {done.seconds:.0f} s:", "; ".join(lines[:-1]), file=sys.stderr,
                      flush=True)

    def test_soak(self):
        # A 32-bit address space has no room for so many stacks.
        most = GOROUTINES if rt0test.ROW["bits"] == "64" else 8000
        for procs in PROCS if rt0test.FIRST else ("1", "4"):
            self.soak(procs, most if SECONDS else 20000 if self.how == "native" and most == GOROUTINES else 2000,
                      SECONDS or 1)

    @unittest.skipIf(SECONDS, "the dev build is for `make test`")
    def test_checked(self):
        for procs in ("1", "4"):
            self.soak(procs, 5000 if self.how == "native" else 1000, 1, rt0test.DEV_BUILD)


if __name__ == "__main__":
    rt0test.main()
