#!/usr/bin/python3
"""Package sync with many goroutines, on one P and on more Ps than CPUs: nothing lost, nothing torn, nobody starved."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

PROCS = ("1", "2", "4", "16")
MOST_SECONDS = 60
ROUNDS = {
    "mutex": 3000, "starve": 5, "rwmutex": 1000, "waitgroup": 1000, "cond": 3000, "pool": 1000, "map": 300, "semaphore": 500,
    "once": 1000, "errgroup": 500,
}


def expected(what, n):
    return {
        "mutex": f"mutex {64 * n} {64 * n} torn 0",
        "starve": f"starve {4 * n} hogged true",
        "rwmutex": f"rwmutex {8 * n} {8 * n} {56 * n} torn 0",
        "waitgroup": f"waitgroup {24 * n}",
        "cond": f"cond {8 * n} {8 * n} 0 bad 0",
        "pool": "pool bad 0 reused true",
        "map": f"map {64 * n} left 1 bad 0",
        "semaphore": "semaphore true bad 0",
        "once": f"once {n} early 0",
        "errgroup": f"errgroup {n} bad 0",
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
        """The mutex is handed over, and whoever hands it over yields: on one P nothing else in this program does that."""
        done, trace = rt0test.run_traced("sync_stress", "starve", "5", env={"GOMAXPROCS": "1"}, how=self.how)
        self.assert_status(done, 0)
        events = rt0test.parse_trace(trace)
        handed = [i for i, e in enumerate(events) if e.name == "GoStop" and e.args.get("reason") == "Goyield"]
        self.assertGreater(len(handed), 0, "nobody handed the mutex over")
        for i in handed:
            woken = next(e for e in reversed(events[:i]) if e.name == "GoUnblock")
            start = next(e for e in events[i:] if e.name == "GoStart")
            self.assertEqual(start.args["id"], woken.args["id"], "the waiter runs at once")


if __name__ == "__main__":
    rt0test.main()
