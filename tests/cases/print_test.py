#!/usr/bin/python3
"""print and println write what Go's do: tests/oracle/println.go's output as Go 1.26 gave it, byte for byte."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Print(rt0test.Case):
    def test_as_go_prints(self):
        done = self.run_program("println")
        golden = (rt0test.EXPECTED / "println.err").read_bytes()
        self.assertGreater(golden.count(b"\n"), 25)
        self.assertEqual(done.err.split(b"\n"), golden.split(b"\n"))
        self.assertEqual(done.out, b"")
        self.assert_status(done, 0)


if __name__ == "__main__":
    rt0test.main()
