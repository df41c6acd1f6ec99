#!/usr/bin/python3
"""The cost of a panic and the memory it leaves behind, signals from outside, and stacks as text."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Panic(rt0test.Case):
    def test_many_recoveries(self):
        """A million panics in eight goroutines: every value comes back, and memory stays as it was."""
        for build, n in ((rt0test.BUILD, 1000000), (rt0test.DEV_BUILD, 100000)):
            n = n if self.how == "native" else n // 10
            for procs in (1, 4):
                with self.subTest(build=build.name, procs=procs):
                    done = self.run_program("recover_stress", n, env={"GOMAXPROCS": procs}, build=build, timeout=120)
                    self.assert_status(done, 0)
                    # Under QEMU the memory that is measured is the emulator's too.
                    self.assertRegex(done.err, rb"^ok steady" if self.how == "native" else rb"^ok ")

    def test_signals(self):
        """Signals that the program sends to itself: some print all stacks and exit, some kill, some do nothing."""
        names = {3: "SIGQUIT: quit", 6: "SIGABRT: abort", 11: "SIGSEGV: segmentation violation",
                 31: "SIGSYS: bad system call"}
        for sig, name in names.items():
            with self.subTest(signal=sig):
                done = self.run_program("signals", "raise", sig)
                self.assert_status(done, 2)
                self.assertRegex(rt0test.text(done.err),
                                 rf"^{name}\nPC=0x[0-9a-f]+ m=\d+ sigcode=-?\d+( addr=0x[0-9a-f]+)?\n\ngoroutine ")
        for sig in (1, 2, 15):
            with self.subTest(signal=sig):
                self.assert_status(self.run_program("signals", "raise", sig), -sig)
        for sig in (10, 12, 13, 14, 24, 25, 26, 27, 29, 30, 35, 64):
            with self.subTest(signal=sig):
                done = self.run_program("signals", "raise", sig)
                self.assertEqual((done.status, done.err), (0, b"still here\n"))

    def test_threads_are_made_with_signals_blocked(self):
        """All threads but sysmon's are made so, as by Go's newosproc. Afterwards the new threads, and those that made
        them, have the usual mask."""
        done = self.run_program("signals", "births", "5", env={"GOMAXPROCS": 2})
        self.assert_status(done, 0)
        self.assertEqual(done.err, b"births true true 5 true\n")

    def test_stack(self):
        done = self.run_program("signals", "stack")
        self.assert_status(done, 0)
        got = re.sub(r":\d+( \+0x[0-9a-f]+)?\n", ":N\n", rt0test.text(done.err))
        self.assertRegex(got,
                         r"^goroutine 1 \[running\]:\nmain\.inner\(\)\n\t\S+signals.cc:N\nmain\.main\(\)\n"
                         r"\t\S+signals.cc:N\n\ngoroutine \d+ \[chan receive\]:\nmain\.main\.func1\((?:\.\.\.)?\)\n"
                         r"\t\S+signals.cc:N\n"
                         r"created by main\.main in goroutine 1\n\t\S+signals.cc:N\ncut 10 goroutine \n$")


if __name__ == "__main__":
    rt0test.main()
