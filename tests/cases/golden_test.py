#!/usr/bin/python3
"""The trace of hello's boot equals the golden one: release and dev builds, natively and under QEMU."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden
from harness import rt0test


@rt0test.each_how
class Golden(rt0test.Case):
    def test_release(self):
        for _ in range(3):
            self.assertEqual(golden.check(self.how), "")

    def test_dev(self):
        self.assertEqual(golden.check(self.how, rt0test.DEV_BUILD), "")

    def test_golden_is_whole(self):
        """The boot's golden trace begins at the entry point and ends with the exit; sysmon's thread has its own, which reaches sysmon."""
        boot = golden.BOOT.read_text("ascii").splitlines()
        self.assertEqual(boot[0], "T m0 p- g0 _rt0_<isa>_linux")
        self.assertEqual(boot[-1], "T m0 p0 g1 Exit status=0")
        self.assertTrue(golden.SYSMON.read_text("ascii").startswith("T m1 p- g0 mstart\n"))
        self.assertIn("T m1 p- g0 sysmon\n", golden.SYSMON.read_text("ascii"))


if __name__ == "__main__":
    rt0test.main()
