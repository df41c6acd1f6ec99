#!/usr/bin/python3
"""Programs around channels, select and the order in which goroutines run, compared with what Go 1.24 printed for the same:
tests/oracle/order/. What is masked in both: goroutine ids, addresses, argument lists of frames, and where a frame stands."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

ORDER = rt0test.ORACLE / "order"
PROGRAMS = rt0test.TESTS / "programs" / "order"
NAMES = """
chan_ping chan_buf chan_close_wake chan_send_fifo nested_go select_single select_random fatal_close_closed fatal_close_nil
fatal_send_closed fatal_deadlock_recv fatal_deadlock_select fatal_deadlock_init fatal_traceback_all fatal_traceback_single
gosched3 tick61 init_order
sel_wake_order sel_send_wake sel_same_chan sel_nil_closed pipeline_sieve workers_order close_senders sel_send_closed
makechan_size makechan_huge deadlock_all nb_ops token_ring close_range_many
""".split()


def mask(s):
    s = re.sub(r"(?m)^\t\S+:\d+( \+0x[0-9a-f]+)?$", "\t<where>", s)
    s = re.sub(r"(?m)^(\S+)\((?:\{?0x.*|\.\.\.)?\)$", r"\1(<args>)", s)
    s = re.sub(r"\bgoroutine \d+", "goroutine N", s)
    return re.sub(r"\b0x[0-9a-fN]+", "0xN", s)


def env_of(program):
    first = (PROGRAMS / f"{program}.cc").read_text().splitlines()[0]
    return dict(word.split("=", 1) for word in first.removeprefix("// env: ").split())


@rt0test.each_how
class OrderChan(rt0test.Case):
    def test_like_go(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for name in NAMES:
                with self.subTest(build=build.name, program=name):
                    done = self.run_program(f"order_{name}", env=env_of(name), build=build)
                    expected = (ORDER / f"{name}.out").read_text()
                    self.assert_same_text(mask(rt0test.text(done.out + done.err)).encode(), mask(expected).encode(), name)
                    self.assert_status(done, int((ORDER / f"{name}.exit").read_text()))


if __name__ == "__main__":
    rt0test.main()
