#!/usr/bin/python3
"""Package sync with many goroutines, on one P and on more Ps than CPUs: no update lost, no value torn, no goroutine
starved."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

PROCS = ("1", "2", "4", "16")
MOST_SECONDS = 60
ROUNDS = {
    "mutex": 3000, "starve": 5, "rwmutex": 1000, "waitgroup": 1000, "cond": 3000, "pool": 1000, "pool_shrink": 100,
          "map": 300, "semaphore": 500,
    "once": 1000, "errgroup": 500, "value": 500,
}


def expected(what, n):
    return {
        "mutex": f"mutex {64 * n} {64 * n} torn 0",
        "starve": f"starve {4 * n} hogged true",
        "rwmutex": f"rwmutex {8 * n} {8 * n} {56 * n} torn 0",
        "waitgroup": f"waitgroup {24 * n}",
        "cond": f"cond {8 * n} {8 * n} 0 bad 0",
        "pool": "pool bad 0 reused true",
        "pool_shrink": "pool_shrink bad 0 lost 0",
        "map": f"map {64 * n} left 1 bad 0",
        "semaphore": "semaphore true full true bad 0",
        "once": f"once {n} early 0",
        "errgroup": f"errgroup {n} bad 0",
        "value": "value true torn 0 left 0",
    }[what] + "\n"


@rt0test.each_how
class SyncStress(rt0test.Case):
    def test_all(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in PROCS:
                for what, rounds in ROUNDS.items():
                    if self.how == "qemu":
                        rounds = max(rounds // 10, 2)
                    with self.subTest(build=build.name, procs=procs, what=what):
                        done = self.run_program("sync_stress", what, rounds, env={"GOMAXPROCS": procs}, build=build,
                                                timeout=MOST_SECONDS)
                        self.assert_same_text(done.err, expected(what, rounds).encode(), what)
                        self.assert_status(done, 0)

    def test_starvation_mode_is_reached(self):
        """In starvation mode unlock hands the mutex to the goroutine that it wakes, and yields to it at once."""
        done, trace = rt0test.run_traced("sync_stress", "starve", "5", how=self.how,
                                         env={"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1"})
        self.assert_status(done, 0)
        events = [e for e in rt0test.parse_trace(trace) if e.name in ("GoUnblock", "GoStop", "GoStart")]
        handed = [1 for woken, stop, start in zip(events, events[1:], events[2:])
                  if (woken.name, stop.name, start.name) == ("GoUnblock", "GoStop", "GoStart")
                  and stop.args["reason"] == "preempted" and start.args["id"] == woken.args["id"]]
        self.assertGreater(len(handed), 0, "the mutex was never handed over")

    def test_contexts(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in PROCS:
                with self.subTest(build=build.name, procs=procs):
                    rounds = 300 if self.how == "native" else 60
                    done = self.run_program("context_stress", rounds, env={"GOMAXPROCS": procs}, build=build,
                                            timeout=MOST_SECONDS)
                    self.assert_status(done, 0)
                    first, second = rt0test.text(done.err).splitlines()
                    self.assertEqual(first, "bad 0 functions 0")
                    # Each round makes some hundred objects; a few that are left belong to timers and channels still in
                    # use.
                    self.assertLess(int(second.split()[1]), 50, second)


if __name__ == "__main__":
    rt0test.main()
