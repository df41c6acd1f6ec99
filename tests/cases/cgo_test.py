#!/usr/bin/python3
"""The hooks of a C toolchain: _cgo_init is called with g0 before a thread pointer is set; the error names a hook that
is missing."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Cgo(rt0test.Case):
    def test_hooks_are_called(self):
        for procs in ("1", "4"):
            done = self.run_program("cgo", env={"GOMAXPROCS": procs})
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err).splitlines(), [
                "called 1 with g0 true and tls true before the thread pointer true",
                "lo true guards true true",
                "notified 1 before init 1",
                "goroutines 10",
            ])

    def test_settls_is_left_out(self):
        """When _cgo_init has set the thread pointer, rt0 does not set it again."""
        done, trace = rt0test.run_traced("cgo", how=self.how)
        self.assert_status(done, 0)
        names = [e.name for e in rt0test.parse_trace(trace)]
        self.assertNotIn("settls", names)
        self.assertEqual(names[names.index("rt0_go") + 1], "check")
        _, trace = rt0test.run_traced("hello", how=self.how)
        self.assertIn("settls", [e.name for e in rt0test.parse_trace(trace)])

    def test_missing_hooks(self):
        """The messages are Go's."""
        for hook in ("_cgo_thread_start", "_cgo_setenv", "_cgo_unsetenv", "_cgo_notify_runtime_init_done"):
            with self.subTest(hook=hook):
                done = self.run_program("cgo", hook)
                self.assert_fatal(done, f"{hook} missing")
                self.assertNotIn(b"called", done.err)


if __name__ == "__main__":
    rt0test.main()
