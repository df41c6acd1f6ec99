#!/usr/bin/python3
"""rt0::signal: notify, stop, ignore, reset, notify_context. Texts and rules are those of Go 1.26's os/signal."""

import contextlib
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

NAMES = """hangup|interrupt|quit|illegal instruction|trace/breakpoint trap|aborted|bus error|floating point exception|killed|
user defined signal 1|segmentation fault|user defined signal 2|broken pipe|alarm clock|terminated|stack fault|child exited|
continued|stopped (signal)|stopped|stopped (tty input)|stopped (tty output)|urgent I/O condition|CPU time limit exceeded|
file size limit exceeded|virtual timer expired|profiling timer expired|window changed|I/O possible|power failure|
bad system call""".replace("\n", "").split("|")


def default_signals():
    for sig in (signal.SIGPIPE, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(sig, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def nohup():
    default_signals()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


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
        """What ended it, and that the signal has its default effect once stop has been called."""
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

    def test_a_nil_channel(self):
        done = self.run_program("notify", "nil")
        self.assert_status(done, 2)
        self.assertTrue(done.err.startswith(b"panic: os/signal: Notify using nil channel\n"), done.err)

    def test_sigpipe(self):
        """Asked for, it is queued for any descriptor. Else it ends the program if standard output is the broken pipe."""
        for args, status, expected in ((["pipe"], -signal.SIGPIPE, "write |1: broken pipe\n"),
                                       (["pipe", "n"], 0, "write |1: broken pipe\nbroken pipe\nalive\nbroken pipe\nbroken pipe\n")):
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

    def test_from_outside(self):
        for before in (default_signals, all_blocked, nohup):
            for env in ({}, {"GOMAXPROCS": "1"}, {"RT0_TRACE": "/dev/null"}):
                with self.started(["report"], before=before, env=env, stdout=subprocess.PIPE) as p:
                    self.assertEqual(p.stdout.readline(), b"ready\n")
                    for sig in ("HUP", "INT", "USR1", "QUIT", "SEGV", "WINCH", "TERM"):
                        p.send_signal(getattr(signal, f"SIG{sig}"))
                        self.assertEqual(p.stdout.readline(), f"got {NAMES[getattr(signal, f'SIG{sig}') - 1]}\n".encode())
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
            done = self.run_program("notify", "context", env=env)  # SIGUSR1: none
            self.assert_fatal(done, "all goroutines are asleep - deadlock!")
            done = self.run_program("notify", "report", env=env)
            self.assert_fatal(done, "all goroutines are asleep - deadlock!")
            self.assertEqual(rt0test.text(done.out), "ready\n")

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
