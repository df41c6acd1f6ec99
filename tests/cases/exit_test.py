#!/usr/bin/python3
"""Every way a program can end: main's return value, exit, Goexit, and the two deadlocks, with Go's messages and exit
status."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

NO_GOROUTINES = "no goroutines (main called runtime.Goexit) - deadlock!"
ALL_ASLEEP = "all goroutines are asleep - deadlock!"
PROCS = ("1", "2", "4")


@rt0test.each_how
class Exit(rt0test.Case):
    def exits(self, mode, number=0, procs="1", **options):
        return self.run_program("exits", mode, str(number), env={"GOMAXPROCS": procs}, **options)

    def silent(self, done, status):
        self.assert_status(done, status)
        self.assertEqual((done.out, done.err), (b"", b""))

    def test_main_s_value_is_the_status(self):
        for number in (0, 1, 7, 255):
            self.silent(self.exits("return", number), number)

    def test_a_status_has_eight_bits(self):
        """The kernel keeps eight bits of an exit status."""
        self.silent(self.exits("return", 256), 0)
        self.silent(self.exits("return", -1), 255)
        self.silent(self.exits("exit", 258), 2)

    def test_exit(self):
        for procs in PROCS:
            self.silent(self.exits("exit", 3, procs), 3)
            self.silent(self.exits("exit-in-goroutine", 4, procs), 4)
            self.silent(self.exits("exit-on-other-thread", 5, procs), 5)

    def test_main_does_not_wait(self):
        """The process ends when main returns, even while goroutines still run."""
        for procs in PROCS:
            self.silent(self.exits("return-while-others-run", 6, procs), 6)

    def test_goexit_in_main(self):
        """The other goroutines run to their ends; then none is left."""
        for procs in PROCS:
            for _ in range(3):
                done = self.exits("goexit", procs=procs)
                self.assert_fatal(done, NO_GOROUTINES)
                lines = rt0test.text(done.err).splitlines()
                self.assertEqual(sorted(lines[:2]), ["first done", "second done"], done.err)
                self.assertEqual(lines[2:], [f"fatal error: {NO_GOROUTINES}"])  # none is left, so no traceback

    def test_goexit_in_main_alone(self):
        for procs in PROCS:
            done = self.exits("goexit-alone", procs=procs)
            self.assert_fatal(done, NO_GOROUTINES)
            self.assertEqual(rt0test.text(done.err), f"fatal error: {NO_GOROUTINES}\n")

    def test_goexit_in_main_then_exit(self):
        for procs in PROCS:
            done = self.exits("goexit-then-exit", 9, procs)
            self.assert_status(done, 9)
            self.assertEqual(done.err, b"the other goes on\n")

    def test_goexit_in_locked_main(self):
        """main's goroutine ends while it is locked to m0, so m0 ends too. That must not end the process."""
        for procs in PROCS:
            done = self.exits("goexit-locked", procs=procs)
            self.assert_fatal(done, NO_GOROUTINES)
            self.assertTrue(done.err.startswith(b"the other is done\n"), done.err)

    def test_a_panic_with_a_lock(self):
        """The lock would stay locked, so neither a panic nor a fault can be recovered there."""
        done = self.exits("panic-locked")
        self.assert_fatal(done, "panic holding locks")
        self.assertTrue(done.err.startswith(b"panic: with a lock\nfatal error: "), done.err)
        done = self.exits("fault-locked")
        self.assert_status(done, 2)
        self.assertTrue(done.err.startswith(b"fatal error: unexpected signal during runtime execution\n"
                                            b"[signal SIGSEGV"), done.err)

    def test_all_asleep(self):
        """Go prints each goroutine that waits, and the reason."""
        waits = {"main-waits": ["goroutine 1 [select (no cases)]:"],
                 "locked-waits": ["goroutine 1 [select (no cases), locked to thread]:"],
                 "other-waits": ["goroutine 2 [select (no cases)]:"],
                 "both-wait": ["goroutine 1 [select (no cases)]:", "goroutine 2 [select (no cases)]:"]}
        for mode, headers in waits.items():
            for procs in PROCS:
                with self.subTest(mode=mode, procs=procs):
                    done = self.exits(mode, procs=procs)
                    self.assert_fatal(done, ALL_ASLEEP)
                    lines = rt0test.text(done.err).splitlines()
                    self.assertEqual(lines[:2], [f"fatal error: {ALL_ASLEEP}", ""])
                    self.assertEqual([line for line in lines if line.startswith("goroutine ")], headers)
                    self.assertEqual(lines.count("main.wait_forever()"), len(headers))

    def test_created_by_whom(self):
        done = self.exits("both-wait")
        self.assertIn("created by main.main in goroutine 1\n\ttests/programs/exits.cc:", rt0test.text(done.err))

    def test_signals_on_threads_made_by_one_that_ends(self):
        """A thread that is about to end blocks all signals. A thread that it starts must not inherit that mask: a fault
        there would kill the process."""
        for procs in PROCS:
            done = self.exits("masks", 200, procs)
            self.assert_status(done, 0)
            self.assertEqual(done.err, b"bad masks 0\n")

    def test_closed_descriptors(self):
        """A program that starts without stdin, stdout or stderr gets /dev/null in its place. Otherwise the next file
        that it opens would get that number and receive the output. Natively only: under QEMU the descriptor would be
        missing for QEMU itself."""
        if self.how != "native":
            self.skipTest("the descriptor would be missing for QEMU itself")
        for closed, redirect in ((0, "<&-"), (1, ">&-"), (2, "2>&-")):
            with self.subTest(closed=closed):
                shell = ("/bin/sh", "-c", f'exec "$@" {redirect}', "sh")
                done, trace = rt0test.run_traced("println", how=self.how, inner=shell)
                self.assert_status(done, 0)
                self.assertEqual(done.err == b"", closed == 2)
                self.assertEqual(rt0test.parse_trace(trace)[-1].name, "Exit")
                done, trace = rt0test.run_traced("hello", how=self.how, inner=shell)
                self.assert_status(done, 0)
                self.assertEqual(done.out, b"" if closed == 1 else b"Hello World\n")
                self.assertEqual(rt0test.parse_trace(trace)[-1].name, "Exit")


if __name__ == "__main__":
    rt0test.main()
