#!/usr/bin/python3
"""RT0_TRACE: where the trace goes, what happens when it cannot be written, and whether its events fit together."""

import os
import pathlib
import re
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


ANY = object()


@rt0test.each_how
class Where(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def hello(self, trace, **options):
        return self.run_program("hello", env={"RT0_TRACE": trace}, **options)

    def test_off(self):
        for env in ({}, {"RT0_TRACE": ""}, {"RT0_TRACER": "-"}, {"XRT0_TRACE": "-"}):
            done = self.run_program("hello", env=env, cwd=self.dir)
            self.assertEqual((done.status, done.out, done.err), (0, b"Hello World\n", b""), env)
            self.assertEqual(list(self.dir.iterdir()), [])

    def test_stderr(self):
        """The trace is written line by line, so the program's own lines stand between the events before and after
        them."""
        done = self.run_program("turns", env={"RT0_TRACE": "-", "GOMAXPROCS": "1"})
        self.assert_status(done, 0)
        lines = rt0test.text(done.err).splitlines()
        own = [line for line in lines if re.match(r"t[io]ck \d", line)]
        self.assertEqual(own, "tock 1,tick 1,tock 2,tick 2,tock 3,tick 3".split(","))
        events = rt0test.parse_trace("".join(line + "\n" for line in lines if line not in own))
        self.assertEqual(events[-1].name, "Exit")
        # tick is goroutine 2, tock 3: each line follows the start of its goroutine.
        running = None
        for line in lines:
            if line in own:
                self.assertEqual(running, {"tick": "2", "tock": "3"}[line.split()[0]], line)
            elif " GoStart " in line:
                running = line.rsplit("=", 1)[1]

    def test_an_old_file_is_overwritten(self):
        path = self.dir / "trace"
        path.write_text("old\n" * 10000)
        self.assert_status(self.hello(path), 0)
        self.assertNotIn("old", path.read_text())
        self.assertEqual(rt0test.parse_trace(path.read_text())[-1].line.split()[-1], "status=0")

    @rt0test.needs("/dev/full")
    def test_can_t_be_opened(self):
        """One line names the path and the reason, and the program does not run."""
        (self.dir / "loop").symlink_to("loop")
        for path, words, errno in ((self.dir / "no" / "trace", "no such file or directory", 2),
                                   (self.dir, "is a directory", 21),
                                   ("/dev/full/x", "not a directory", 20), (self.dir / "loop", "[a-z ]+", 40),
                                   (self.dir / ("x" * 300), "[a-z ]+", 36)):
            with self.subTest(path=path):
                done = self.hello(path)
                self.assertRegex(rt0test.text(done.err),
                                 rf"^rt0: RT0_TRACE: cannot open {re.escape(str(path))}: {words} \(errno {errno}\)\n$")
                self.assert_status(done, 2)
                self.assertEqual(done.out, b"")

    @rt0test.needs("/dev/full")
    def test_no_room(self):
        """The error is printed once; the program goes on and ends with its own status."""
        said = b"rt0: RT0_TRACE: write failed: no space left on device (errno 28); the trace ends here\n"
        done = self.hello("/dev/full")
        self.assertEqual((done.status, done.out, done.err), (0, b"Hello World\n", said))
        done = self.run_program("exits", "return", "7", env={"RT0_TRACE": "/dev/full"})
        self.assertEqual((done.status, done.out, done.err), (7, b"", said))
        # A trace long enough for the buffer to be written many times.
        done = self.run_program("init_modes", env={"RT0_TRACE": "/dev/full", "GOMAXPROCS": "2"})
        self.assertEqual((done.status, sorted(done.err.splitlines())), (0, sorted([said.strip(), b"main ends"])))

    def test_a_pipe(self):
        """A trace to a pipe is complete, also when the program has to wait for the reader."""
        path = self.dir / "pipe"
        os.mkfifo(path)
        got = []
        reader = threading.Thread(target=lambda: got.append(path.read_text("ascii")))
        reader.start()
        done = self.run_program("init_modes", env={"RT0_TRACE": path, "GOMAXPROCS": "2"})
        reader.join()
        self.assert_status(done, 0)
        events = rt0test.parse_trace(got[0])
        self.assertEqual((events[0].name, events[-1].name), (f"_rt0_{rt0test.ROW['go']}_linux", "Exit"))
        self.assertGreater(len(got[0]), 65536, "more than a pipe holds")

    def test_a_reader_that_goes_away(self):
        """The trace ends; the program does not."""
        path = self.dir / "pipe"
        os.mkfifo(path)

        def read_a_little():
            with open(path, "rb", buffering=0) as pipe:
                pipe.read(10)

        reader = threading.Thread(target=read_a_little)
        reader.start()
        done = self.run_program("init_modes", env={"RT0_TRACE": path, "GOMAXPROCS": "2"})
        reader.join()
        self.assert_status(done, 0)
        said = [line for line in rt0test.text(done.err).splitlines() if line != "main ends"]
        self.assertEqual(said, ["rt0: RT0_TRACE: write failed: broken pipe (errno 32); the trace ends here"])

    def test_the_trace_is_whole_however_the_program_ends(self):
        path = self.dir / "trace"
        for program, args, status, throws in (("exits", ["exit-in-goroutine", "4"], 4, None),
                                              ("traceback", [], 2, "deliberate,%20on%20a%20goroutine"),
                                              ("traceback", ["g0"], 2, "deliberate,%20on%20g0"),
                                              ("traceback", ["panic"], 2, ANY),
                                              ("traceback", ["nil"], 2, ANY),
                                              ("exits", ["main-waits"], 2,
                                               "all%20goroutines%20are%20asleep%20-%20deadlock!")):
            with self.subTest(program=program, args=args):
                done = self.run_program(program, *args, env={"RT0_TRACE": path})
                self.assert_status(done, status)
                events = rt0test.parse_trace(path.read_text("ascii"))
                self.assertEqual([e.args for e in events if e.name == "Exit"], [{"status": str(status)}])
                if throws is not ANY:
                    self.assertEqual([e.args["why"] for e in events if e.name == "Throw"], [throws] if throws else [])

    def test_no_event_follows_the_exit(self):
        """While one M ends the process, others go on. They write no events any more."""
        path = self.dir / "trace"
        for _ in range(10):
            done = self.run_program("exits", "return-while-others-run", "3", env={"RT0_TRACE": path, "GOMAXPROCS": "4"})
            self.assert_status(done, 3)
            self.assertEqual(rt0test.parse_trace(path.read_text("ascii"))[-1].name, "Exit")


class World:
    """The state that a trace describes, followed event by event. An event that is impossible after those before it is
    an error."""

    def __init__(self, case):
        self.case = case
        self.time = 0
        self.goroutines = {}  # id -> runnable, waiting, dead, or the M it runs on
        self.p_of = {}        # M -> its P
        self.g_of = {}        # M -> the goroutine it runs
        self.started = {0}
        self.in_call = set()  # the Ms that are in a system call

    def check(self, ok, event, what):
        self.case.assertTrue(ok, f"{event.line}: {what}")

    def follow(self, events):
        for event in events:
            self.check(event.time >= self.time, event, "time runs backwards")
            self.time = event.time
            self.check(event.m in self.started, event, "this M has not been started")
            self.check(event.p == self.p_of.get(event.m), event, f"M {event.m} has P {self.p_of.get(event.m)}")
            step = getattr(self, event.name, None)
            if event.name[0].isupper() and step is not None:
                step(event)

    def MStart(self, e):
        new = int(e.args["new"])
        self.check(new not in self.started, e, "this M exists already")
        self.started.add(new)

    def ProcStart(self, e):
        p = int(e.args["p"])
        self.check(p == e.p, e, "taken, but not in the line's own p")

    def ProcStop(self, e):
        self.check(int(e.args["p"]) == e.p, e, "another P than its own")
        del self.p_of[e.m]

    def GoCreate(self, e):
        new = int(e.args["new"])
        self.check(self.goroutines.get(new) is None, e, "an id that was given out before")
        self.goroutines[new] = "runnable"

    def GoStart(self, e):
        g = int(e.args["id"])
        self.check(self.goroutines.get(g) == "runnable", e, f"it is {self.goroutines.get(g)}")
        self.check(self.g_of.get(e.m) is None, e, f"M runs {self.g_of.get(e.m)}")
        self.check(e.p is not None, e, "without a P")
        self.goroutines[g], self.g_of[e.m] = e.m, g

    def leave(self, e, state):
        g = int(e.args["id"])
        self.check(self.goroutines.get(g) == e.m, e, f"it is {self.goroutines.get(g)}")
        self.goroutines[g], self.g_of[e.m] = state, None

    def GoStop(self, e):
        self.leave(e, "runnable")

    def GoBlock(self, e):
        self.leave(e, "waiting")

    def GoDestroy(self, e):
        self.leave(e, "dead")

    def GoSysCall(self, e):
        self.in_call.add(e.m)

    def GoSysExit(self, e):
        self.in_call.discard(e.m)

    def GoSysBlock(self, e):
        self.in_call.discard(e.m)
        self.leave(e, "runnable")

    def GoUnblock(self, e):
        g = int(e.args["id"])
        self.check(self.goroutines.get(g) == "waiting", e, f"it is {self.goroutines.get(g)}")
        self.goroutines[g] = "runnable"


class WorldWithPs(World):
    """ProcStart is recorded after the P is taken, so its own line already shows the P. ProcRetake is sysmon's: the M
    that had the P is in a system call. It goes on with GoSysExit, whose line shows the P that it has then, or gives up
    its goroutine."""

    def follow(self, events):
        owners = {}
        for event in events:
            if event.name == "ProcStart":
                p = int(event.args["p"])
                self.check(owners.get(p) is None, event, f"P {p} is M {owners.get(p)}'s")
                owners[p] = event.m
                self.p_of[event.m] = p
            if event.name == "GoSysExit" and event.p != self.p_of.get(event.m):
                before = owners.get(event.p)
                self.check(before is None or before in self.in_call, event,
                           f"P {event.p} is M {before}'s, which is in no system call")
                self.p_of.pop(before, None)
                owners[event.p] = event.m
                self.p_of[event.m] = event.p
            super().follow([event])
            if event.name == "ProcRetake":
                p = int(event.args["p"])
                self.check(owners.get(p) in self.in_call, event,
                           f"P {p} is M {owners.get(p)}'s, which is in no system call")
                del self.p_of[owners[p]]
                owners[p] = None
            if event.name == "ProcStop":
                owners[int(event.args["p"])] = None


@rt0test.each_how
class Truth(rt0test.Case):
    def follow(self, program, *args, env, status=0):
        done, trace = rt0test.run_traced(program, *args, env=env, how=self.how)
        self.assert_status(done, status)
        events = rt0test.parse_trace(trace)
        world = WorldWithPs(self)
        world.follow(events)
        return events, world

    def test_a_p_that_sysmon_takes(self):
        """Fifty goroutines wait in system calls; the M of each goes on with a P that it takes anew."""
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder) / "fifo"
            os.mkfifo(fifo)
            events, _ = self.follow("limits", "blocked", fifo, env={"GOMAXPROCS": "2"})
        self.assertGreater(len([e for e in events if e.name == "ProcRetake"]), 0)

    def test_what_it_tells_can_be_true(self):
        for procs in ("1", "2", "4", "16"):
            for program, args in (("init_modes", ()), ("exits", ("goexit-then-exit",)),
                                  ("exits", ("return-while-others-run",))):
                if args == ("return-while-others-run",) and procs != "4":
                    continue  # its trace would be long
                with self.subTest(procs=procs, program=program, args=args):
                    events, world = self.follow(program, *args, env={"GOMAXPROCS": procs, "MODE": "gosched"})
                    self.assertGreater(len([e for e in events if e.name == "GoStart"]), 100)
                    self.assertGreaterEqual(len(world.goroutines), 2)

    def test_the_checker_finds_lies(self):
        """Without one event of any of these kinds, a correct trace has an impossible event."""
        done, trace = rt0test.run_traced("turns", env={"GOMAXPROCS": "1"}, how=self.how)
        self.assert_status(done, 0)
        events = rt0test.parse_trace(trace)
        for kind in ("GoStart", "GoStop", "GoCreate", "ProcStart", "MStart"):
            i = [e.name for e in events].index(kind)
            if kind == "MStart" and not any(e.m == 1 for e in events):
                continue  # sysmon started too late to appear in the trace
            with self.subTest(kind=kind), self.assertRaises(AssertionError):
                WorldWithPs(self).follow(events[:i] + events[i + 1:])

    def test_where_goroutines_come_from(self):
        events, _ = self.follow("turns", env={"GOMAXPROCS": "1"})
        created = [e.args for e in events if e.name == "GoCreate"]
        self.assertEqual([c["new"] for c in created], ["1", "2", "3"])
        self.assertEqual(created[0]["at"], "runtime")
        lines = (rt0test.TOP / "examples" / "turns.cc").read_text().splitlines()
        for who, c in zip(("tick", "tock"), created[1:]):
            file, line = c["at"].split(":")
            self.assertEqual(file, "examples/turns.cc")
            self.assertIn(f'rt0::go([&] {{ count("{who}"', lines[int(line) - 1])


if __name__ == "__main__":
    rt0test.main()
