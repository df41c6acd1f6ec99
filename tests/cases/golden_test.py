#!/usr/bin/python3
"""The trace of hello's boot equals the golden one: release and dev builds, natively and under QEMU."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden
from harness import rt0test


@rt0test.each_how
class Golden(rt0test.Case):
    def check(self, build):
        try:
            self.assertEqual(golden.check(self.how, build), "")
        except golden.Interrupted as why:
            busy = rt0test.load()
            self.assertGreater(busy, rt0test.BUSY,
                               f"sysmon intervened in each of {golden.RUNS} runs on a machine that is not busy")
            self.skipTest(f"the machine is busy: sysmon had reason to intervene in each of {golden.RUNS} runs")

    def test_release(self):
        for _ in range(3):
            self.check(rt0test.BUILD)

    def test_dev(self):
        self.check(rt0test.DEV_BUILD)

    def test_interventions(self):
        """A run in which sysmon intervened is left out only if the trace shows the reason."""
        lines = "1000 m1 p- g0 sysmon\n2000 m0 p0 g1 GoStart id=1\n"
        late, early = "10002000 m1 p- g0 ProcPreempt p=0\n", "10001999 m1 p- g0 ProcPreempt p=0\n"
        golden.check_interventions(rt0test.parse_trace(lines))
        with self.assertRaises(golden.Interrupted):
            golden.check_interventions(rt0test.parse_trace(lines + late))
        with self.assertRaisesRegex(AssertionError, "no reason before 10000000 ns"):
            golden.check_interventions(rt0test.parse_trace(lines + early))

    def test_golden_is_whole(self):
        """The boot's golden trace begins at the entry point and ends with the exit; sysmon's thread has its own, which
        reaches sysmon."""
        boot = golden.BOOT.read_text("ascii").splitlines()
        self.assertEqual(boot[0], "T m0 p- g0 _rt0_<isa>_linux")
        self.assertEqual(boot[-1], "T m0 p0 g1 Exit status=0")
        self.assertTrue(golden.SYSMON.read_text("ascii").startswith("T m1 p- g0 mstart\n"))
        self.assertIn("T m1 p- g0 sysmon\n", golden.SYSMON.read_text("ascii"))


if __name__ == "__main__":
    rt0test.main()
