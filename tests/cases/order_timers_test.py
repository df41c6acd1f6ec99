#!/usr/bin/python3
"""Programs about timers, compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = """
sleep_order sleep_same tight_loop_preempt timer_afterfunc_faketime timer_equal_many timer_stop_reset ticker_drops
ticker_panic ticker_reset_panic timer_zero_panic afterfunc_panic after_select timer_reset_order timer_deadlock
timer_no_deadlock sleep_not timer_poll afterfunc_goroutine durations
""".split()


@rt0test.each_how
class OrderTimers(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
