#!/usr/bin/python3
"""Every fault that the simulated kernel can inject occurs, and rt0 survives it or ends with a clear fatal error: each row of the
table in docs/DETERMINISM.md."""

import collections
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SEEDS = range(1, 9) if rt0test.FIRST else range(1, 4)  # the runs are the same on all ISAs, so others try fewer seeds
# PLAIN: programs that end well in every order of events. FILES, NET: programs whose system calls the faults
# affect.
PLAIN = ("goroutines", "order_spawn300", "order_wg_phases", "order_context_deadline")
FILES = ("sim_files", "order_os_pipe")
NET = ("order_net_closewakes", "order_net_unix", "order_net_udp")

Row = collections.namedtuple("Row", "programs rates fatal procs", defaults=(None, 3))
TABLE = {
    "enomem": Row(PLAIN, (100, 700, 1000), r"runtime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\nfatal error: out of memory"),
    "eagain": Row(PLAIN + NET, (100, 1000), r"runtime: failed to create new OS thread \(have \d+ already; errno=11\)\n"
                                            r"(?s:.*)fatal error: newosproc"),
    "eintr": Row(PLAIN + FILES + NET, (50, 400), None),
    "wake": Row(PLAIN + NET, (50, 400), None),
    "order": Row(("order_spawn300", "order_wg_phases"), (500,), None, 8),
    "short": Row(FILES + NET, (50, 400), None),
    "late": Row(("order_sleep_not", "order_wg_phases", "order_timer_reset_order"), (100, 900), None),
    "enosys": Row(PLAIN + NET, (100, 1000), None),
    "reset": Row(("sim_reset",), (100, 500), None),
}


@rt0test.each_how
class Faults(rt0test.Case):
    def one(self, kind, program, rate, seed, procs):
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder) / "record"
            spec = f"seed={seed},procs={procs},strategy=random,faults={kind}:{rate},spin=5000,record={record}"
            env = {"GODEBUG": "asyncpreemptoff=1"}
            done = self.run_program(program, env={**env, "RT0_SIM": spec}, build=rt0test.DEV_BUILD)
            return done, len(re.findall(rf"(?m)^\d+ {kind} \d+ [1-9]", record.read_text()))

    def check_kind(self, kind):
        row, met, fatal = TABLE[kind], 0, 0
        for program in row.programs:
            for rate in row.rates:
                for seed in SEEDS:
                    with self.subTest(program=program, rate=rate, seed=seed):
                        done, n = self.one(kind, program, rate, seed, row.procs)
                        met += n
                        if row.fatal and done.status == 2:
                            fatal += 1
                            self.assertRegex(rt0test.text(done.err), row.fatal)
                        else:
                            self.assert_status(done, 0)
        self.assertGreater(met, 0, "the fault was never met")
        if row.fatal:
            self.assertGreater(fatal, 0, "no run ended with the fatal error")

    def test_off_by_default(self):
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder) / "record"
            self.assert_status(self.run_program("order_net_unix", env={"RT0_SIM": f"strategy=random,record={record}"}), 0)
            self.assertEqual({line.split()[1] for line in record.read_text().splitlines()[3:-1]} - {"run", "preempt", "random"}, set())


for fault in TABLE:
    for how in rt0test.HOWS:
        setattr(globals()[f"Faults_{how}"], f"test_{fault}", lambda self, kind=fault: self.check_kind(kind))


if __name__ == "__main__":
    rt0test.main()
