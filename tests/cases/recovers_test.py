#!/usr/bin/env python3
"""Deferred calls, panics and recoveries, in Go's order."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

WANT = b"recovered 42\nlast\n7\ninner nil true\nouter true\nnil true\nok\n"


MANY = b"all\npanic: one\n\tpanic: two\n\tpanic: three\n\ngoroutine 1 [running]:\n"


class Recovers(unittest.TestCase):
    def test_recovers(self):
        for how in rt0test.HOWS:
            with self.subTest(how=how):
                done = rt0test.run("recovers", how=how)
                self.assertEqual((done.status, done.err), (0, WANT))

    def test_many(self):
        for how in rt0test.HOWS:
            for procs in ("1", "4"):
                with self.subTest(how=how, procs=procs):
                    done = rt0test.run("recover_many", how=how, env={"GOMAXPROCS": procs})
                    self.assertEqual(done.status, 2)
                    self.assertTrue(done.err.startswith(MANY), done.err)


if __name__ == "__main__":
    unittest.main()
