#!/usr/bin/python3
"""Ten thousand goroutines, on one P and on more Ps than CPUs; threads that end; memory that does not grow."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

GOROUTINES = 10000
MOST_SECONDS = 120
TRIES = 20
PAGES = 512  # most that a program may grow by while it repeats the same work


@rt0test.each_how
class Stress(rt0test.Case):
    def each(self, check, all_procs=("1", "2", "4", "16")):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in all_procs:
                with self.subTest(build=build.name, procs=procs):
                    check(build=build, procs=procs)

    def stress(self, *args, build, procs):
        done = self.run_program("stress", *args, env={"GOMAXPROCS": procs}, build=build, timeout=MOST_SECONDS)
        self.assert_status(done, 0)
        return rt0test.text(done.err)

    def test_tree(self):
        total = GOROUTINES * (GOROUTINES + 1) // 2
        expected = f"done {GOROUTINES} ids {total} torn 0\n"
        self.each(lambda **where: self.assertEqual(self.stress("tree", str(GOROUTINES), **where), expected))

    def test_churn(self):
        expected = f"done {GOROUTINES} torn 0 made true\n"
        self.each(lambda **where: self.assertEqual(self.stress("churn", str(GOROUTINES), **where), expected),
                  ("1", "4"))

    def locked(self, **where):
        rounds = 60
        first, second = self.stress("locked", str(rounds), **where).splitlines()
        self.assertEqual(first, f"done {rounds * 20} torn 0 threads true ended true")
        grown = int(re.fullmatch(r"grown (-?\d+) of \d+", second)[1])
        if self.how == "native":  # under QEMU the number includes QEMU's own memory
            self.assertLess(grown, PAGES)

    def test_locked(self):
        self.each(self.locked, ("1", "4"))

    def stolen(self, env):
        """How many goroutines were stolen, and how many threads ran goroutines."""
        done, trace = rt0test.run_traced("stress", "tree", "500", env={"GOMAXPROCS": "4", **env}, how=self.how)
        self.assert_status(done, 0)
        events = rt0test.parse_trace(trace)
        return (sum(int(e.args["n"]) for e in events if e.name == "ProcSteal"),
                len({e.m for e in events if e.name == "GoStart"}))

    def test_work_is_stolen_on_the_simulated_kernel(self):
        """The tests above would pass without stealing, too. On a simulated machine with four CPUs the four Ps get their
        work by stealing, in every run."""
        for seed in 1, 2, 3:
            goroutines, threads = self.stolen({"RT0_SIM": f"seed={seed},procs=4,strategy=fifo"})
            self.assertGreater(goroutines, 20)
            self.assertGreaterEqual(threads, 4)

    def test_work_is_stolen(self):
        """On a real machine, stealing depends on whether a second thread starts before the first has done everything.
        One of TRIES runs must show ten stolen goroutines, unless another process takes the CPU: then this test counts
        as skipped."""
        for _ in range(TRIES):
            goroutines, threads = self.stolen({})
            if goroutines >= 10 and threads > 1:
                return
            rt0test.retried("stealing", f"{goroutines} goroutines stolen by {threads} threads")
        if (busy := rt0test.load()) > rt0test.BUSY:
            self.skipTest("stealing, live: the machine is busy; simulated runs showed it")
        self.fail(f"fewer than ten goroutines were stolen in each of {TRIES} runs, on a machine that is not busy "
                  f"({busy:.2f})")


if __name__ == "__main__":
    rt0test.main()
