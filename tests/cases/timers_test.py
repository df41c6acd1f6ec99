"""Many timers at once: nothing fires early, twice or never, on one P and on several. tests/programs/timers.cc."""

import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/harness")
from rt0test import BUILD, DEV_BUILD, Case, each_how, main, parse_trace, run_traced

PROCS = (1, 2, 4, 16)


class TimersTest(Case):
    def expect(self, expected, *args):
        for procs in PROCS:
            for build in (BUILD, DEV_BUILD):
                with self.subTest(procs=procs, build=build.name):
                    done = self.run_program("timers", *args, env={"GOMAXPROCS": procs}, build=build, timeout=100)
                    self.assertEqual((done.err.decode(), done.status), (expected, 0))

    def test_every_sleeper_wakes_and_not_before_its_time(self):
        n = "100000" if self.how == "native" else "10000"
        self.expect(f"woken {n} early 0\n", "sleepers", n)

    def test_every_start_of_a_timer_has_one_outcome(self):
        self.expect("lost 0 some ran true\n", "races", "5000" if self.how == "native" else "500")

    def test_functions_start_their_own_timers_again(self):
        n = 5000 if self.how == "native" else 500
        self.expect(f"runs {4 * n} wrong 0\n", "chains", str(n))

    def test_nothing_stale_is_received(self):
        self.expect("stale 0 lost 0 fired true\n", "channels", "2000" if self.how == "native" else "200")

    def test_a_value_is_the_time_of_the_deadline(self):
        for late, env in ("1000", {}), *(("100", {"RT0_SIM": f"seed={seed},procs=2"}) for seed in range(5)):
            done = self.run_program("timers", "value", late, env=env)
            self.assertEqual((done.err.decode(), done.status), ("not before true not as late as the look true\n", 0))

    def test_trace_shows_starts_and_fires(self):
        done, trace = run_traced("order_sleep_order", how=self.how, env={"GOMAXPROCS": 1})
        self.assert_status(done, 0)
        events = [e for e in parse_trace(trace) if e.name in ("TimerStart", "TimerStop", "TimerFire")]
        self.assertEqual([e.name for e in events], ["TimerStart"] * 5 + ["TimerFire"] * 5)
        # "in" is a little less than the duration that was asked for: some time has passed since then.
        self.assertEqual(sorted(int(e.args["in"]) // 10000000 for e in events[:5]), [0, 1, 2, 3, 4])
        self.assertTrue(all(int(e.args["late"]) >= 0 for e in events[5:]))


each_how(TimersTest)
del TimersTest

if __name__ == "__main__":
    main()
