#!/usr/bin/python3
"""Programs around channels, select and the order in which goroutines run, compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = """
chan_ping chan_buf chan_close_wake chan_send_fifo nested_go select_single select_random fatal_close_closed
fatal_close_nil fatal_send_closed fatal_deadlock_recv fatal_deadlock_select fatal_deadlock_init fatal_traceback_all
fatal_traceback_single fatal_not_yet_run
gosched3 tick61 init_order
sel_wake_order sel_send_wake sel_same_chan sel_nil_closed pipeline_sieve workers_order close_senders sel_send_closed
makechan_size deadlock_all nb_ops token_ring close_range_many reflect_select
""".split()
# On 32-bit machines the size is within makechan's range, but so much memory is not available. Go printed the range
# error.
NAMES += ["makechan_huge"] if rt0test.ROW["bits"] == "64" else []


@rt0test.each_how
class OrderChan(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
