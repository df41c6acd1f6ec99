#!/usr/bin/python3
"""Each run of the simulated kernel's goldens is right by rules that do not come from the simulated kernel: all
scenarios with procs 1, 2 and 4 and seeds 1, 2 and 3. The run must also be the golden one, by its digest. So a run
that breaks a rule fails here even if `make golden` has accepted it.

The rules for every run: `rt0-trace check` accepts the trace; it obeys the state machine of trace_test.py, and
check_world(). The rule for a scenario: sim_rules.py and sim_rules_time.py. RT0_TRACE_TOOL is rt0-trace,
RT0_TEST_BUILD has the programs.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS / "cases")]
import sim_golden
import sim_rules
import sim_rules_time
import trace_test
from harness import rt0test

TOOL = os.environ.get("RT0_TRACE_TOOL", str(rt0test.TOP / "build/host/bin/rt0-trace"))
HOW = rt0test.HOWS[-1]
MORE_SEEDS = range(1, 41)  # for the one scenario whose golden seeds do not show both outcomes


def parsed(procs, seed, done, trace):
    lines = rt0test.text(done.out + done.err).splitlines()
    return sim_rules.Run(procs, seed, done.status, lines, rt0test.parse_trace(trace))


def perform(scenario, procs, seed):
    env = {**scenario.env, "RT0_SIM": f"seed={seed},procs={procs},{scenario.sim}"}
    done, trace = rt0test.run_traced(scenario.program, env=env, how=HOW)
    return done, trace


def check_world(run, scenario):
    strategy = re.search(r"strategy=(\w+)", scenario.sim)[1]
    sim_rules_time.check_world(run, scenario.name, strategy)


OPTIONAL = ("nested_go",)  # scenarios whose first line does not come in every right run


class Runs(unittest.TestCase):
    def test_each_scenario_has_a_rule(self):
        self.assertEqual(sorted(sim_rules.RULES), sorted(s.name for s in sim_golden.scenarios()))

    def test_all_runs(self):
        golden = sim_golden.golden_digests()
        with tempfile.TemporaryDirectory() as folder:
            for scenario in sim_golden.scenarios():
                for procs in sim_golden.PROCS:
                    for seed in sim_golden.SEEDS:
                        with self.subTest(scenario=scenario.name, procs=procs, seed=seed):
                            done, trace = perform(scenario, procs, seed)
                            digest = sim_golden.digest(done, trace)
                            self.assertEqual(digest, golden[scenario.name, procs, seed], "this is not the golden run")
                            (pathlib.Path(folder) / f"{scenario.name}.{procs}.{seed}").write_text(trace, "ascii")
                            self.check_run(scenario, parsed(procs, seed, done, trace))
            self.rt0_trace_accepts(sorted(pathlib.Path(folder).iterdir()))

    def check_run(self, scenario, run):
        # A choice is the simulated kernel's. It may come between two steps of an M that are one event.
        trace_test.WorldWithPs(self).follow([e for e in run.events if e.name != "Choose"])
        check_world(run, scenario)
        sim_rules.RULES[scenario.name](run)

    def rt0_trace_accepts(self, traces):
        self.assertEqual(len(traces), len(sim_golden.golden_digests()))
        done = subprocess.run([TOOL, "check", *traces], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def test_both_outcomes_of_the_race(self):
        """The model says for each seed whether the addition is lost."""
        scenario, = sim_golden.scenarios(["lost_update"])
        statuses = set()
        for seed in MORE_SEEDS:
            with self.subTest(seed=seed):
                run = parsed(1, seed, *perform(scenario, 1, seed))
                sim_rules.RULES["lost_update"](run)
                statuses.add(run.status)
        self.assertEqual(statuses, {0, 2})


class Lies(unittest.TestCase):
    """The rules find what is wrong: each scenario's run with one change."""

    def broken(self, run, scenario, what):
        with self.subTest(scenario=scenario.name, what=what), self.assertRaises(AssertionError):
            check_world(run, scenario)
            sim_rules.RULES[scenario.name](run)

    def test_outputs(self):
        for scenario in sim_golden.scenarios():
            run = parsed(*sim_golden.SHOWN, *perform(scenario, *sim_golden.SHOWN))
            self.broken(run._replace(status=run.status ^ 1), scenario, "another status")
            self.broken(run._replace(lines=[]), scenario, "no output")
            if scenario.name not in OPTIONAL:
                self.broken(run._replace(lines=run.lines[1:]), scenario, "the first line is missing")
            self.broken(run._replace(lines=run.lines[:1] + run.lines), scenario, "the first line comes twice")
            self.broken(run._replace(procs=3), scenario, "another number of Ps")
            if len(set(run.lines)) > 1:
                self.broken(run._replace(lines=run.lines[::-1]), scenario, "the other way round")
            if any(e.name == "TimerFire" for e in run.events):
                early = [e._replace(time=e.time * 9 // 10) for e in run.events]
                self.broken(run._replace(events=early), scenario, "a clock that is slow")

    def test_schedules(self):
        scenario, = sim_golden.scenarios(["chan_unbuffered"])
        run = parsed(*sim_golden.SHOWN, *perform(scenario, *sim_golden.SHOWN))
        for first, second in (("send 3", "recv 3"), ("recv 2", "sent 3"), ("sent 4", "range done"), ("closed", "end")):
            i, j = run.lines.index(first), run.lines.index(second)
            lines = list(run.lines)
            lines[i], lines[j] = lines[j], lines[i]
            self.broken(run._replace(lines=lines), scenario, f"{second} before {first}")


if __name__ == "__main__":
    rt0test.main()
