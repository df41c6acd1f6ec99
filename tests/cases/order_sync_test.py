#!/usr/bin/python3
"""Programs around package sync, compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = """
atomic_value context_after context_cancel context_deadline context_ends cond_broadcast cond_rlocker cond_signal
errgroup_limit_active fatal_deadlock_cond fatal_deadlock_mutex fatal_deadlock_rwmutex fatal_deadlock_semaphore
fatal_deadlock_wg fatal_once_nested fatal_runlock fatal_rw_unlock fatal_unlock fatal_unlock_recover fatal_wg_go
fatal_wg_negative fatal_wg_reuse lockosthread map_basic mutex_barge mutex_handoff mutex_starve once_goexit once_value
pool_order rlocker rw_prefer semaphore_ctx semaphore_give_up spawn1 spawn10 spawn257 spawn300 wg_phases wg_wake
""".split()


@rt0test.each_how
class OrderSync(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
