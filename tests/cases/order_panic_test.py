#!/usr/bin/python3
"""Panics, deferred calls, recoveries, Goexit and signals, compared with Go."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = """
defer_loop fatal_deep fatal_div fatal_goexit_panic fatal_nilderef fatal_nilfunc fatal_panic_deferred fatal_panic_error
fatal_panic_errptr fatal_panic_goexit fatal_panic_goroutine fatal_panic_int fatal_panic_named fatal_panic_newline
fatal_panic_nil fatal_panic_ptrs fatal_panic_recovered_other fatal_panic_repanic fatal_panic_string
fatal_panic_stringer fatal_repanic fatal_repanic_chain fatal_repanic_runtime fatal_sigterm fatal_type_assert
fatal_unhandled_after_recover goexit_defers goexit_main goexit_panics goid main_return_kills once once_func_panics
os_exit os_exit_deferred panic_goroutines panic_order print_stack recover_nested recover_then_panic runtime_errors
sig_usr1_ignored
""".split()


class GoidsDiffer(Exception):
    """On a busy machine main may be stopped between its go statements: then another goroutine takes the next id."""


@rt0test.each_how
class OrderPanic(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)

    def test_goids(self):
        """The same ids as Go's, except that Go's collector takes some ids before main."""
        for build in self.builds:
            with self.subTest(build=build.name):
                self.check_goids(self.run_order("goid", build, order.STRICT.format(1)))
                for _ in range(order.TRIES):
                    try:
                        self.check_goids(self.run_order("goid", build))
                        break
                    except GoidsDiffer as differ:
                        rt0test.retried("goid", differ)
                else:
                    self.fail(f"in none of {order.TRIES} runs were the ids like Go's")

    def check_goids(self, text):
        go, got = self.goids(order.go_said("goid")), self.goids(text)
        shift = min(go[1:]) - min(got[1:])
        if got != [1] + [i - shift for i in go[1:]] or shift not in (0, 3):
            raise GoidsDiffer(f"{got}, Go: {go}")

    @staticmethod
    def goids(text):
        return [int(i) for i in re.findall(r"goroutine (\d+)", text)]

    def test_error_that_panics(self):
        for build in self.builds:
            with self.subTest(build=build.name):
                got = self.run_order("fatal_error_panics", build)
                self.assertEqual(got.splitlines()[0], order.go_said("fatal_error_panics").splitlines()[0])
                self.assertIn("\nmain.E.Error(", got)

    def test_stack_overflow(self):
        """The same text as Go's from the goroutine's header on: 50 frames, "elided", 50 frames. Only the number elided
        may differ."""
        for build in self.builds:
            with self.subTest(build=build.name):
                got = order.mask(self.run_order("fatal_stack_overflow", build))
                first = [re.sub(r"\d+-byte", "N-byte", s.splitlines()[0])
                         for s in (got, order.go_said("fatal_stack_overflow"))]
                self.assertEqual(first[0], first[1])
                self.assertIn("\nfatal error: stack overflow\n", got)
                lines = got[got.index("\ngoroutine N gp=0xN m=0 mp=0xN [running]:\n"):].splitlines()[2:]
                elided = [i for i, line in enumerate(lines) if re.fullmatch(r"\.\.\.\d+ frames elided\.\.\.", line)]
                self.assertEqual(elided, [100])
                self.assertEqual(set(lines[:100:2]), {"main.f(<args>)"})
                self.assertEqual(lines[101:199:2],
                                 ["main.f(<args>)"] * 47 + ["main.main(<args>)", "runtime.main(<args>)"])
                self.assertEqual(lines[199], "runtime.goexit(<args>)")

    def sigquit(self, build):
        """What fatal_sigquit prints. Linux may let any thread take a signal that is sent to the process. On a busy
        machine that is sometimes sysmon's thread (m=1), if its first instruction comes only now. The program is then
        run again."""
        for _ in range(5):
            got = self.run_order("fatal_sigquit", build)
            if not re.match(r"SIGQUIT: quit\nPC=0x[0-9a-f]+ m=1 .*\n\ngoroutine 0 .* m=1 .*\[idle\]:\n", got):
                break
            rt0test.retried("fatal_sigquit", "sysmon's thread has taken the signal")
        return order.mask(got)

    def test_sigquit(self):
        for build in self.builds:
            with self.subTest(build=build.name):
                got, go = self.sigquit(build), order.mask(order.go_said("fatal_sigquit"))
                head = go[:go.index("running]:\n")]
                self.assertEqual(got[:got.index("running]:\n")], head)
                self.assertIn("\nmain.main(<args>)\n", got)
                if rt0test.ISA == "amd64":
                    regs = [line.split()[0] for line in got.splitlines() if re.fullmatch(r"[a-z]\w+ +0x\w+", line)]
                    self.assertEqual(regs,
                                     "rax rbx rcx rdx rdi rsi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip rflags cs fs "
                                     "gs".split())


if __name__ == "__main__":
    rt0test.main()
