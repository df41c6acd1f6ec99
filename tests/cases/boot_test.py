#!/usr/bin/python3
"""The boot as the witness plugin sees it from outside: the trace agrees with it, the order is Go's, the cost is within
its budget."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import boot_cost
from harness import rt0test

BOOT_ORDER = rt0test.TOP / "qemu" / "boot_order.py"
GO_ORDER = rt0test.ORACLE / f"go-boot-order.{rt0test.ROW['go']}.txt"


def boot_functions():
    """The names in trace/events.def whose event means that a function was entered."""
    text = (rt0test.TOP / "trace" / "events.def").read_text()
    return [name.replace("<isa>", rt0test.ROW["go"]) for name in re.findall(r'^FN\(\w+, "([^"]+)"\)', text, re.M)]


class Boot(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def watch(self, program, env, build):
        trace = self.dir / "trace"
        done, log = boot_cost.witness(rt0test.program_path(program, build), self.dir, {**env, "RT0_TRACE": trace})
        self.assert_status(done, 0)
        return log, trace

    def boot_order(self, *args):
        done = subprocess.run([BOOT_ORDER, *map(str, args)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    @unittest.skipIf("qemu" not in rt0test.HOWS,
                     "the witness is a QEMU plugin, and QEMU lacks something that this ISA's programs need")
    def test_trace_witness_and_go_agree(self):
        functions = self.dir / "functions"
        functions.write_text("\n".join(boot_functions()) + "\n")
        self.assertGreater(len(boot_functions()), 60)
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for program in ("hello", "init_sorted"):
                for procs in ("1", "4"):
                    with self.subTest(build=build.name, program=program, procs=procs):
                        # Where the machine is busy, sysmon may preempt main during the boot: the scheduler's functions
                        # that the witness then sees are no part of it.
                        log, trace = self.watch(program, {"GOMAXPROCS": procs, "GODEBUG": "asyncpreemptoff=1"}, build)
                        out = self.boot_order("--witness", log, "--trace", trace, "--functions", functions)
                        self.assertRegex(out,
                                         r"(?m)^trace: \d\d+ boot events up to main\.main, all as the witness "
                                         r"saw them$")
                        if program == "hello" and GO_ORDER.exists():  # Go's order was recorded without init functions
                            out = self.boot_order("--witness", log, "--go", GO_ORDER)
                            self.assertRegex(out, r"(?m)^order: \d\d+ entries of \d\d+ shared names, in Go's order$")

    def test_budget(self):
        numbers = boot_cost.measure(rt0test.program_path("hello"))
        for what, most in boot_cost.BUDGET.items():
            with self.subTest(what=what):
                self.assertLessEqual(numbers[what], most)

    @unittest.skipUnless(rt0test.FIRST, "README has the first ISA's figures")
    def test_readme(self):
        """README's figures are those of today's hello. 2 % are allowed, because compilers differ."""
        page = (rt0test.TOP / "README.md").read_text()
        numbers = boot_cost.measure(rt0test.program_path("hello"))
        rows = {"instructions": "instructions", "system calls": "system calls",
                "bytes, stripped": "hello, stripped, bytes"}
        for what, row in rows.items():
            with self.subTest(what=what):
                said = int(re.search(rf"(?m)^\| {row}[^|]*\| ([0-9,]+) \|", page)[1].replace(",", ""))
                self.assertAlmostEqual(said, numbers[what], delta=numbers[what] / 50)
        self.assertIn(f"The binary has {round(numbers['bytes, stripped'] / 1024):d} KB.", " ".join(page.split()))

    def test_the_count_does_not_vary(self):
        self.assertEqual(*(boot_cost.to_main(rt0test.program_path("hello")) for _ in range(2)))


if __name__ == "__main__":
    rt0test.main()
