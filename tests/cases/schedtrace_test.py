#!/usr/bin/python3
"""GODEBUG=schedtrace=N and scheddetail=1: the lines have the form of those that Go printed
(tests/oracle/debug_formats)."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SAMPLES = rt0test.ORACLE / "debug_formats"


def shape(line):
    """The line with its variable parts replaced: numbers, nil in place of a number, booleans, wait reasons, the number
    of Ps."""
    line = re.sub(r"\b(true|false)\b", "BOOL", line)
    line = re.sub(r"\([a-z A-Z.()]*\)", "(REASON)", line)
    line = re.sub(r"(?<=[=PMG \[])(\d+|nil)(?=ms|\b)", "N", line)
    return re.sub(r"\[N( N)*\]", "[N...]", line)


def shapes(name):
    return {shape(line) for line in (SAMPLES / name).read_text().splitlines() if line.startswith(("SCHED", "  "))}


@rt0test.each_how
class Schedtrace(rt0test.Case):
    def lines(self, godebug, procs, *program):
        done = self.run_program(*program, env={"GODEBUG": godebug, "GOMAXPROCS": procs})
        self.assert_status(done, 0)
        # A report is longer than one write, so what the program prints may stand in the middle of a line.
        err = re.sub(r"(?<!=)true\n|ok\n", "", rt0test.text(done.err))
        # The last line may be cut: the program has ended while it was written.
        return [line for line in err[: err.rfind("\n") + 1].splitlines() if line.startswith(("SCHED", "  "))]

    def test_short(self):
        known = shapes("schedtrace.txt")
        self.assertEqual(len(known), 1)
        for program in (("pingpong", "channel"), ("net_stress", "wait", 1)):
            for procs in ("1", "3"):
                lines = self.lines("schedtrace=20", procs, *program)
                self.assertGreater(len(lines), 5)
                for line in lines:
                    self.assertIn(shape(line), known, line)
                    self.assertEqual(len(re.search(r"\[(.*)\]", line)[1].split()), int(procs), line)
                times = [int(re.match(r"SCHED (\d+)ms", line)[1]) for line in lines]
                self.assertEqual((times[0], times), (0, sorted(times)))

    def test_detailed(self):
        known = shapes("scheddetail.txt")
        self.assertEqual(len(known), 4, "one shape each for SCHED, P, M and G")
        for program in (("pingpong", "cond"), ("net_stress", "wait", 1)):
            lines = self.lines("schedtrace=50,scheddetail=1", "2", *program)
            last = max(i for i, line in enumerate(lines) if line.startswith("SCHED"))
            lines = lines[:last]  # without the last report, in which lines may be missing, as above
            self.assertTrue(lines, "two reports")
            self.assertEqual({shape(line) for line in lines}, known, lines[:12])
            kinds = "".join(line.strip()[0] for line in lines)
            self.assertRegex(kinds, r"^(SPP(M+)(G+))+$", "Ps, then Ms, then Gs")
            # A report's thread count equals its number of M lines, or is one more if a thread was just being created.
            for report in re.split(r"\n(?=SCHED)", "\n".join(lines)):
                threads = int(re.search(r" threads=(\d+)", report)[1])
                self.assertIn(threads - len(re.findall(r"^  M\d", report, re.M)), (0, 1), report)


if __name__ == "__main__":
    rt0test.main()
