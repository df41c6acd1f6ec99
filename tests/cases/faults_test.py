#!/usr/bin/python3
"""Every fault that the simulated kernel can inject occurs, and rt0 survives it or ends with a clear fatal error: each
row of the table in docs/DETERMINISM.md. A program that survives prints what it prints without faults, but for the words
that a row names."""

import collections
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SEEDS = range(1, 9) if rt0test.FIRST else range(1, 4)  # the runs are the same on all ISAs, so others try fewer seeds
# PLAIN: programs that end well in every order of events. FILES, NET: programs whose system calls the faults
# affect. sim_faults has programs that get along with errors.
PLAIN = ("goroutines", "order_spawn300", "order_wg_phases", "order_context_deadline")
FILES = ("sim_files", "order_os_pipe")
NET = ("order_net_closewakes", "order_net_unix", "order_net_udp")
UDP, TCP, DISK, CLOCK = "sim_faults udp", "sim_faults tcp", "sim_faults files", "sim_faults clock"

# may: what the fault may turn from true into false in the output, and in at least one run does.
Row = collections.namedtuple("Row", "programs rates fatal procs may", defaults=(None, 3, ()))
TABLE = {
    "enomem": Row(PLAIN, (100, 700, 1000),
                  r"runtime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\n(?:\d+ )*fatal error: out "
                  r"of memory"),
    "eagain": Row(PLAIN + NET, (100, 1000), r"runtime: failed to create new OS thread \(have \d+ already; errno=11\)\n"
    r"(?s:.*)fatal error: newosproc"),
    "eintr": Row(PLAIN + FILES + NET, (50, 400)),
    "wake": Row(PLAIN + NET, (50, 400)),
    "order": Row(("order_spawn300", "order_wg_phases"), (500,), None, 8),
    "short": Row(FILES + NET + (TCP, DISK), (50, 400)),
    "late": Row(("order_sleep_not", "order_wg_phases", "order_timer_reset_order", CLOCK), (100, 900)),
    "enosys": Row(PLAIN + NET, (100, 1000)),
    "reset": Row(("sim_reset", TCP), (20, 60), None, 3, ("client", "server", "nothing broke")),
    "loss": Row((UDP,), (50, 300), None, 3, ("all came",)),
    "dup": Row((UDP,), (50, 300), None, 3, ("once",)),
    "reorder": Row((UDP,), (50, 300), None, 3, ("ordered",)),
    "delay": Row((TCP, "order_net_eof"), (300, 1000)),
    "cut": Row((TCP,), (20, 200), None, 3, ("nothing broke",)),
    "abort": Row((TCP,), (100, 500), None, 3, ("nothing broke",)),
    "emfile": Row((TCP, UDP, DISK), (100, 500)),
    "enfile": Row((TCP, UDP, DISK), (100, 500)),
    "enobufs": Row((TCP, UDP), (100, 500)),
    "enospc": Row((DISK,), (100, 500), None, 3, ("no write failed",)),
    "eio": Row((DISK,), (100, 500), None, 3, ("no write failed",)),
    "fsync": Row((DISK,), (300, 900)),
    "ready": Row(FILES + NET + (TCP, UDP, CLOCK), (50, 400, 1000)),
    "jump": Row((CLOCK, "order_sleep_not", "order_timer_reset_order"), (100, 900), None, 3, ("wall clock goes on",)),
    "stall": Row(PLAIN[:3], (20, 200)),
}
# These programs take for granted that a read gets all that was written, so only their status is compared.
WHOLE_READS = {"short": ("order_os_pipe",) + NET}
# Faults that have few chances to occur: their rows are run with this many times as many seeds.
SEED_SETS = {"fsync": 8, "enospc": 4, "eio": 4}


def said(done):
    return rt0test.text(done.out) + rt0test.text(done.err)


def words(text):
    """Without their order, which may follow the order of goroutines."""
    return sorted(text.split())


@rt0test.each_how
class Faults(rt0test.Case):
    def one(self, kind, program, rate, seed, procs):
        name, *args = program.split()
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder) / "record"
            spec = f"seed={seed},procs={procs},strategy=random,faults={kind}:{rate},spin=5000,record={record}"
            env = {"GODEBUG": "asyncpreemptoff=1"}
            done = self.run_program(name, *args, env={**env, "RT0_SIM": spec}, build=rt0test.DEV_BUILD, cwd=folder)
            return done, len(re.findall(rf"(?m)^\d+ {kind} \d+ [1-9]", record.read_text()))

    def without(self, program):
        name, *args = program.split()
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_program(name, *args, env={"RT0_SIM": "seed=1,procs=3"}, build=rt0test.DEV_BUILD, cwd=folder)
        self.assert_status(done, 0)
        return said(done)

    def check_kind(self, kind):
        row, met, fatal, seen = TABLE[kind], 0, 0, set()
        seeds = range(1, 1 + SEED_SETS.get(kind, 1) * (len(SEEDS)))
        for program in row.programs:
            usual = self.without(program)
            for rate in row.rates:
                for seed in seeds:
                    with self.subTest(program=program, rate=rate, seed=seed):
                        done, n = self.one(kind, program, rate, seed, row.procs)
                        met += n
                        if row.fatal and done.status == 2:
                            fatal += 1
                            self.assertRegex(rt0test.text(done.err), row.fatal)
                            continue
                        self.assert_status(done, 0)
                        if program in WHOLE_READS.get(kind, ()):
                            continue
                        now = said(done)
                        for may in row.may:
                            seen |= {may} if f"{may} false" in now else set()
                            now = now.replace(f"{may} false", f"{may} true")
                        self.assertEqual(words(now), words(usual))
        self.assertGreater(met, 0, "the fault was never met")
        self.assertEqual(set(row.may) - seen, set(), "no run shows what the fault does")
        if row.fatal:
            self.assertGreater(fatal, 0, "no run ended with the fatal error")

    def test_off_by_default(self):
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder) / "record"
            self.assert_status(self.run_program("order_net_unix", env={"RT0_SIM": f"strategy=random,record={record}"}),
                               0)
            self.assertEqual({line.split()[1] for line in record.read_text().splitlines()[3:-1]} - {
                "run", "preempt", "random", "goroutine"}, set())


for fault in TABLE:
    for how in rt0test.HOWS:
        setattr(globals()[f"Faults_{how}"], f"test_{fault}", lambda self, kind=fault: self.check_kind(kind))


if __name__ == "__main__":
    rt0test.main()
