#!/usr/bin/python3
"""Errors of the scheduler that ordinary programs once ran into, and which must not come back."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

DAYS_60 = 60 * 24 * 3600


@rt0test.each_how
class Sched(rt0test.Case):
    def assert_says(self, done, line):
        self.assert_status(done, 0)
        self.assertEqual(rt0test.text(done.err), line + "\n")

    def test_wired_goroutines_are_not_lost(self):
        """When a goroutine's wait is refused, it goes on at once. Neither it nor a goroutine that was next on its P,
        locked or not, must be lost."""
        for seed in range(1, 4 if self.how == "qemu" else 21):
            env = {"RT0_SIM": f"seed={seed},procs=2,strategy=random"}
            for mode in "wired", "refused":
                self.assert_says(self.run_program("sched", mode, env=env, timeout=100), "received 200 200")

    def test_the_network_does_not_starve(self):
        env = {"GOMAXPROCS": "1"}
        self.assert_says(self.run_program("sched", "busy_reader", env=env), "reader woken true")
        # The clock is above 2^52 ns here. That takes a time namespace, which not every machine permits.
        machine = ("unshare", "--time", "--monotonic", DAYS_60)
        if subprocess.run([*map(str, machine), "true"], check=False, capture_output=True).returncode != 0:
            self.skipTest("no time namespace here: the clock at 60 days was not tried")
        self.assert_says(self.run_program("sched", "busy_reader", env=env, before=machine), "reader woken true")

    def test_no_thread_inherits_from_a_wired_goroutine(self):
        done = self.run_program("sched", "inherited")
        self.assert_status(done, 0)
        self.assertEqual(rt0test.text(done.out), "1\n")

    def test_a_closure_that_yields_when_it_is_moved(self):
        for env in {}, {"GOMAXPROCS": "1"}, {"RT0_SIM": "seed=1,procs=2"}, {"GODEBUG": "tracebackancestors=3"}:
            self.assert_says(self.run_program("sched", "moved", env=env), "moved 2")

    def test_a_woken_goroutine_runs_beside_its_waker(self):
        """In most of 20 rounds the woken goroutine runs before its waker's time slice is over, also on a busy machine:
        10 rounds were the fewest with 26 processes on two CPUs. If no thread is woken to steal it, or thieves leave it,
        4 rounds were the most."""
        done = self.run_program("sched", "beside", env={"GOMAXPROCS": "2"})
        self.assert_status(done, 0)
        self.assertGreater(int(done.err.split()[-1]), 6, done.err)

    def test_ended_goroutines_are_used_again(self):
        for procs in "1", "4":
            self.assert_says(self.run_program("sched", "counted", env={"GOMAXPROCS": procs}), "left 1")

    def test_sysmon_rests(self):
        """About 150 times in a second. On a busy machine it is more: while a request to yield has no answer, sysmon
        looks every 320 us, which is 3,125 times. Without rest it is 14,000 times."""
        if self.how != "native":
            self.skipTest("QEMU has threads of its own")
        done = self.run_program("sched", "rests", env={"GOMAXPROCS": "1"})
        self.assert_status(done, 0)
        slept = int(done.err.split()[1])
        self.assertTrue(20 < slept < 4000, done.err)

    def test_no_goroutine_is_left_lying(self):
        done = self.run_program("sched", "steals", env={"GOMAXPROCS": "2", "GODEBUG": "asyncpreemptoff=1"})
        self.assert_says(done, "none left lying true")

    def test_slices(self):
        """A time slice has 10 ms: two goroutines take turns fifty times in a second. Simulated, so that the machine has
        no part in it."""
        done = self.run_program("sched", "slices", env={"RT0_SIM": "seed=1,procs=1,strategy=fifo", "GOMAXPROCS": "1"})
        self.assert_status(done, 0)
        self.assertTrue(30 < int(done.err.split()[1]) < 200, done.err)

    def test_how_long_one_waits(self):
        done = self.run_program("sched", "waits", env={"RT0_SIM": "seed=1"})
        self.assert_status(done, 0)
        self.assertRegex(rt0test.text(done.out), r"(?m)^goroutine \d+ \[chan receive, (8|9|10) minutes\]:$")

    def test_moments(self):
        """Moments that are rare in a program, made by hand; tests/programs/moments.cc says what each is."""
        for procs, mode, says in ((4, "removed", "ran 3 fired 1 dead true"), (4, "handoff", "stopped true woken true"),
                                  (4, "enter", "stopped true woken true"), (1, "block", "ran meanwhile 1"),
                                  (4, "timers", "woken true"),
                                  (2, "late", "woken 1"), (1, "polled", "read 4"),
                                  (1, "answered", "without a request 0 after one 1 left 0"),
                                  (1, "calls", "main has its turn true"), (1, "always", "ran meanwhile 1"),
                                  (2, "refused", "all ended true slept ms 6"), (1, "wired", "on another thread 0"),
                                  (3, "inject", "ran beside main 1 found an idle P true"),
                                  (2, "poller", "waited false woken by an earlier deadline true "
                                                "by a poller of the network true"),
                                  (8, "thief", "each is robbed true none most of the time true")):
            with self.subTest(mode=mode):
                env = {"GOMAXPROCS": procs, "GODEBUG": "asyncpreemptoff=1"}
                self.assert_says(self.run_program("moments", mode, env=env), says)

    def test_small_stacks_are_stopped(self):
        """Goroutines whose own stack has no room for all registers are preempted nevertheless."""
        for procs in "1", "4":
            self.assert_says(self.run_program("sched", "small_stack", env={"GOMAXPROCS": procs}), "ended 2 damaged 0")
        env = {"RT0_SIM": "seed=1,procs=2"}
        self.assert_says(self.run_program("sched", "small_spin", env=env), "seen 2")


if __name__ == "__main__":
    rt0test.main()
