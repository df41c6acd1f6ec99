#!/usr/bin/python3
"""When threads, processes or memory run out, the program ends with Go's message and status 2. A system call that blocks
one goroutine does not hold up the others, and after the world was stopped all goroutines go on."""

import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

BUILDS = (rt0test.BUILD, rt0test.DEV_BUILD)


@rt0test.each_how
class Limits(rt0test.Case):
    def each(self, *args, procs=("1", "4"), **options):
        return [self.run_program("limits", *args, env={"GOMAXPROCS": n}, build=build, **options) for build in BUILDS
                for n in procs]

    def test_set_max_threads(self):
        for done in self.each("threads", 20):
            self.assert_fatal(done, "thread exhaustion")
            self.assertEqual(rt0test.text(done.err).splitlines()[:3],
                             ["limit 10000", "runtime: program exceeds 20-thread limit",
                              "fatal error: thread exhaustion"])

    def test_no_more_threads_from_the_kernel(self):
        """clone returns EAGAIN, for the first thread or a later one. Root has no such limit, so another user runs the
        program."""
        if os.geteuid() != 0:
            self.skipTest("only root can run a program as another user")
        if not rt0test.have("setpriv"):
            self.skipTest("no setpriv")
        user = 54321 if self.how == "native" else 54322  # a user without other threads, so that their number is known
        for limit in (1, 6) if self.how == "native" else (8,):  # QEMU has threads of its own
            how = ("setpriv", f"--reuid={user}", "--clear-groups", "prlimit", f"--nproc={limit}:{limit}")
            where = {"inner": how} if self.how == "native" else {"before": how}
            for done in self.each("eagain", 20, procs=("1",), **where):
                self.assert_fatal(done, "newosproc")
                first, second = rt0test.text(done.err).splitlines()[:2]
                self.assertRegex(first, r"^runtime: failed to create new OS thread \(have \d+ already; errno=11\)$")
                self.assertEqual(second, "runtime: may need to increase max user processes (ulimit -u)")

    def test_out_of_memory(self):
        if self.how != "native":
            self.skipTest("QEMU itself needs the address space")
        for what in ("memory", "goroutines"):
            for done in self.each(what, before=("prlimit", "--as=300000000"), procs=("1", "2")):
                self.assert_fatal(done, "out of memory")
                self.assertRegex(rt0test.text(done.err),
                                 r"\Aruntime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\nfatal "
                                 r"error: out of memory\n")

    def test_little_address_space(self):
        """`ulimit -v 60000` leaves no room for a whole arena of the heap, whose size is 64 MB: the first one is smaller
        then."""
        if self.how != "native":
            self.skipTest("QEMU itself needs the address space")
        for build in BUILDS:
            for limit in (60000, 50000, 44000):
                for sim in ({}, {"RT0_SIM": "seed=1"}):
                    with self.subTest(build=build.name, limit=limit, sim=sim):
                        done = self.run_program("hello", env=sim, build=build,
                                                before=("prlimit", f"--as={limit * 1024}"))
                        self.assert_status(done, 0)
                        self.assertEqual(done.out, b"Hello World\n")
                        # More than one small arena is needed here, and the end is the usual one.
                        done = self.run_program("limits", "memory", env=sim, build=build,
                                                before=("prlimit", f"--as={limit * 1024}"))
                        self.assert_fatal(done, "out of memory")
                        in_use = int(re.search(r"block \((\d+) in use\)", rt0test.text(done.err))[1])
                        if rt0test.ROW["bits"] == "64":
                            self.assertGreater(in_use, 1 << 20, "small arenas are used")

    def test_blocking_system_calls_hold_up_nobody(self):
        """50 goroutines are in open(2) of a FIFO, with one P: other goroutines run meanwhile, and all 50 opens return
        in the end."""
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder) / "fifo"
            os.mkfifo(fifo)
            for done in self.each("blocked", fifo):
                self.assert_status(done, 0)
                self.assertEqual(done.err, b"opened 0 others went on true\nopened 50\n")

    def test_gomaxprocs_under_load(self):
        rounds = 300 if self.how == "native" else 30
        for done in self.each("procs", rounds, procs=("1", "2", "8"), timeout=60):
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), f"changes {4 * rounds} lost 0\n3 3\n")

    def test_a_thread_made_while_a_signal_comes(self):
        """Under QEMU 7.2 a thread begins with all signals blocked if its creator has a signal pending. Until the thread
        sets its mask itself, no goroutine on it can be preempted. If threads do not set it first of all, three of four
        of these runs do not end."""
        rounds = 600 if rt0test.FIRST and self.how == "qemu" else 200
        for done in self.each("births", rounds, procs=("1",), timeout=60):
            self.assertEqual(rt0test.text(done.err), "all have ended\n")


if __name__ == "__main__":
    rt0test.main()
