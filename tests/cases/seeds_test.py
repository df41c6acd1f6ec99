#!/usr/bin/python3
"""tools/seeds.py: the outcomes of a program under many seeds, and the arguments that it refuses."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SEEDS = rt0test.TOP / "tools" / "seeds.py"
TOOL = rt0test.TOP / "build" / "host" / "bin" / "rt0-trace"


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
        few, every = (self.seeds("--runs", 30, *more, "sim_race").stdout for more in ((), ("--all",)))
        self.assertIn("more traces", few)
        self.assertNotIn("more traces", every)
        self.assertEqual(sum(int(n) for n in re.findall(r"trace [0-9a-f]+ +(\d+) runs", every)), 30)

    def assert_shown(self, wanted, printed):
        """The lines that a page shows are printed, in this order; a line of dots stands for any lines."""
        rest = iter(line.strip() for line in printed.splitlines())
        for line in wanted.splitlines():
            if line.strip() not in ("...", "…"):
                self.assertIn(line.strip(), rest, f"the page has:\n{wanted}\nand printed is:\n{printed}")

    @unittest.skipUnless(rt0test.FIRST, "the pages show the first ISA's runs")
    def test_as_documented(self):
        for page in ("README.md", "docs/DETERMINISM.md"):
            text = (rt0test.TOP / page).read_text()
            block = re.search(r"(?ms)^\$ make seeds P=sim_race RUNS=100(?: SIM=(\S+))?\n(.*?)^```$", text)
            done = self.seeds("--runs", 100, *(["--sim", block[1]] if block[1] else []), "sim_race")
            self.assert_shown(block[2], done.stdout)

    @unittest.skipUnless(rt0test.FIRST and TOOL.exists(), "the page shows the first ISA's run, and rt0-trace")
    def test_worked_example(self):
        """DETERMINISM.md follows a seed that fails: the difference of two traces, and the record."""
        text = (rt0test.TOP / "docs" / "DETERMINISM.md").read_text()
        passes, fails = re.findall(r"(?m)^ +RT0_SIM=(\S+) RT0_TRACE=\w+\.trace build/amd64/bin/sim_race$", text)
        seed, _, sim = fails.partition(",")
        self.assertRegex(self.seeds("--runs", 100, "--sim", sim, "sim_race").stdout, f"status 2 .* {seed}\n")
        with tempfile.TemporaryDirectory() as folder:
            names = {name: pathlib.Path(folder) / name for name in ("pass.trace", "fail.trace", "record")}
            rt0test.run("sim_race", env={"RT0_SIM": passes, "RT0_TRACE": names["pass.trace"]})
            sim = f"{fails},record={names['record']}"
            rt0test.run("sim_race", env={"RT0_SIM": sim, "RT0_TRACE": names["fail.trace"]})
            line = [TOOL, "diff", "pass.trace", "fail.trace"]
            done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
            block = re.search(r"(?ms)^ *\$ build/host/bin/rt0-trace diff pass.trace fail.trace\n(.*?)^ *```$", text)
            self.assert_shown(block[1], done.stdout)
            block = re.search(r"(?ms)^```\n(rt0-record 1\n.*?)^```$", text)
            self.assert_shown(block[1], names["record"].read_text())

    def test_refused(self):
        for args, word in ((("--runs", "0", "hello"), "--runs"), (("--runs", "x", "hello"), "--runs"),
                           (("no_such_program",), "no such program"), (("--sim", "strategy=x", "hello"), "strategy=x")):
            done = self.seeds(*args)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(word, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    rt0test.main()
