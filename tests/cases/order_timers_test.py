"""Programs about timers do what the same programs do in Go: tests/oracle/order/<name>.out and .exit are what Go 1.24 printed
and returned, 20 times out of 20. Goroutine ids, addresses and file positions differ."""

import re
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/harness")
from rt0test import BUILD, DEV_BUILD, ORACLE, Case, each_how, main, mask_addresses, text

FIXED = {"GOMAXPROCS": 1, "GODEBUG": "asyncpreemptoff=1", "GOGC": "off"}
PLAIN = {"GOMAXPROCS": 1}


def mask(s):
    s = re.sub(r"goroutine \d+", "goroutine N", text(s))
    s = re.sub(r"^\t.*$", "\tfile:line", s, flags=re.M)
    s = re.sub(r"^([\w./*()]+)\(.*\)$", r"\1(args)", s, flags=re.M)
    return mask_addresses(s)


class OrderTest(Case):
    def same(self, name, env=FIXED):
        expected = (ORACLE / "order" / f"{name}.out").read_bytes()
        status = int((ORACLE / "order" / f"{name}.exit").read_text())
        for build in (BUILD, DEV_BUILD):
            with self.subTest(build=build.name):
                done = self.run_program(f"order_{name}", env=env, build=build)
                self.assert_same_text(mask(done.out + done.err).encode(), mask(expected).encode(), name)
                self.assert_status(done, status)

    def test_sleep_order(self):
        self.same("sleep_order")

    def test_sleep_same(self):
        self.same("sleep_same")

    def test_sig_usr1_ignored(self):
        self.same("sig_usr1_ignored", PLAIN)

    def test_tight_loop_preempt(self):
        self.same("tight_loop_preempt", PLAIN)

    def test_timer_afterfunc_faketime(self):
        self.same("timer_afterfunc_faketime")

    def test_timer_equal_many(self):
        self.same("timer_equal_many")

    def test_timer_stop_reset(self):
        self.same("timer_stop_reset")

    def test_ticker_drops(self):
        self.same("ticker_drops")

    def test_ticker_panic(self):
        self.same("ticker_panic", PLAIN)

    def test_ticker_reset_panic(self):
        self.same("ticker_reset_panic", PLAIN)

    def test_timer_zero_panic(self):
        self.same("timer_zero_panic", PLAIN)

    def test_afterfunc_panic(self):
        self.same("afterfunc_panic", PLAIN)

    def test_after_select(self):
        self.same("after_select")

    def test_timer_reset_order(self):
        self.same("timer_reset_order")

    def test_timer_deadlock(self):
        self.same("timer_deadlock")

    def test_timer_no_deadlock(self):
        self.same("timer_no_deadlock")

    def test_sleep_not(self):
        self.same("sleep_not")

    def test_timer_poll(self):
        self.same("timer_poll")

    def test_afterfunc_goroutine(self):
        self.same("afterfunc_goroutine")

    def test_durations(self):
        self.same("durations", PLAIN)


each_how(OrderTest)
del OrderTest

if __name__ == "__main__":
    main()
