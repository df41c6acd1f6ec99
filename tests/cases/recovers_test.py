#!/usr/bin/env python3
"""Deferred calls, panics and recoveries, in Go's order."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

WANT = b"recovered 42\nlast\n7\ninner nil true\nouter true\nnil true\nlarge true true\nok\n"


MANY = b"all\npanic: one\n\tpanic: two\n\tpanic: three\n\ngoroutine 1 [running]:\n"

# The output of tests/programs/moves.cc.
MOVES = b"""\
go true 1 frees
go_with true 1 frees
WaitGroup::go true 1 frees
errgroup true 1 frees
group true true
after_func true 1 frees
context::after_func true 1 frees
context::with_value true 1 frees
send true 1 frees
send 0 true 3
recv true 1 frees
recv 0 true 3
select send true 1 frees
select_cases true 1 frees
select 0 true 3
Map::store true 1 frees
Map::store over true 1 frees
Map::load true 1 frees
Map 1 false 7
Once true 1 frees
Result true 1 frees
"""


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

    def test_constructors_that_panic(self):
        for how in rt0test.HOWS:
            for procs in ("1", "4"):
                with self.subTest(how=how, procs=procs):
                    done = rt0test.run("moves", how=how, env={"GOMAXPROCS": procs})
                    self.assertEqual((done.status, done.err), (0, MOVES))


if __name__ == "__main__":
    rt0test.main()
