#!/usr/bin/python3
"""The simulated kernel gives the golden traces, byte for byte, on this ISA too."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import sim_golden
from harness import rt0test


@rt0test.each_how
class SimGolden(rt0test.Case):
    def check_all(self, build, everything):
        for scenario in sim_golden.scenarios():
            with self.subTest(scenario=scenario.name, build=build.name):
                self.assertEqual(sim_golden.check(scenario, self.how, build, everything), "")

    def test_release(self):
        self.check_all(rt0test.BUILD, True)

    def test_dev(self):
        """Lock ranks and the dev build's checks must not add decisions of the simulated kernel."""
        self.check_all(rt0test.DEV_BUILD, False)

    def test_elsewhere(self):
        """Another working directory, a much larger environment and another user give the same bytes."""
        golden = sim_golden.golden_digests()
        for scenario in sim_golden.scenarios(["goroutines_random", "context", "tcp", "deadlock"]):
            env = dict(scenario.env, **{f"UNUSED_{i}": "x" * 900 for i in range(60)})
            with tempfile.TemporaryDirectory() as folder, self.subTest(scenario=scenario.name):
                os.chmod(folder, 0o777)
                who = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
                path = pathlib.Path(folder) / "trace"
                env["RT0_SIM"] = f"seed=1,procs=2,{scenario.sim}"
                env["RT0_TRACE"] = path
                done = self.run_program(scenario.program, env=env, cwd=folder, **who)
                self.assertEqual(path.read_text("ascii"),
                                 (sim_golden.FOLDER / f"{scenario.name}.trace").read_text("ascii"))
                self.assertIn((scenario.name, 2, 1), golden, done)

    def test_enough(self):
        self.assertGreaterEqual(len(sim_golden.scenarios()), 30)


if __name__ == "__main__":
    rt0test.main()
