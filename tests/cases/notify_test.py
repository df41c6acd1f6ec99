#!/usr/bin/python3
"""rt0::signal: notify, stop, ignore, reset, notify_context. Texts and rules are those of Go 1.26's os/signal."""

import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test
from harness.signals import default_signals, ignoring

NAMES = """hangup|interrupt|quit|illegal instruction|trace/breakpoint trap|aborted|bus error|floating point exception|
killed|user defined signal 1|segmentation fault|user defined signal 2|broken pipe|alarm clock|terminated|stack fault|
child exited|continued|stopped (signal)|stopped|stopped (tty input)|stopped (tty output)|urgent I/O condition|
CPU time limit exceeded|file size limit exceeded|virtual timer expired|profiling timer expired|window changed|
I/O possible|power failure|bad system call""".replace("\n", "").split("|")


def nohup():
    default_signals()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


class Injected:
    """Runs a program as its debugger. In place of the first fault, that of a diverted return, SIGINT comes as from a
    terminal."""

    TRACEME, CONT, SETOPTIONS, SETSIGINFO, TRACECLONE, EXITKILL = 0, 7, 0x4200, 0x4203, 8, 1 << 20  # sys/ptrace.h
    WALL, SI_KERNEL = 0x40000000, 0x80

    def __init__(self, line, env):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.injected = False
        program = subprocess.Popen(line, env=env, stdout=subprocess.PIPE,
                                   preexec_fn=lambda: self.libc.ptrace(self.TRACEME, 0, None, None))
        os.waitpid(program.pid, 0)  # execve stops it
        self.libc.ptrace(self.SETOPTIONS, program.pid, None, self.TRACECLONE | self.EXITKILL)
        self.libc.ptrace(self.CONT, program.pid, None, None)
        while True:
            thread, status = os.waitpid(-1, self.WALL)
            if os.WIFSTOPPED(status):
                self.go_on(thread, os.WSTOPSIG(status))
            elif thread == program.pid:
                break
        program.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.out = program.stdout.read()
        program.stdout.close()

    def go_on(self, thread, sig):
        if sig in (signal.SIGTRAP, signal.SIGSTOP):  # of execve, of clone
            sig = 0
        if sig == signal.SIGSEGV and not self.injected:
            self.injected, sig = True, signal.SIGINT
            info = (ctypes.c_int * 32)(sig, 0, self.SI_KERNEL)
            self.libc.ptrace(self.SETSIGINFO, thread, None, ctypes.addressof(info))
        self.libc.ptrace(self.CONT, thread, None, sig)


def all_blocked():
    default_signals()
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


