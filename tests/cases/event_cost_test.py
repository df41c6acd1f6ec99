#!/usr/bin/python3
"""The cost of a trace event in instructions under QEMU, which do not depend on the machine's load."""

import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import boot_cost
from harness import rt0test

ROUNDS = 500, 1500
SIM = {"RT0_SIM": "seed=1,procs=1"}
# A 32-bit machine needs more for 64-bit numbers, and one that may not load words from odd addresses copies texts byte by byte.
TRACED, UNTRACED = (305, 70) if rt0test.ISA == "amd64" else (900, 140)


@unittest.skipIf("qemu" not in rt0test.HOWS, "the witness is a QEMU plugin, and QEMU lacks something that this ISA's programs need")
class EventCost(rt0test.Case):
    def instructions(self, rounds, env):
        """Instructions of a run, and how many events it traced."""
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "trace"
            env = {k: trace if v == "trace" else v for k, v in env.items()}
            done, log = boot_cost.witness("rounds", folder, env, until="runtime.exit", args=(str(rounds),))
            self.assert_status(done, 0)
            match = re.search(r"^# until runtime\.exit thread 0 instructions (\d+) ", log.read_text(), re.M)
            self.assertIsNotNone(match, "runtime.exit was not seen on the first thread")
            lines = trace.read_text("ascii").splitlines() if trace.exists() else []
            return int(match[1]), sum(" Choose " not in line for line in lines)

    def per_event(self, env, events=None):
        """The difference between a short run and a long one: instructions for each event, and the number of events."""
        (few, few_events), (many, many_events) = (self.instructions(rounds, env) for rounds in ROUNDS)
        events = events or many_events - few_events
        return (many - few) / events, events

    def test_events(self):
        traced, events = self.per_event({**SIM, "RT0_TRACE": "trace"})
        self.assertGreaterEqual(events, 6 * (ROUNDS[1] - ROUNDS[0]), "two hand-overs a round, of three events each")
        untraced, _ = self.per_event(SIM, events)
        live, _ = self.per_event({"GOMAXPROCS": "1"}, events)
        with self.subTest("writing one"):
            self.assertLess(traced - untraced, TRACED)
        with self.subTest("on the simulated kernel, not written: all that differs from a live run, counted for each event"):
            self.assertLess(untraced - live, UNTRACED)


if __name__ == "__main__":
    rt0test.main()
