#!/usr/bin/python3
"""Strategies find what they are said to find: kernels of real bugs within 2,000 seeds, all orders of four goroutines,
and bugs of depth 1 and 2 with the probability that docs/DETERMINISM.md states.

  hunt_test.py --table [STRATEGY…]   prints how many seeds each kernel takes, in five ranges of 2,000 seeds
"""

import collections
import concurrent.futures
import functools
import itertools
import math
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import hunting, rt0test

KERNELS = ("lock_order", "lock_ring", "double_lock", "missed_signal", "select_race", "send_on_closed", "close_twice",
           "wait_group", "context_cancel", "timer_stop", "rwmutex_reader", "lock_and_channel", "two_first", "aba",
           "second_error", "two_writes")
SEEDS = hunting.SEEDS


def hunt(kernel, spec):
    return hunting.run("hunt", kernel, spec=spec)


def kernels():
    return {name: functools.partial(shows_bug, name) for name in KERNELS}


def shows_bug(kernel, spec):
    return hunt(kernel, spec).status != 0


def outcomes(kernel, spec, seeds):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = pool.map(lambda seed: hunt(kernel, f"seed={seed},{spec}"), seeds)
        return collections.Counter(rt0test.text(d.out + d.err).strip() for d in done)


@unittest.skipUnless(rt0test.FIRST and rt0test.NATIVE, "what strategies pick is the same on all ISAs")
class Hunt(rt0test.Case):
    def test_all_are_found(self):
        found = hunting.search(kernels(), hunting.STRATEGIES, hunting.RANGES[1:2])
        self.assertEqual([job for job, n in found.items() if n is None], [])

    def test_fifo_finds_what_needs_no_luck(self):
        """Go's order shows only the bugs that need no luck. The other kernels measure how well strategies find bugs, so
        Go's order must not show theirs."""
        easy = "select_race", "send_on_closed", "context_cancel"  # bugs that need no luck
        for kernel in KERNELS:
            if kernel in easy:
                continue
            with self.subTest(kernel=kernel):
                self.assert_status(hunt(kernel, "procs=1"), 0)

    def test_all_orders(self):
        """Four goroutines have 24 orders."""
        for strategy in ("random", "pct:1", "pct:2", "pos"):
            for procs in (1, 4):
                got = outcomes("permutation", f"strategy={strategy},procs={procs}", range(1, 1001))
                self.assertEqual(len(got), 24, f"{strategy} procs={procs}: {got}")

    def test_either_begins(self):
        for strategy in ("random", "pct:1", "pct:3", "pos"):
            for procs in (1, 4):
                got = outcomes("who_begins", f"strategy={strategy},procs={procs}", range(1, 101))
                self.assertEqual(set(got), {"1 2", "2 1"}, f"{strategy} procs={procs}: {got}")
        self.assertEqual(set(outcomes("who_begins", "procs=1", range(1, 21))), {"2 1"},
                         "Go's order: the last one started comes first")

    def test_probability(self):
        """pct:D meets a bug of depth D with probability 1/(n·k^(D-1)) at least, n goroutines and k steps."""
        n = 5  # main and four others
        for procs in (1, 4):
            got = outcomes("permutation", f"strategy=pct:1,procs={procs}", range(1, SEEDS + 1))
            for a, b in itertools.permutations("abcd", 2):  # depth 1: a before b
                hits = sum(times for order, times in got.items() if order.index(a) < order.index(b))
                self.assertGreaterEqual(hits, SEEDS / n, f"{a} before {b}, procs={procs}: {got}")
            # Depth 2: between two steps of one goroutine comes another one's. n is 4: main and three others. k is in
            # the record.
            with tempfile.TemporaryDirectory() as folder:
                steps = []
                for seed in range(20):
                    record = pathlib.Path(folder) / "record"
                    hunt("in_between", f"seed={seed},strategy=pct:2,procs={procs},record={record}")
                    steps.append(int(re.search(r" steps=(\d+) ", record.read_text())[1]))
                    self.assertRegex(record.read_text(), r"\nend \d+ moments [01] of 1\n\Z")
            k = sum(steps) / len(steps)
            hits = outcomes("in_between", f"strategy=pct:2,procs={procs}", range(1, SEEDS + 1))["between"]
            expected = SEEDS / (4 * k)
            self.assertGreaterEqual(hits, expected - 2 * math.sqrt(expected), f"procs={procs} k={k}")

    def test_a_busy_pair_ends(self):
        """A goroutine that is passed over again and again is picked in the end, whatever the priorities are."""
        specs = ["seed=319,procs=3,strategy=pct:3,steps=100"]
        specs += [f"seed={seed},procs={procs},strategy={s}" for seed in range(8) for procs in (1, 2, 3)
                  for s in ("pct:1", "pct:3", "pos")]
        for spec in specs:
            with self.subTest(spec=spec):
                self.assert_status(hunt("busy_pair", spec), 0)

    def test_stall(self):
        """Without the fault no timer fires before a goroutine that could run; with it some do."""
        def late(seeds, more):
            return [s for s in seeds if hunt("slower_than_a_timer", f"seed={s},strategy=random{more}").status != 0]

        self.assertEqual(late(range(60), ""), [])
        self.assertGreater(len(late(range(200), ",faults=stall")), 0)

    def test_a_rehearsal_leaves_nothing_behind(self):
        """pct and delay run the program once beforehand, to count its steps. That run prints, traces and writes
        nothing."""
        for strategy in ("pct:3", "delay:2"):
            done, trace = rt0test.run_traced("hunt", "permutation", env={"RT0_SIM": f"strategy={strategy}"},
                                             how="native")
            self.assertRegex(rt0test.text(done.out + done.err), r"\A[a-d]{4}\n\Z")
            self.assertEqual(trace.count(" TraceOpen "), 1)
            self.assert_status(self.run_program("sim_files", env={"RT0_SIM": f"strategy={strategy}"}), 0)

    def test_faults_that_always_happen_end(self):
        for faults in ("eintr:1000", "wake:1000", "eintr+wake:1000"):
            with self.subTest(faults=faults):
                self.assert_status(hunt("permutation", f"faults={faults}"), 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--table"]:
        hunting.print_table(kernels(), sys.argv[2:] or hunting.STRATEGIES)
    else:
        rt0test.main()
