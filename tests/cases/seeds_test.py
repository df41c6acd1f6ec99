#!/usr/bin/python3
"""tools/seeds.py: the outcomes of a program under many seeds, and the arguments that it refuses."""

import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SEEDS = rt0test.TOP / "tools" / "seeds.py"


class Seeds(unittest.TestCase):
    def seeds(self, *args):
        line = [sys.executable, str(SEEDS), "--isa", rt0test.ISA, "--build", str(rt0test.BUILD), *map(str, args)]
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=100)

    def test_a_race(self):
        """Both outcomes occur, and the seed that is printed for an outcome gives that outcome again."""
        done = self.seeds("--runs", 60, "--sim", "procs=1,strategy=random", "sim_race")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        heads = re.findall(r"(?m)^ +(\d+) runs  status (\d+)  output [0-9a-f]{12}  \d+ traces  seed=(\d+)$",
                           done.stdout)
        self.assertEqual(sum(int(n) for n, _, _ in heads), 60)
        self.assertEqual({status for _, status, _ in heads}, {"0", "2"})
        self.assertIn("panic: an addition is lost", done.stdout)
        for _, status, seed in heads:
            again = rt0test.run("sim_race", env={"RT0_SIM": f"seed={seed},procs=1,strategy=random"})
            self.assertEqual(again.status, int(status))

    def test_one_outcome(self):
        done = self.seeds("--runs", 5, "--sim", "procs=1", "order_panic_order")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(re.findall(r"(?m)^ +\d+ runs  status 0 ", done.stdout)), 1)

    def test_all(self):
        few, every = (self.seeds("--runs", 30, *more, "goroutines").stdout for more in ((), ("--all",)))
        self.assertIn("more traces", few)
        self.assertNotIn("more traces", every)
        self.assertEqual(sum(int(n) for n in re.findall(r"trace [0-9a-f]+ +(\d+) runs", every)), 30)

    def test_refused(self):
        for args, word in ((("--runs", "0", "hello"), "--runs"), (("--runs", "x", "hello"), "--runs"),
                           (("no_such_program",), "no such program"), (("--sim", "strategy=x", "hello"), "strategy=x")):
            done = self.seeds(*args)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(word, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    rt0test.main()
