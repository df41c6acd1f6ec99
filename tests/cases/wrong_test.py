#!/usr/bin/python3
"""A runtime that is built wrong stops before it does harm: hello with one part replaced by a broken one."""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Wrong(rt0test.Case):
    def test_thread_pointer(self):
        """rt0_go stores 0x123 through the thread pointer, does not find it in m0, and stops at a trap, because it
        cannot print an error yet."""
        done = self.run_program("wrong_tls")
        self.assertIn(done.status, (-signal.SIGTRAP, -signal.SIGILL), done)  # not every QEMU has each ISA's breakpoint
        self.assertEqual(done.out, b"")
        self.assertNotIn(b"fatal error", done.err)

    def test_struct_offsets(self):
        """Both builds name checkASM: the dev build in its message, the release build in the traceback."""
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            with self.subTest(build=build.name):
                done = self.run_program("wrong_beliefs", build=build)
                self.assert_status(done, 2)
                self.assertEqual(done.out, b"")
                self.assertTrue(done.err.startswith(b"fatal error: "), done.err)
                self.assertIn(b"checkASM", done.err)

    def test_hello_is_not_to_blame(self):
        self.assert_status(self.run_program("hello"), 0)


if __name__ == "__main__":
    rt0test.main()
