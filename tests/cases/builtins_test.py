#!/usr/bin/env python3
"""Each arithmetic operation and conversion of C++, on each type that the compiler has, links and gives the compiler's
own result."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test


@rt0test.each_how
class Builtins(rt0test.Case):
    def test_all(self):
        for program in ("builtins_O0", "builtins_O2"):
            with self.subTest(program=program):
                done = self.run_program(program, timeout=120)
                self.assertEqual((done.status, done.err), (0, b"builtins ok\n"))


if __name__ == "__main__":
    rt0test.main()
