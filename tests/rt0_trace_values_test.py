#!/usr/bin/env python3
"""Every figure of rt0-trace's stats, show and exports, for a trace that is written and computed by hand.
RT0_TRACE_TOOL: the tool.

The trace has two Ps, three Ms and three goroutines, and everything that is counted, with another number for each where
that is possible. What the exports hold is read here from the formats' definitions, with no code of the tool.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import rt0test

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = os.environ.get("RT0_TRACE_TOOL", str(ROOT / "build/host/bin/rt0-trace"))
GO = shutil.which("go")


def lines(at, who, names):
    return [f"{at} {who} {name}" for name in names.split()]


BOOT = [
    *lines(0, "m0 p- g0", "_rt0_amd64_linux _rt0_amd64 rt0_go settls check checkASM args sysargs sysauxv"),
    "0 m0 p- g0 TraceOpen kernel=linux",
    *lines(50, "m0 p- g0",
           "osinit getproccount getHugePageSize osArchInit schedinit worldStopped moduledataverify moduledataverify1 "
           "stackinit mallocinit mheap.init cpuinit randinit alginit mcommoninit mrandinit mpreinit malg stackalloc "
           "itabsinit sigsave "
           "goargs goenvs goenvs_unix secure initSecureMode checkfds parsedebugvars parsegodebug gcinit readGOGC "
           "readGOMEMLIMIT gcControllerState.init procresize"),
    "50 m0 p- g0 ProcsChange n=2", *lines(60, "m0 p- g0", "p.init p.init acquirep wirep"), "100 m0 p0 g0 ProcStart p=0",
    *lines(110, "m0 p0 g0", "worldStarted newproc newproc1 gfget malg stackalloc allgadd gostartcallfn gostartcall"),
    "200 m0 p0 g0 GoCreate new=1 at=runtime",
    *lines(210, "m0 p0 g0",
           "runqput mstart gosave mstart0 mstart1 minit mstartm0 initsig schedule findrunnable runqget execute"),
    "300 m0 p0 g0 GoStart id=1", "300 m0 p0 g0 gogo", "310 m0 p0 g1 main",
    *lines(310, "m0 p0 g0", "newm allocm mcommoninit mrandinit mpreinit malg stackalloc malg stackalloc newm1"),
    "320 m0 p0 g0 MStart new=1", *lines(320, "m0 p0 g0", "newosproc clone"),
    *lines(330, "m1 p- g0", "mstart gosave mstart0 mstart1 minit sysmon"),
    *lines(340, "m0 p0 g1", "lockOSThread dolockOSThread"), "340 m0 p0 g1 MLock id=1",
        *lines(350, "m0 p0 g1", "doInit doInit1"),
    "360 m0 p0 g1 InitTask name=runtime", "370 m0 p0 g1 InitTaskDone name=runtime",
    *lines(380, "m0 p0 g1", "gcenable makechan doInit closechan unlockOSThread dounlockOSThread"),
    "390 m0 p0 g1 MUnlock id=1", "400 m0 p0 g1 main.main"]
BODY = [
    "1000 m0 p0 g1 GoCreate new=2 at=a.cc:5", "1000 m0 p0 g1 MStart new=2",
    *lines(2000, "m2 p- g0", "mstart gosave mstart0 mstart1 minit acquirep wirep"), "2000 m2 p1 g0 ProcStart p=1",
    *lines(2000, "m2 p1 g0", "schedule findrunnable runqget"), "2500 m2 p1 g0 ProcSteal from=0 n=1",
    *lines(2500, "m2 p1 g0", "wakep execute"), "3000 m2 p1 g0 GoStart id=2",
    "4000 m0 p0 g1 GoCreate new=3 at=b.cc:7", "4500 m1 p- g0 ProcPreempt p=0",
        "5000 m0 p0 g1 GoStop id=1 reason=preempted",
    "5500 m0 p0 g0 GoStart id=3", "6000 m0 p0 g3 GoStop id=3 reason=Gosched", "6200 m0 p0 g0 GoStart id=1",
    "7000 m0 p0 g1 GoSysCall id=1", "8000 m2 p1 g2 GoBlock id=2 reason=chan%20receive", "8100 m2 p1 g0 ProcStop p=1",
    "8200 m2 p- g0 MStop", "9000 m1 p- g0 ProcRetake p=0", "9100 m1 p- g0 ProcHandoff p=0", "9200 m1 p- g0 MWake id=2",
    "9500 m2 p0 g0 ProcStart p=0", "9600 m2 p0 g0 GoStart id=3", "10000 m2 p0 g3 GoUnblock id=2",
    "10500 m2 p0 g3 GoBlock id=3 reason=sleep", "10600 m2 p0 g0 GoStart id=2", "11000 m0 p- g1 GoSysBlock id=1",
        "11100 m0 p- g0 MStop",
    "12000 m2 p0 g2 GoUnblock id=3", "12500 m2 p0 g0 GoDestroy id=2", "12600 m2 p0 g0 GlobrunqGet n=1",
        "12700 m2 p0 g0 GoStart id=1",
    "12700 m2 p0 g1 GoSysExit id=1", "14000 m2 p0 g1 runExitHooks", "14000 m2 p0 g1 exit",
        "14000 m2 p0 g1 Exit status=0"]


def times(run, runnable, syscall, waiting, starts, preempted, yields, blocks, syscalls, by_reason):
    return {"run_ns": run, "runnable_ns": runnable, "syscall_ns": syscall, "waiting_ns": waiting, "starts": starts,
            "preempted": preempted,
            "yields": yields, "blocks": blocks, "syscalls": syscalls, "waiting_by_reason_ns": by_reason}


# Goroutine 1 runs from 300 to 5000, 6200 to 7000 and 12700 to 14000; it can run from 200 to 300, 5000 to 6200 and 11000
# to 12700.
G1 = times(4700 + 800 + 1300, 100 + 1200 + 1700, 4000, 0, 3, 1, 0, 0, 1, {})
# Goroutine 2 runs from 3000 to 8000 and 10600 to 12500; it can run from 1000 to 3000 and 10000 to 10600, and waits in
# between.
G2 = times(5000 + 1900, 2000 + 600, 0, 2000, 2, 0, 0, 1, 0, {"chan receive": 2000})
# Goroutine 3 runs from 5500 to 6000 and 9600 to 10500; it waits from there to 12000, and can run to the end.
G3 = times(500 + 900, 1500 + 3600 + 2000, 0, 1500, 2, 0, 1, 1, 0, {"sleep": 1500})


class Values(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.trace = pathlib.Path(cls.tmp.name) / "hand.trace"
        cls.trace.write_text("\n".join(BOOT + BODY) + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def tool(self, *args):
        done = subprocess.run([TOOL, *map(str, args)], capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout

    def test_it_can_be_true(self):
        self.tool("check", self.trace)

    def test_stats(self):
        got = json.loads(self.tool("stats", "--json", self.trace))
        head = ("kernel", "duration_ns", "procs", "goroutines_created", "goroutines_ended", "goroutines_at_once")
        self.assertEqual([got[key] for key in head], ["linux", 14000, 2, 3, 1, 3])
        self.assertEqual(got["goroutines"], [{"id": 1, "at": "runtime", "created_by": 0, "ended": False} | G1,
                                             {"id": 2, "at": "a.cc:5", "created_by": 1, "ended": True} | G2,
                                             {"id": 3, "at": "b.cc:7", "created_by": 1, "ended": False} | G3])
        self.assertEqual(got["go_statements"], [{"at": "a.cc:5", "goroutines": 1} | G2,
                                                {"at": "b.cc:7", "goroutines": 1} | G3,
                                                {"at": "runtime", "goroutines": 1} | G1])
        # P 0 is held from 100 to 7000 and from 9500 on, P 1 from 2000 to 8100.
        self.assertEqual(got["ps"], [
            {"id": 0, "run_ns": 4700 + 500 + 800 + 900 + 1900 + 1300, "held_ns": 6900 + 4500, "starts": 6, "steals": 0,
             "stolen": 0, "robbed": 1, "retaken": 1},
            {"id": 1, "run_ns": 5000, "held_ns": 6100, "starts": 1, "steals": 1, "stolen": 1, "robbed": 0,
             "retaken": 0}])
        self.assertEqual(got["ms"], [{"id": 0, "run_ns": 4700 + 500 + 800, "starts": 3, "stops": 1, "wakes": 0},
                                     {"id": 1, "run_ns": 0, "starts": 0, "stops": 0, "wakes": 1},
                                     {"id": 2, "run_ns": 5000 + 900 + 1900 + 1300, "starts": 4, "stops": 1,
                                      "wakes": 0}])
        self.assertEqual(got["events"], {
            "steals": 1, "retakes": 1, "preemptions": 1, "handoffs": 1, "TraceOpen": 1, "ProcsChange": 1,
                                         "ProcStart": 3, "ProcStop": 1,
            "ProcRetake": 1, "ProcHandoff": 1, "ProcPreempt": 1, "ProcSteal": 1, "GlobrunqGet": 1, "GoCreate": 3,
                                         "GoStart": 7, "GoStop": 2,
            "GoBlock": 2, "GoUnblock": 2, "GoSysCall": 1, "GoSysBlock": 1, "GoSysExit": 1, "GoDestroy": 1, "MStart": 2,
                                         "MStop": 2,
            "MWake": 1, "MLock": 1, "MUnlock": 1, "InitTask": 1, "InitTaskDone": 1, "Exit": 1})

    def test_stats_as_text(self):
        rows = [re.split(r"  +", line.strip()) for line in self.tool("stats", self.trace).decode().splitlines()]
        self.assertEqual(rows[0], ["14.00us, kernel linux, 2 Ps, 3 Ms; 3 goroutines, 1 ended, 3 at once"])
        for row in (["goroutine", "run", "runnable", "syscall", "waiting", "starts", "preempt", "yields",
                     "waiting for"],
                    ["1", "6.80us", "3.00us", "4.00us", "0ns", "3", "1", "0"],
                    ["2", "6.90us", "2.60us", "0ns", "2.00us", "2", "0", "0", "chan receive 2.00us"],
                    ["3", "1.40us", "7.10us", "0ns", "1.50us", "2", "0", "1", "sleep 1.50us"],
                    ["P", "used", "running", "held", "starts", "steals", "stolen", "robbed", "retaken"],
                    ["0", "72%", "10.10us", "11.40us", "6", "0", "0", "1", "1"],
                    ["1", "35%", "5.00us", "6.10us", "1", "1", "1", "0", "0"],
                    ["M", "running", "starts", "sleeps", "wakes"],
                    ["0", "6.00us", "3", "1", "0"], ["1", "0ns", "0", "0", "1"], ["2", "9.10us", "4", "1", "0"],
                    ["handoffs", "1"], ["preemptions", "1"], ["retakes", "1"], ["steals", "1"]):
            self.assertIn(row, rows)

    def test_show(self):
        """A column for each 1,000 ns."""
        got = self.tool("show", "--width", 14, self.trace).decode().splitlines()
        self.assertEqual(got[0], "0ns to 14.00us, a column is 1.00us")
        self.assertEqual(got[1:4], ["   P0 1111131~~33221 72%",
                                    "   P1 ..-22222-..... 35%",
                                    "queue 111 1221111121 runnable"])
        self.assertEqual(got[5:8], ["    1 goroutine 1  runtime", "    2 goroutine 2  a.cc:5",
                                    "    3 goroutine 3  b.cc:7"])
        part = self.tool("show", "--width", 2, "--from", "5us", "--to", "7us", self.trace).decode().splitlines()
        self.assertEqual(part[:4], ["5.00us to 7.00us, a column is 1.00us", "   P0 31 65%", "   P1 22 100%",
                                    "queue 22 runnable"])

    def test_export_chrome(self):
        events = json.loads(self.tool("export", "--chrome", self.trace, "-o", "-"))["traceEvents"]
        us = lambda ns: round(1000 * ns)
        slices = sorted((e["pid"], e["tid"], us(e["ts"]), us(e["dur"]), e["name"], e["args"]["g"], e["args"]["m"],
                         e["args"]["end"])
                        for e in events if e["ph"] == "X")
        g1, g2, g3 = ("G1 runtime", 1), ("G2 a.cc:5", 2), ("G3 b.cc:7", 3)
        self.assertEqual(slices, [
            (1, 0, 300, 4700, *g1, 0, "preempted"), (1, 0, 5500, 500, *g3, 0, "Gosched"),
                                  (1, 0, 6200, 800, *g1, 0, "system call"),
            (1, 0, 9600, 900, *g3, 2, "sleep"), (1, 0, 10600, 1900, *g2, 2, "ended"),
                                  (1, 0, 12700, 1300, *g1, 2, "the trace ends"),
            (1, 1, 3000, 5000, *g2, 2, "chan receive"), (2, 0, 7000, 4000, *g1, 0, "no P")])
        arrows = {}
        for e in events:
            if e["ph"] in "sf":
                arrows.setdefault(e["id"], []).append((e["ph"], e["pid"], e["tid"], us(e["ts"])))
        self.assertEqual(sorted(arrows.values(), key=lambda a: a[0][3]), [
            [("s", 1, 0, 200), ("f", 1, 0, 300)], [("s", 1, 0, 1000), ("f", 1, 1, 3000)],
                                                                          [("s", 1, 0, 4000), ("f", 1, 0, 5500)],
            [("s", 1, 0, 10000), ("f", 1, 0, 10600)], [("s", 1, 0, 12000)]])
        self.assertEqual([(e["name"], e["pid"], e["tid"], us(e["ts"]), e["args"]) for e in events if e["ph"] == "i"],
                         [("ProcSteal", 1, 1, 2500, {"from": 0, "n": 1}), ("ProcRetake", 1, 0, 9000, {})])
        names = {(e["pid"], e.get("tid")): e["args"]["name"] for e in events if e["ph"] == "M"
                 and e["name"].endswith("_name")}
        self.assertEqual(names, {(1, None): "Ps", (2, None): "Ms in system calls", (1, 0): "P 0", (1, 1): "P 1",
                                 (2, 0): "M 0"})

    # Go's execution trace v2, as src/internal/trace describes it: types of batches and events, and how many arguments
    # each event has.
    EVENTS = {10: ("ProcStart", 2), 11: ("ProcStop", 0), 12: ("ProcSteal", 3), 13: ("ProcStatus", 2),
              9: ("ProcsChange", 2),
              14: ("GoCreate", 3), 16: ("GoStart", 2), 17: ("GoDestroy", 0), 19: ("GoStop", 2), 20: ("GoBlock", 2),
              21: ("GoUnblock", 3),
              22: ("GoSyscallBegin", 2), 23: ("GoSyscallEnd", 0), 24: ("GoSyscallEndBlocked", 0), 44: ("UserLog", 4)}

    def read_go(self, data):
        """The events as (time, M, name, *arguments), and the tables of strings and of stacks."""
        self.assertEqual(data[:16], b"go 1.22 trace\0\0\0")
        at, events, strings, stacks, frequency = 16, [], {}, {}, None

        def number():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return value

        while at < len(data):
            self.assertEqual((number(), number()), (1, 1), "a batch of generation 1")
            m, time, size = number(), number(), number()
            end = at + size
            kind = data[at]
            if kind in (2, 4, 8):
                at += 1
            if kind == 8:
                frequency = number()
            while at < end:
                if kind == 2:  # stacks
                    self.assertEqual(number(), 3)
                    identity, depth = number(), number()
                    stacks[identity] = [tuple(number() for _ in range(4)) for _ in range(depth)]
                elif kind == 4:  # strings
                    self.assertEqual(number(), 5)
                    identity, length = number(), number()
                    strings[identity] = data[at:at + length].decode()
                    at += length
                else:
                    name, count = self.EVENTS[number()]
                    time += number()
                    events.append((time, m, name, *(number() for _ in range(count))))
            self.assertEqual(at, end)
        self.assertEqual(frequency, 10**9)
        return sorted(events), strings, stacks

    def test_export_go(self):
        events, strings, stacks = self.read_go(self.tool("export", "--go", self.trace, "-o", "-"))
        # Numbers of strings and stacks become what they stand for; those that are 0 are left out.
        readable = []
        for time, m, name, *args in events:
            if name in ("GoStop", "GoBlock"):
                args = [strings[args[0]]]
            elif name == "GoCreate":
                (_, function, _, line), = stacks[args[1]]
                args = [args[0], strings[function], line]
            elif name in ("GoUnblock", "GoSyscallBegin"):
                args = args[:-1]
            readable.append((time, m, name, *args))
        idle = 2
        wanted = [(100, 0, "ProcStatus", 0, idle), (100, 0, "ProcStart", 0, 1),
                  (200, 0, "GoCreate", 1, "runtime.main", 0),
                  (300, 0, "GoStart", 1, 1), (1000, 0, "GoCreate", 2, "a.cc:5", 5), (2000, 2, "ProcStatus", 1, idle),
                  (2000, 2, "ProcStart", 1, 1), (3000, 2, "GoStart", 2, 1), (4000, 0, "GoCreate", 3, "b.cc:7", 7),
                  (5000, 0, "GoStop", "preempted"), (5500, 0, "GoStart", 3, 1), (6000, 0, "GoStop", "runtime.Gosched"),
                  (6200, 0, "GoStart", 1, 2), (7000, 0, "GoSyscallBegin", 2), (8000, 2, "GoBlock", "chan receive"),
                  (8100, 2, "ProcStop"),
                  (9000, 1, "ProcSteal", 0, 3, 0), (9500, 2, "ProcStart", 0, 4), (9600, 2, "GoStart", 3, 2),
                  (10000, 2, "GoUnblock", 2, 2),
                  (10500, 2, "GoBlock", "sleep"), (10600, 2, "GoStart", 2, 3), (11000, 0, "GoSyscallEndBlocked"),
                  (12000, 2, "GoUnblock", 3, 3), (12500, 2, "GoDestroy"), (12700, 2, "GoStart", 1, 3)]
        self.assertEqual([e[1:] for e in readable], [e[1:] for e in wanted])
        # The export makes times unique: the second event of one time gets a time that is a nanosecond later.
        late = {"ProcStart": 1}
        self.assertEqual([e[0] for e in readable],
                         [e[0] + (late.get(e[2], 0) if e[0] in (100, 2000) else 0) for e in wanted])

    @unittest.skipUnless(GO, "no go on PATH: the export was not read with Go's trace reader")
    def test_export_go_is_read_by_go(self):
        out = pathlib.Path(self.tmp.name) / "hand.go"
        self.tool("export", "--go", self.trace, "-o", out)
        done = subprocess.run([GO, "tool", "trace", "-d=parsed", out], capture_output=True, text=True, timeout=100,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        moves = re.findall(r"GoID=(\d+) (\w+)->(\w+)(?: Reason=\"([^\"]*)\")?", done.stdout)
        runs = {g: sum(1 for goid, _, to, _ in moves if goid == g and to == "Running") for g in "123"}
        self.assertEqual(runs, {"1": 3, "2": 2, "3": 2})


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    rt0test.main()
