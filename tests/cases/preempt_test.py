#!/usr/bin/python3
"""Preemption: an interrupted goroutine keeps all its registers, and no goroutine starves."""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

# Each interruption needs two threads to run in turn, for which a busy machine may take milliseconds.
MOST_SECONDS = 300


class Stepped:
    """Runs `preempted step FN ROUNDS` as its debugger. In round n the function goes on n instructions after its marker,
    the SIGTRAP that the program sends itself; then it gets SIGURG. When it has been stepped through to its end, the
    remaining rounds go undisturbed."""

    TRACEME, CONT, SINGLESTEP, GETSIGINFO = 0, 7, 9, 0x4202  # sys/ptrace.h

    def __init__(self, line):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.rounds = self.left = self.faults = 0
        self.stepping = self.whole = False
        self.child = subprocess.Popen(line, env={"GOMAXPROCS": "2"}, stderr=subprocess.PIPE,
                                      preexec_fn=lambda: self.libc.ptrace(self.TRACEME, 0, None, None))
        self.pid = self.child.pid
        os.waitpid(self.pid, 0)  # execve stops it
        self.go_on(0)
        while True:
            _, status = os.waitpid(self.pid, 0)
            if not os.WIFSTOPPED(status):
                break
            self.stopped_by(os.WSTOPSIG(status))
        self.status = os.waitstatus_to_exitcode(status)
        self.child.returncode = self.status  # waited for above
        self.err = self.child.stderr.read()
        self.child.stderr.close()

    def ptrace(self, request, data):
        if self.libc.ptrace(request, self.pid, None, data) < 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    def go_on(self, sig):
        self.ptrace(self.SINGLESTEP if self.stepping else self.CONT, sig)

    def is_marker(self):
        info = (ctypes.c_int * 32)()
        self.ptrace(self.GETSIGINFO, ctypes.addressof(info))
        return info[2] <= 0  # si_code: sent by a process, not the end of a step

    def stopped_by(self, sig):
        if sig == signal.SIGTRAP and self.is_marker():
            self.whole = self.whole or self.stepping
            self.rounds += 1
            self.left = self.rounds
            self.stepping = not self.whole
            self.go_on(0)
        elif sig == signal.SIGTRAP:
            self.left -= 1
            self.stepping = self.left > 0
            self.go_on(0 if self.stepping else signal.SIGURG)
        else:
            self.faults += sig == signal.SIGSEGV
            self.go_on(0 if sig == signal.SIGURG else sig)  # sysmon's request is not the one meant


@rt0test.each_how
class Preempt(rt0test.Case):
    def each_build(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            with self.subTest(build=build.name):
                yield build

    def test_registers(self):
        """General and vector registers, flags and red zone survive a hundred or a thousand interruptions, at any
        instruction."""
        wanted = "100" if self.how == "qemu" else "1000"
        for build in self.each_build():
            done = self.run_program("preempted", "registers", wanted, env={"GOMAXPROCS": "2"}, build=build,
                                    timeout=MOST_SECONDS)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "damaged 0 rounds true\n")

    def test_little_room(self):
        """Goroutines whose stacks have 1,200 bytes left, too few for all registers, are preempted on another stack."""
        for build in self.each_build():
            done = self.run_program("preempted", "little_room", env={"GOMAXPROCS": "2"}, build=build,
                                    timeout=MOST_SECONDS)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "damaged 0 rounds true\n")

    def test_rounding_belongs_to_a_goroutine(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "4"):
                done = self.run_program("preempted", "switches", env={"GOMAXPROCS": procs}, build=build)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.err), "wrong 0 0\n")

    def test_diverted_returns(self):
        """The same for loops that are in rt0's functions nearly always: these functions' returns are diverted. All
        registers that a call must keep are kept, and results are right."""
        wanted = "100" if self.how == "qemu" else "1000"
        # Between any two instructions, not only blocks.
        options = [(), ("-singlestep",)] if self.how == "qemu" else [()]
        for build in self.each_build():
            for option in options:
                done = self.run_program("preempted", "diverted", wanted, env={"GOMAXPROCS": "2"}, build=build,
                                        qemu_options=option, timeout=MOST_SECONDS)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.err), "damaged 0 rounds true\n")

    def test_a_return_is_diverted_at_every_instruction(self):
        """Functions of all kinds, each stopped after its first instruction, then its second, and so on."""
        if self.how != "native":
            self.skipTest("a debugger steps through the program")
        functions, rounds = 9, 400
        whole = 0
        for build in self.each_build():
            for which in range(functions):
                try:
                    run = Stepped([str(rt0test.program_path("preempted", build)), "step", str(which), str(rounds)])
                except PermissionError:
                    self.skipTest("no process may be traced here")
                with self.subTest(function=which):
                    self.assertEqual((run.status, rt0test.text(run.err)), (0, "wrong 0\n"))
                    self.assertEqual(run.rounds, rounds)
                    self.assertGreater(run.faults, 20)
                    whole += run.whole
        self.assertGreater(whole, 0)

    def test_rounding_belongs_to_a_goroutine_that_is_preempted(self):
        for build in self.each_build():
            done = self.run_program("preempted", "rounding", env={"GOMAXPROCS": "1"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "wrong 0 0\n")

    def test_loops_share_one_p(self):
        for build in self.each_build():
            done = self.run_program("preempted", "loop", env={"GOMAXPROCS": "1"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "main runs again\n")
            self.assertGreater(done.seconds, 0.02)

    def test_pairs_that_wake_each_other_share_one_p(self):
        """The two goroutines share one inherited time slice, and each runs too briefly for a preemption request to
        reach it. The slice must end nevertheless, or other goroutines would starve. The test runs without preemption
        signals, too, because a signal may also end the slice, by chance."""
        for what in ("channel", "cond"):
            for off in "0", "1":
                for build in self.each_build():
                    done = self.run_program("pingpong", what,
                                            env={"GOMAXPROCS": "1", "GODEBUG": f"asyncpreemptoff={off}"}, build=build)
                    self.assert_status(done, 0)
                    self.assertTrue(done.err.startswith(b"true "), done.err)

    def test_request_that_has_been_answered(self):
        for build in self.each_build():
            done = self.run_program("preempted", "answered", build=build)
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "goes on\n"))

    def test_switched_off(self):
        """Without preemption signals a loop that calls nothing keeps its P, although sysmon asks for it; one that calls
        into rt0 yields there."""
        off = {"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1"}
        for build in self.each_build():
            done = self.run_program("preempted", "off", env=off, build=build, timeout=MOST_SECONDS)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "asked true main runs again after the loop true\n")
        for build in self.each_build():
            done = self.run_program("preempted", "yields", env=off, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "main runs again true\n")


if __name__ == "__main__":
    rt0test.main()
