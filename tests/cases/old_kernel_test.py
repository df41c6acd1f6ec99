#!/usr/bin/python3
"""On a kernel that lacks a system call which rt0 cannot do without, the program ends and its last line names the call.

Only 32-bit ISAs need such calls: those with 64-bit times. A seccomp filter imitates the old kernel, so the ISA must run
natively.
"""

import ctypes
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

ENOSYS, NO_NEW_PRIVS, SET_SECCOMP, MODE_FILTER = 38, 38, 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
AUDIT_ARCH_I386 = 0x40000003
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NAMES = {403: "clock_gettime64", 407: "clock_nanosleep_time64", 414: "ppoll_time64", 422: "futex_time64"}


def without(numbers):
    """A function for the child to call before exec: from then on these calls of 32-bit programs fail with ENOSYS."""
    program = [(LOAD, 0, 0, 4), (EQUAL, 0, len(numbers) + 1, AUDIT_ARCH_I386), (LOAD, 0, 0, 0)]
    for k, number in enumerate(numbers):
        program.append((EQUAL, len(numbers) - k, 0, number))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO | ENOSYS)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *row) for row in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)

    def install():
        if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(SET_SECCOMP, MODE_FILTER, header, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")
    return install, code


@unittest.skipUnless(rt0test.NATIVE and rt0test.ROW["bits"] == "32", "only for 32-bit ISAs that run natively")
class OldKernel(unittest.TestCase):
    def run_without(self, numbers, program, *args):
        install, kept = without(numbers)
        done = rt0test.run(program, *args, how="native", preexec_fn=install)
        del kept
        return done

    def assert_named(self, done, name):
        self.assertEqual(rt0test.text(done.err),
                         f"fatal error: the kernel has no {name}: on 32-bit ISAs rt0 needs Linux 5.1 or "
                         "later, and nothing that forbids this call\n")
        self.assertEqual(done.status, 2)

    def test_filter_itself_does_no_harm(self):
        done = self.run_without([], "hello")
        self.assertEqual((done.status, done.out), (0, b"Hello World\n"))

    def test_none_of_them(self):
        self.assert_named(self.run_without(sorted(NAMES), "hello"), NAMES[414])

    def test_poll(self):
        self.assert_named(self.run_without([414], "hello"), NAMES[414])

    def test_futex(self):
        self.assert_named(self.run_without([422], "timers", "sleepers", 100), NAMES[422])

    def test_sleep(self):
        self.assert_named(self.run_without([407], "timers", "sleepers", 100), NAMES[407])

    def test_clock(self):
        """Where the kernel's vDSO has a clock function, the program makes no such call and runs."""
        done = self.run_without([403], "hello")
        if done.status != 0:
            self.assert_named(done, NAMES[403])


if __name__ == "__main__":
    rt0test.main()
