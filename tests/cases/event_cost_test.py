#!/usr/bin/python3
"""What a trace event costs, and a frame of a traceback: instructions under QEMU, so the machine's load makes no
difference."""

import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import boot_cost
from harness import rt0test

ROUNDS = 500, 1500
OPERATIONS = 4  # a round's sends and receives, each of which begins with a point
SIM = {"RT0_SIM": "seed=1,procs=1"}
# A 32-bit machine needs more for 64-bit numbers, and one that may not load words from odd addresses copies texts byte
# by byte. Of an event that is not written 27 instructions are its own, of a point at which an operation begins 65; the
# rest of the difference are the calls in which trace points of boot functions find that nothing boots.
TRACED, UNTRACED = (290, 58) if rt0test.ISA == "amd64" else (900, 165)

# Go 1.26 needs 0.81 us of CPU time for a frame. rt0 needs 0.58 us, and 5,000 instructions by this test's count. The
# times were measured one after the other on an idle machine, for 20,000 goroutines of 17 frames each. Before texts were
# copied in pieces, rt0 needed 0.80 us and 8,000 instructions.
FRAME = 6000 if rt0test.ISA == "amd64" else 10000


@unittest.skipIf("qemu" not in rt0test.HOWS,
                 "the witness is a QEMU plugin, and QEMU lacks something that this ISA's programs need")
class EventCost(rt0test.Case):
    def until_exit(self, folder, program, env, args):
        """The finished run, and the instructions of its first thread."""
        done, log = boot_cost.witness(program, folder, env, until="runtime.exit", args=args)
        self.assert_status(done, 0)
        match = re.search(r"^# until runtime\.exit thread 0 instructions (\d+) ", log.read_text(), re.M)
        self.assertIsNotNone(match, "runtime.exit was not seen on the first thread")
        return done, int(match[1])

    def instructions(self, rounds, env):
        """Instructions of a run, and how many events it traced."""
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "trace"
            env = {k: trace if v == "trace" else v for k, v in env.items()}
            _, instructions = self.until_exit(folder, "rounds", env, (str(rounds),))
            lines = trace.read_text("ascii").splitlines() if trace.exists() else []
            return instructions, sum(" Choose " not in line for line in lines)

    def per_event(self, env, events=None):
        """The difference between a short run and a long one: instructions for each event, and the number of events."""
        (few, few_events), (many, many_events) = (self.instructions(rounds, env) for rounds in ROUNDS)
        events = events or many_events - few_events
        return (many - few) / events, events

    def test_events(self):
        traced, events = self.per_event({**SIM, "RT0_TRACE": "trace"})
        self.assertGreaterEqual(events, 6 * (ROUNDS[1] - ROUNDS[0]), "two hand-overs a round, of three events each")
        points = events + OPERATIONS * (ROUNDS[1] - ROUNDS[0])
        untraced, _ = self.per_event(SIM, points)
        live, _ = self.per_event({"GOMAXPROCS": "1"}, points)
        with self.subTest("writing one"):
            self.assertLess(traced - untraced * points / events, TRACED)
        with self.subTest("on the simulated kernel, not written: the difference from a live run, for each point"):
            self.assertLess(untraced - live, UNTRACED)

    def test_frames(self):
        """A traceback's frame must not cost more than Go's. The first round unpacks the table of lines."""
        with tempfile.TemporaryDirectory() as folder:
            (done, few), (_, many) = (self.until_exit(folder, "tracebacks", SIM, ("cost", str(n))) for n in (1, 6))
        frames = int(done.err)
        self.assertGreater(frames, 1000)
        self.assertLess((many - few) / (5 * frames), FRAME)


if __name__ == "__main__":
    rt0test.main()
