#!/usr/bin/python3
"""Deadlines, wired goroutines, changes of GOMAXPROCS, timers, selects and system calls at once: no value is lost or
comes twice, and nothing waits for ever. tests/programs/mix.cc checks itself, and its output depends on the number of
rounds alone.

Live on 2 and 4 Ps, and on the simulated kernel under many seeds. A long run of one strategy, 10,000 seeds in some
minutes:
  make seeds P=mix ARGS=8 RUNS=10000 SIM=procs=4,strategy=random
It must print one line "10000 runs  status 0" and no other; so did random and pct:3, each with procs 2 and 4."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

PROCS = ("2", "4")
STRATEGIES = ("random", "pct:3", "pos")
SEEDS = 200 if rt0test.FIRST and rt0test.NATIVE else 10  # of all strategies together; the runs are the same on all ISAs
ROUNDS = 8
# The program gives up by itself, and says what is lost, when no value has arrived for PATIENCE seconds.
PATIENCE = 120
MOST_SECONDS = 5 * PATIENCE


def expected(rounds):
    return "".join(f"{kind} {rounds // 2 * 2 if kind == 'selects' else rounds}\n"
                   for kind in "deadlines wired timers selects calls contexts".split())


@rt0test.each_how
class Mix(rt0test.Case):
    def mix(self, rounds, env, build):
        done = self.run_program("mix", rounds, PATIENCE, env=env, build=build, timeout=MOST_SECONDS)
        self.assertEqual((done.status, rt0test.text(done.err)), (0, expected(rounds)))

    def test_live(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in PROCS:
                with self.subTest(build=build.name, procs=procs):
                    self.mix(1000 if self.how == "native" else 100, {"GOMAXPROCS": procs}, build)

    def test_seeds(self):
        seeds = SEEDS if self.how == "native" else min(SEEDS, 10)
        for i in range(seeds):
            build = rt0test.DEV_BUILD if i % 10 == 9 else rt0test.BUILD
            sim = f"seed={i + 1},procs={PROCS[i // 3 % 2]},strategy={STRATEGIES[i % 3]}"
            with self.subTest(build=build.name, sim=sim):
                self.mix(ROUNDS, {"RT0_SIM": sim}, build)

    def test_faults(self):
        """Sleeps that end late, waits that end for no reason, and system calls that are interrupted or move one
        byte."""
        for seed in range(1, 7 if self.how == "native" else 3):
            sim = f"seed={seed},procs=2,strategy=random,faults=eintr+wake+late+short:100"
            with self.subTest(sim=sim):
                self.mix(ROUNDS, {"RT0_SIM": sim}, rt0test.DEV_BUILD)


if __name__ == "__main__":
    rt0test.main()