@rt0test.each_how
class Notify(rt0test.Case):
    def notify(self, *args, status=0, before=default_signals, **options):
        done = self.run_program("notify", *args, preexec_fn=before, **options)
        self.assert_status(done, status)
        return rt0test.text(done.out)

    def test_names(self):
        self.assertEqual(self.notify("names").splitlines(), NAMES + [f"signal {n}" for n in range(32, 65)])

    @unittest.skipUnless(rt0test.NATIVE, "QEMU keeps some real-time signals to itself")
    def test_each_signal(self):
        if self.how == "native":
            for before in (default_signals, all_blocked):
                self.assertEqual(self.notify("each", before=before), "wrong 0\n")

    def test_context(self):
        """A context says what ended it, and once stop has been called, the signal has its default effect."""
        self.assertEqual(self.notify("context", status=-signal.SIGINT),
                         "context canceled because of user defined signal 1 signal received\n"
                         "context canceled because of context canceled\ncontext canceled\n")

    def test_many_ask_and_stop(self):
        for procs in ("1", "4"):
            self.assertEqual(self.notify("churn", env={"GOMAXPROCS": procs}), "kept some true\n")

    def test_default_effects_come_back(self):
        none = "ignored false false false\n"
        for how in ("stop", "reset"):
            self.assertEqual(self.notify("default", how, status=-signal.SIGTERM), none)
        self.assertEqual(self.notify("default", "again", status=-signal.SIGTERM), none + "ignored true\n")
        self.assertEqual(self.notify("default", "ignore"), none + "alive 0\n")
        self.assertEqual(self.notify("default", "none"), none + "alive 2\n")
        self.assertEqual(self.notify("default", "none", before=nohup), "ignored true false false\nalive 2\n")

    def test_a_fault_stays_a_panic(self):
        self.assertEqual(self.notify("fault"), "recovered true\nsegmentation fault\n")

    def test_the_end_of_a_process(self):
        """SIGCHLD comes at the end of a child, also if the program's parent ignores SIGCHLD: without a handler the
        kernel would then keep no status."""
        for before in (default_signals, ignoring(signal.SIGCHLD)):
            for args in ((), ("again",)):
                expected = "<nil>\n" * len(args) + "<nil>\nchild exited\n" * 3 + "<nil>\n"
                self.assertEqual(self.notify("chld", *args, before=before), expected)

    @unittest.skipUnless(rt0test.NATIVE, "the parent's dispositions are QEMU's own, too")
    def test_fates(self):
        """Each signal has the effect that it has in Go 1.26. Only SIGHUP and SIGINT stay ignored if the parent ignores
        them, and only until the program names them."""
        if self.how != "native":
            self.skipTest("the parent's dispositions are QEMU's own, too")
        dead = "ignored false\n", -signal.SIGTERM
        deaf, alive, got, ignored = (("ignored false\nalive 0\n", 0), ("ignored true\nalive 0\n", 0),
                                     ("ignored false\nalive 1\n", 0), ("ignored true\nalive 0\n", 0))
        rows = (("TERM", dead, dead, dead), ("HUP", alive, deaf, deaf), ("INT", alive, deaf, deaf),
                ("USR1", deaf, deaf, deaf),
                ("CHLD", deaf, deaf, deaf), ("CONT", deaf, deaf, deaf), ("WINCH", deaf, deaf, deaf))
        for name, untold, reset, stop in rows:
            sig = signal.Signals[f"SIG{name}"]
            for how, expected in (("none", untold), ("reset", reset), ("stop", stop), ("ignore", ignored),
                                  ("notify", got), ("ignore_notify", got)):
                with self.subTest(sig=name, how=how):
                    out = self.notify("fate", how, str(int(sig)), status=expected[1], before=ignoring(sig))
                    self.assertEqual(out, expected[0])
        for name in ("ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "STKFLT", "URG", "PROF", "SYS", "QUIT", "TERM", "HUP",
                     "USR2"):
            with self.subTest(sig=name):
                sig = {"STKFLT": 16}.get(name) or signal.Signals[f"SIG{name}"]
                self.assertEqual(self.notify("fate", "ignore", str(int(sig))),
                                 ignored[0] + "recovered true\n" * (name == "SEGV"))

    @unittest.skipUnless(rt0test.NATIVE, "the parent's dispositions are QEMU's own, too")
    @rt0test.needs("/proc/self/status")
    def test_what_a_child_ignores(self):
        """A child ignores the signal that the program has chosen to ignore. Of the signals that the program's parent
        ignores, the child ignores only those that Go passes on."""
        if self.how != "native":
            self.skipTest("the parent's dispositions are QEMU's own, too")
        passed = signal.SIGHUP, signal.SIGINT, signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU
        others = (signal.SIGUSR1, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD, signal.SIGURG, signal.SIGPROF,
                  signal.SIGALRM)
        for own in (signal.SIGUSR2, signal.SIGURG, signal.SIGCHLD):
            out = self.notify("child", str(int(own)), before=ignoring(*passed, *others))
            # 32 to 34 are passed on, too, and Python cannot change them here: the test may have been started so.
            self.assertEqual(int(out.split()[1], 16) & ~(7 << 31), sum(1 << sig - 1 for sig in (*passed, own)), out)

    @unittest.skipUnless(rt0test.NATIVE, "QEMU's own faults would be seen")
    def test_a_signal_at_a_diverted_return(self):
        if self.how == "native":
            run = Injected(rt0test.command("notify", ["busy"], how=self.how), {"GOMAXPROCS": "1"})
            self.assertEqual((run.injected, run.status, run.out), (True, 0, b"interrupt\n"))

    def test_a_trap_is_no_signal(self):
        for args in ((), ("ignored",)):
            done = self.run_program("notify", "trap", *args, preexec_fn=default_signals)
            self.assert_status(done, 2)
            self.assertRegex(rt0test.text(done.err), r"\ASIG(ILL|TRAP): ")

    def test_a_nil_channel(self):
        done = self.run_program("notify", "nil")
        self.assert_status(done, 2)
        self.assertTrue(done.err.startswith(b"panic: os/signal: Notify using nil channel\n"), done.err)

    def test_sigpipe(self):
        """A program that has asked for SIGPIPE gets it for any descriptor. In other programs a broken pipe at standard
        output ends the program."""
        for args, status, expected in ((["pipe"], -signal.SIGPIPE, "write |1: broken pipe\n"),
                                       (["pipe", "n"], 0,
                                        "write |1: broken pipe\nbroken pipe\nalive\nbroken pipe\nbroken pipe\n")):
            with self.started(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                p.stdout.close()
                err = p.stderr.read()
                self.assertEqual((p.wait(30), rt0test.text(err)), (status, expected))

    @contextlib.contextmanager
    def started(self, args, before=default_signals, env=None, **popen):
        command = rt0test.command("notify", args, how=self.how)
        p = subprocess.Popen(command, preexec_fn=before, env=env or {}, **popen)
        try:
            yield p
        finally:
            p.kill()
            p.wait()
            for stream in (p.stdout, p.stderr):
                if stream is not None and not stream.closed:
                    stream.close()

    @rt0test.needs("/dev/null")
    def test_from_outside(self):
        for before in (default_signals, all_blocked, nohup):
            for env in ({}, {"GOMAXPROCS": "1"}, {"RT0_TRACE": "/dev/null"}):
                with self.started(["report"], before=before, env=env, stdout=subprocess.PIPE) as p:
                    self.assertEqual(p.stdout.readline(), b"ready\n")
                    for sig in ("HUP", "INT", "USR1", "QUIT", "SEGV", "WINCH", "TERM"):
                        p.send_signal(getattr(signal, f"SIG{sig}"))
                        self.assertEqual(p.stdout.readline(),
                                         f"got {NAMES[getattr(signal, f'SIG{sig}') - 1]}\n".encode())
                    self.assertEqual(p.wait(10), 0)

    def test_all_signals_from_outside(self):
        with self.started(["report", "all"], stdout=subprocess.PIPE) as p:
            self.assertEqual(p.stdout.readline(), b"ready\n")
            for sig in (signal.SIGTSTP, signal.SIGCONT, signal.SIGCHLD, signal.SIGALRM, signal.SIGABRT, signal.SIGTERM):
                p.send_signal(sig)
                self.assertEqual(p.stdout.readline(), f"got {NAMES[sig - 1]}\n".encode())
            self.assertEqual(p.wait(10), 0)

    def test_simulated(self):
        """No signal comes, and one that the program sends itself has the effect that it has without notify."""
        for procs in ("1", "2"):
            env = {"RT0_SIM": f"seed=1,procs={procs}"}
            done = self.run_program("notify", "context", env=env)  # SIGUSR1 has no effect
            self.assert_fatal(done, "all goroutines are asleep - deadlock!")
            done = self.run_program("notify", "report", env=env)
            self.assert_fatal(done, "all goroutines are asleep - deadlock!")
            self.assertEqual(rt0test.text(done.out), "ready\n")

    @rt0test.needs("/proc/self/stat")
    def test_waiting_costs_nothing(self):
        """A goroutine that waits for a signal is no deadlock, and the program sleeps."""
        with self.started(["report"], stdout=subprocess.PIPE) as p:
            self.assertEqual(p.stdout.readline(), b"ready\n")
            time.sleep(0.5)
            self.assertIsNone(p.poll())
            stat = pathlib.Path(f"/proc/{p.pid}/stat").read_text().rsplit(")", 1)[1].split()
            self.assertLess(int(stat[11]) + int(stat[12]), 100)  # hundredths of a second


if __name__ == "__main__":
    rt0test.main()
