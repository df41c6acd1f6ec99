#!/usr/bin/python3
"""The simulated kernel: refused settings, records and replays, virtual time, loops, faults, deadlocks. See
docs/DETERMINISM.md."""

import hashlib
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

STRATEGIES = ("fifo", "random", "pct:3", "pos", "delay:2")
SIZES, SIZES_ENOSYS = "35b06de439c04e41", "0f97764e77dd4a2f"  # of test_no_size_decides
REFUSED = {  # RT0_SIM, and a text that the line of the error must contain
    "nonsense": ("nonsense", "key=value", "seed", "procs", "strategy", "faults", "record", "replay"),
    "colour=red": ("colour", "seed", "procs", "strategy", "faults", "record", "replay"),
    "seed=": ("seed=",),
    "seed=x": ("seed=x", "from 0"),
    "seed=-1": ("seed=-1",),
    "seed=99999999999999999999": ("seed=",),
    "procs=0": ("procs=0", "from 1 to 1024"),
    "procs=1025": ("procs=1025",),
    "strategy=chaos": ("strategy=chaos", "fifo", "random", "pct:D", "pos", "delay:D", "replay:FILE"),
    "strategy=pct": ("strategy=pct",),
    "strategy=pct:0": ("strategy=pct:0: a number", "from 1"),
    "strategy=replay:": ("replay=: the name of a file",),
    "faults=fire": ("faults=fire", "enomem", "eintr", "reset"),
    "faults=": ("faults=",),
    "faults=eintr:1001": ("faults=eintr:1001: a number",),
    "spin=0": ("spin=0",),
    "record=": ("record=",),
    "record=/no/such/folder/x": ("record=/no/such/folder/x", "no such file", "errno 2"),
    "replay=/no/such/file": ("replay=/no/such/file", "no such file", "errno 2"),
    "replay=/etc/passwd": ("replay", "no record"),
    "seed=1,,procs=2": ('""',),
    "seed=1,": ('""',),
    "seed=1,seed=1": ("seed=", "twice"),
    "strategy=fifo,strategy=pos": ("strategy=", "twice"),
    "replay=a,strategy=replay:b": ("replay", "twice"),
    "record=a,record=b": ("record=", "twice"),
    "limit=5,limit=5s": ("limit=", "twice"),
    "faults=none+all": ("faults=none+all",),
    "faults=eintr+all": ("faults=eintr+all",),
    "faults=eintr+eintr": ("faults=eintr+eintr",),
    "faults=eintr+": ("faults=eintr+",),
    "limit=": ("limit=", "or a time (60s"),
    "limit=0": ("limit=0",),
    "limit=0s": ("limit=0s",),
    "limit=5min": ("limit=5min",),
    "limit=99999999999s": ("limit=99999999999s",),
    "record=/tmp/x,replay=/tmp/x": ("record and replay", "same file"),
}


@rt0test.each_how
class Sim(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def sim(self, program, spec, *args, **options):
        env = {"RT0_SIM": spec, **options.pop("env", {})}
        return self.run_program(program, *args, env=env, **options)

    def printed(self, done):
        return rt0test.text(done.out + done.err)

    def test_refused(self):
        for spec, words in REFUSED.items():
            with self.subTest(spec=spec):
                done = self.sim("hello", spec)
                self.assert_status(done, 2)
                said = rt0test.text(done.err)
                self.assertRegex(said, r"\Art0: RT0_SIM: [^\n]+\n\Z")
                self.assertEqual(done.out, b"", "nothing runs")
                for word in words:
                    self.assertIn(word, said)

    def test_empty_is_unset(self):
        done, trace = rt0test.run_traced("hello", env={"RT0_SIM": ""}, how=self.how)
        self.assertEqual(done.out, b"Hello World\n")
        self.assertIn("TraceOpen kernel=linux", trace)

    def test_strategies_twice(self):
        """Each strategy gives the same bytes in every run; different strategies give different traces."""
        seen = set()
        for strategy in STRATEGIES:
            runs = [rt0test.run_traced("goroutines", env={"RT0_SIM": f"seed=9,procs=3,strategy={strategy}"},
                                       how=self.how)
                    for _ in range(2)]
            self.assertEqual(runs[0][1], runs[1][1], strategy)
            self.assertEqual(runs[0][0].out, runs[1][0].out, strategy)
            self.assertIn("TraceOpen kernel=sim", runs[0][1])
            self.assertIn("ProcsChange n=3", runs[0][1])
            seen.add(runs[0][1])
        self.assertGreaterEqual(len(seen), 4)

    def test_trace_makes_no_difference(self):
        """The program does the same with a trace to a file, with one to stderr, and without."""
        plain = self.sim("order_workers_order", "seed=4,strategy=random")
        to_file, trace = rt0test.run_traced("order_workers_order", env={"RT0_SIM": "seed=4,strategy=random"},
                                            how=self.how)
        self.assertEqual(self.printed(plain), self.printed(to_file))
        beside = self.sim("order_workers_order", "seed=4,strategy=random", env={"RT0_TRACE": "-"})
        lines = [x for x in rt0test.text(beside.err).splitlines() if rt0test.TRACE_LINE.fullmatch(x)]
        self.assertEqual(lines, trace.splitlines())

    def test_every_choice_is_in_the_trace(self):
        record = self.dir / "record"
        _, trace = rt0test.run_traced("order_sel_wake_order",
                                      env={"RT0_SIM": f"seed=2,procs=2,strategy=random,record={record}"},
                                      how=self.how)
        choices = [e.args for e in rt0test.parse_trace(trace) if e.name == "Choose"]
        self.assertEqual([int(c["i"]) for c in choices], list(range(len(choices))))
        self.assertEqual([f"{c['i']} {c['kind']} {c['n']} {c['pick']} {c['on']}" for c in choices],
                         record.read_text().splitlines()[3:-1])
        self.assertTrue({"run", "random", "preempt"} <= {c["kind"] for c in choices})
        self.assertTrue(all(0 <= int(c["pick"]) < int(c["n"]) for c in choices))

    def test_no_size_decides(self):
        """The trace is the same on all ISAs although the sizes of stacks, how many of them share a pool and how many
        calls about memory there are differ. The digests are of amd64's traces."""
        for spec, digest in (("seed=1", SIZES), ("seed=1,faults=enosys", SIZES_ENOSYS)):
            done, trace = rt0test.run_traced("sim_sizes", env={"RT0_SIM": spec}, how=self.how)
            self.assertEqual((done.status, self.printed(done)), (0, "done\n"))
            self.assertNotIn("Scavenge", trace)
            self.assertEqual(hashlib.sha256(trace.encode()).hexdigest()[:16], digest, spec)

    def test_random_device(self):
        """std::random_device's numbers are the same on all ISAs, also where the most significant byte comes first."""
        if not (rt0test.BUILD / "bin" / "cxx_random").exists():
            self.skipTest("there is no C++ library for this ISA")
        self.assertEqual(self.printed(self.sim("cxx_random", "seed=1")), "1935731505\n2652534073\n3655029505\n")

    def record(self, program="order_chan_ping", spec="seed=5,procs=3,strategy=random"):
        path = self.dir / "record"
        done, trace = rt0test.run_traced(program, env={"RT0_SIM": f"{spec},record={path}"}, how=self.how)
        return path, done, trace

    def test_replay(self):
        path, done, trace = self.record()
        self.assertRegex(path.read_text(),
                         r"\Art0-record 1\nprogram=order_chan_ping args=0:\S+\nseed=5 procs=3 strategy=random ")
        for spec in (f"replay={path}", f"strategy=replay:{path}", f"seed=5,procs=3,replay={path}"):
            again, replayed = rt0test.run_traced("order_chan_ping", env={"RT0_SIM": spec}, how=self.how)
            self.assertEqual((again.status, self.printed(again), replayed), (done.status, self.printed(done), trace),
                             spec)
        # A replay that records itself writes the same record.
        second = self.dir / "second"
        self.assert_status(self.sim("order_chan_ping", f"replay={path},record={second}"), done.status)
        self.assertEqual(second.read_text(), path.read_text())

    def test_replay_with_faults(self):
        path, done, _ = self.record("order_net_eof", "seed=3,strategy=random,faults=eintr+short+wake+late:100")
        self.assertIn("eintr", path.read_text())
        self.assertEqual(self.printed(self.sim("order_net_eof", f"replay={path}")), self.printed(done))

    def test_replay_of_another(self):
        path, *_ = self.record()
        for program, args, words in (("hello", (), "another program"), ("order_chan_ping", ("x",), "other arguments")):
            done = self.sim(program, f"replay={path}", *args)
            self.assert_status(done, 2)
            self.assertRegex(rt0test.text(done.err), rf"\Art0: RT0_SIM: replay=\S+: [^\n]*{words}[^\n]*\n\Z")
            self.assertEqual(done.out, b"")
        for more, word in (("seed=6", "seed"), ("procs=1", "procs"), ("faults=eintr", "faults"),
                           ("strategy=pos", "strategy")):
            done = self.sim("order_chan_ping", f"{more},replay={path}")
            self.assert_status(done, 2)
            self.assertIn(word, rt0test.text(done.err))

    def test_replay_cut_short(self):
        path, *_ = self.record()
        lines = path.read_text().splitlines(keepends=True)
        for keep in (3, 10, len(lines) - 1):
            path.write_text("".join(lines[:keep]))
            done = self.sim("order_chan_ping", f"replay={path}")
            self.assert_status(done, 3)
            self.assertRegex(rt0test.text(done.err),
                rf"rt0: RT0_SIM: replay=\S+: [^\n]*choice {keep - 3}\b[^\n]*cut short")
        for keep in (1, 2):  # not even the record's head is complete
            path.write_text("".join(lines[:keep]))
            done = self.sim("order_chan_ping", f"replay={path}")
            self.assert_status(done, 2)
            self.assertIn("cut short", rt0test.text(done.err))
        path.write_text("".join(lines[:20])[:-2])  # cut in the middle of a line
        self.assert_status(self.sim("order_chan_ping", f"replay={path}"), 3)

    def test_replay_that_does_not_fit(self):
        path, *_ = self.record()
        lines = path.read_text().splitlines(keepends=True)
        words = lines[12].split()
        for changed, said in ((f"{words[0]} select {words[2]} {words[3]} {words[4]}\n", "does not do what"),
                              (f"{words[0]} {words[1]} 9 {words[3]} {words[4]}\n", "does not do what"),
                              (f"{words[0]} {words[1]} {words[2]} {words[3]} g77\n", "does not do what"),
                              (f"{words[0]} {words[1]} {words[2]} {words[2]} {words[4]}\n", "damaged"),
                              ("rubbish\n", "damaged"), (f"end {words[0]}\n", "no more")):
            with self.subTest(changed=changed):
                path.write_text("".join([*lines[:12], changed, *lines[13:]]))
                done = self.sim("order_chan_ping", f"replay={path}")
                self.assert_status(done, 3)
                self.assertRegex(rt0test.text(done.err),
                    rf"(?m)^rt0: RT0_SIM: replay=\S+: choice 9: [^\n]*{said}[^\n]*$")
        end = lines[-1]
        path.write_text("".join([*lines[:-1], f"{len(lines) - 4} run 2 0 m1\n", end]))
        done = self.sim("order_chan_ping", f"replay={path}")
        self.assert_status(done, 3)
        self.assertIn("the record goes on", rt0test.text(done.err))

    def test_a_record_is_written_beside(self):
        """Until a record is complete, an existing file of its name stays as it was. A name that is no regular file is
        written to directly."""
        record = self.dir / "record"
        record.write_text("precious")
        self.sim("sim_race", f"seed=3,strategy=random,record={record}")
        whole = record.read_text()
        self.assertRegex(whole, r"\Art0-record 1\n(.*\n)+end \d+\n\Z")
        done = self.sim("sim_livelock", f"record={record},limit=2000")
        self.assert_status(done, 2)
        self.assertNotEqual(record.read_text(), whole)
        self.assertEqual([p.name for p in self.dir.iterdir()], ["record"], "nothing is left beside it")
        done = self.sim("sim_race", "seed=3,strategy=random,record=/dev/stdout")
        self.assertIn("rt0-record 1\n", rt0test.text(done.out))

    def test_an_end_says_how_many(self):
        record = self.dir / "record"
        self.sim("sim_race", f"seed=3,strategy=random,record={record}")
        text = record.read_text()
        for end in ("end\n", "end \n", "end 1\n", "end 12x\n"):
            record.write_text(text[:text.rindex("end ")] + end)
            with self.subTest(end=end):
                self.assert_status(self.sim("sim_race", f"replay={record}"), 3)

    def test_a_limit_anywhere(self):
        """Whatever the choice that meets the limit was about: the thread that ends the program may be about to yield or
        to wait just then, while others could run."""
        for limit in range(400, 460):
            with self.subTest(limit=limit):
                done = self.sim("pingpong", f"seed=7,strategy=random,limit={limit}")
                self.assertEqual(done.status, 2)
                first = rt0test.text(done.err).partition("\n")[0]
                self.assertEqual(first, "fatal error: simulated kernel: the limit of choices is reached before the "
                                        "program's end")

    def test_a_limit(self):
        """A program that would go on for ever ends with a fatal error at its limit, and its record and trace are
        complete."""
        record = self.dir / "record"
        for limit, what in (("500", "limit of choices"), ("20ms", "limit of time"), ("3s", "limit of time")):
            spec = f"seed=1,strategy=random,limit={limit},record={record}"
            with self.subTest(limit=limit):
                runs = [rt0test.run_traced("sim_livelock", env={"RT0_SIM": spec}, how=self.how) for _ in range(2)]
                done, trace = runs[0]
                self.assertEqual(trace, runs[1][1])
                self.assert_status(done, 2)
                said = rt0test.text(done.err)
                self.assertRegex(said,
                                 rf"\Afatal error: simulated kernel: the {what} is reached before the program's end\n")
                self.assertIn("goroutine 1 [chan receive]:", said)
                events = rt0test.parse_trace(trace)
                self.assertEqual([e.name for e in events][-1], "Exit")
                self.assertIn("Throw", [e.name for e in events])
                choices = sum(e.name == "Choose" for e in events)
                self.assertEqual(record.read_text().splitlines()[-1], f"end {choices}")
                if limit == "500":
                    self.assertLess(choices, 600, "and what is printed at the end makes a few")
                again = self.sim("sim_livelock", f"replay={record},limit={limit}")
                self.assert_status(again, 2)

    def test_sigterm(self):
        """Record and trace are also complete when another process ends the program by SIGTERM."""
        record, trace = self.dir / "record", self.dir / "trace"
        env = {"RT0_SIM": f"seed=1,record={record}", "RT0_TRACE": str(trace)}
        line = rt0test.command("sim_livelock", (), self.how, None, env, (), (), ())
        with subprocess.Popen(line, env=env, stderr=subprocess.PIPE) as program:
            while not trace.exists() or trace.stat().st_size < 100000:
                self.assertIsNone(program.poll(), "it has ended by itself")
                time.sleep(0.01)
            program.terminate()
            said = rt0test.text(program.communicate(timeout=60)[1])
        self.assertEqual(program.returncode, 2, said)
        self.assertRegex(said, r"\Afatal error: simulated kernel: SIGTERM has come before the program's end\n")
        self.assertIn("goroutine 1 [chan receive]:", said)
        self.assertRegex(trace.read_text("ascii"), r"Exit status=2\n\Z")
        self.assertRegex(record.read_text(), r"\nend \d+ SIGTERM \d+\n\Z")
        # A replay ends at the same moment, and writes the same trace and the same record.
        again, replayed = rt0test.run_traced("sim_livelock", env={"RT0_SIM": f"replay={record},record={record}2"},
                                             how=self.how)
        self.assertEqual((again.status, rt0test.text(again.err)), (2, said))
        self.assertEqual(replayed, trace.read_text("ascii"))
        self.assertEqual(pathlib.Path(f"{record}2").read_text(), record.read_text())

    def test_other_signals(self):
        """A signal that ends the program at once leaves an older record as it was, and whole lines in the trace."""
        record, trace = self.dir / "record", self.dir / "trace"
        record.write_text("precious")
        env = {"RT0_SIM": f"seed=1,strategy=random,record={record}", "RT0_TRACE": str(trace)}
        line = rt0test.command("sim_livelock", (), self.how, None, env, (), (), ())
        for sig in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            for size in range(100000, 400000, 60000):  # so that it comes at different places
                trace.write_text("")
                with self.subTest(sig=sig, size=size), \
                     subprocess.Popen(line, env=env, stderr=subprocess.PIPE) as program:
                    while trace.stat().st_size < size:
                        time.sleep(0.001)
                    program.send_signal(sig)
                    program.communicate(timeout=60)
                    self.assertEqual(program.returncode, 2 if sig == signal.SIGQUIT else -sig)
                    self.assertEqual(record.read_text(), "precious")
                    self.assertNotIn("end", (self.dir / "record.part").read_text())
                    self.assertTrue(all(rt0test.TRACE_LINE.fullmatch(x)
                                        for x in trace.read_text("ascii").removesuffix("\n").split("\n")))

    def test_the_rehearsal_ends(self):
        """The copy of the process that counts choices does not go on when its process is killed, and a loop that comes
        to no point ends it. SIGTERM meanwhile has its usual effect after that. That is checked natively only: under
        QEMU a few runs in a hundred were ended by SIGTERM at once, for a reason that is not known."""
        def children(pid):
            return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

        for sig in (signal.SIGKILL, signal.SIGINT) + ((signal.SIGTERM,) if self.how == "native" else ()):
            env = {"RT0_SIM": "seed=1,strategy=delay:1,spin=300"}
            line = rt0test.command("sim_loop", (), self.how, None, env, (), (), ())
            with self.subTest(sig=sig), subprocess.Popen(line, env=env, stderr=subprocess.PIPE) as program:
                while not (copy := children(program.pid)):
                    self.assertIsNone(program.poll())
                time.sleep(0.05)
                program.send_signal(sig)
                said = rt0test.text(program.communicate(timeout=60)[1])
                self.assertEqual(program.returncode, 2 if sig == signal.SIGTERM else -sig, said)
                if sig == signal.SIGTERM:
                    self.assertIn("SIGTERM has come before the program's end", said)
                for _ in range(1000):
                    if not pathlib.Path(f"/proc/{copy[0]}/stat").exists():
                        break
                    time.sleep(0.01)
                self.assertFalse(pathlib.Path(f"/proc/{copy[0]}/stat").exists(), "the copy goes on")

    def test_a_replay_that_fails_writes_no_record(self):
        path, *_ = self.record()
        lines = path.read_text().splitlines(keepends=True)
        old = self.dir / "old"
        old.write_text("precious")
        for text in ("".join(lines[:10]), "".join(lines[:-1]), "".join(lines) * 2, "".join([*lines, "1 run 2 0 t1\n"])):
            path.write_text(text)
            done = self.sim("order_chan_ping", f"replay={path},record={old}")
            self.assert_status(done, 3)
            self.assertIn(f"rt0: RT0_SIM: replay={path}: ", rt0test.text(done.err))
            self.assertEqual(old.read_text(), "precious")
        done = self.sim("order_chan_ping", f"replay={self.dir}")
        self.assert_status(done, 2)
        self.assertEqual(rt0test.text(done.err), f"rt0: RT0_SIM: replay={self.dir}: this is no record of choices\n")

    def test_one_print_is_one_point(self):
        """A traceback of any length costs the same time. The golden scenarios stacks and select_sizes test this on all
        ISAs."""
        spans = []
        for n in "1", "9":
            done, trace = rt0test.run_traced("sim_stacks", n, env={"RT0_SIM": "procs=1"}, how=self.how)
            self.assert_status(done, 2)
            events = rt0test.parse_trace(trace)
            throw = next(e for e in events if e.name == "Throw")
            self.assertGreater(len(done.err), 200 * int(n))
            spans.append(events[-1].time - throw.time)
        self.assertEqual(spans[0], spans[1])

    def test_an_hour(self):
        done = self.sim("sim_hour", "seed=1")
        self.assert_status(done, 0)
        self.assertLess(done.seconds, 5)
        self.assertEqual(self.printed(done),
                         "slept an hour true\nwaited for a day true\nread read |0: i/o timeout\nticks 12 hours 27\n")

    def test_the_collector_must_not_decide(self):
        """Which objects are reachable depends on the compiler: gc() with finalizers ends the program, and says why."""
        done = self.sim("finalizers", "seed=1", "kept")
        self.assert_fatal(done,
                          "simulated kernel: gc() with finalizers: which objects are reachable depends on what "
                          "lies on stacks")

    def test_the_hosts_file_must_not_decide(self):
        """Names that are in the host's /etc/hosts are unknown on the simulated machine."""
        known = {name for line in pathlib.Path("/etc/hosts").read_text().splitlines()
                 for name in line.split("#")[0].split()[1:]}
        others = sorted(name for name in known if "localhost" not in name) or ["example"]
        done = self.sim("sim_hosts", "seed=1", "localhost", *others)
        self.assert_status(done, 0)
        first, *rest = self.printed(done).splitlines()
        self.assertIn("connection refused", first)
        for name, line in zip(others, rest, strict=True):
            self.assertEqual(line, f"{name} dial tcp: lookup {name}: no such host")

    def test_loops_that_wait(self):
        for procs in (1, 4):
            done = self.sim("sim_spin", f"seed=1,procs={procs},spin=50")
            self.assertEqual((done.status, self.printed(done)), (0, "flag\nturn\n"))

    def test_a_race_is_found(self):
        """fifo never shows the race; random does within 100 seeds, and each seed that shows it does so every time."""
        self.assert_status(self.sim("sim_race", "procs=1"), 0)
        lost = [seed for seed in range(100) if self.sim("sim_race", f"seed={seed},procs=1,strategy=random").status == 2]
        self.assertGreater(len(lost), 3)
        self.assertLess(len(lost), 97)
        for seed in lost[:3]:
            done = self.sim("sim_race", f"seed={seed},procs=1,strategy=random")
            self.assertIn(b"panic: an addition is lost\n", done.err)

    def test_sleepers(self):
        """Goroutines that sleep for less time than it takes to wake them do not keep others from the only P. Their
        loop and sysmon's could be in step, so that its request always comes when no goroutine runs: therefore many
        starts."""
        for steps in range(300000, 300060, 4):
            env = {"RT0_SIM": "seed=1,procs=1,limit=2s"}
            self.assert_status(self.run_program("sim_sleepers", steps, env=env), 0)

    def test_points(self):
        """Before each operation by which goroutines wait for each other another one may run."""
        names = rt0test.text(self.run_program("sim_points").err).splitlines()
        self.assertGreater(len(names), 30)
        for name in names:
            with self.subTest(operation=name):
                done = (self.run_program("sim_points", name, env={"RT0_SIM": f"seed={seed},procs=1,strategy=random"})
                        for seed in range(1, 101))
                self.assertTrue(any(b"before" in d.err for d in done), "no seed lets the other goroutine run before it")

    def test_a_temporary_file_is_a_new_one(self):
        """Two runs with one seed draw the same name for their temporary file: the second run must take another."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"RT0_SIM": "seed=1", "TMPDIR": folder}
            for text in "first", "second":
                self.assert_status(self.run_program("temp_file", text, env=env), 0)
            files = list(pathlib.Path(folder).iterdir())
            self.assertEqual(sorted(path.read_text() for path in files), ["first", "second"])
            self.assertEqual({path.stat().st_mode & 0o777 for path in files}, {0o600})

    def test_everybody_waits_for_ever(self):
        """A program that would wait for ever on a real kernel: it waits for the network, which no other goroutine
        uses."""
        done = self.sim("sim_stuck", "seed=1")
        self.assert_fatal(done, "simulated kernel: every thread waits, and nothing is left that could wake one")
        self.assertIn(b"[IO wait", done.err)

    def test_handed_over_ps_end_no_search(self):
        """While a P is handed over, its queue can be stolen from. A thread that looks for work must not do so for
        ever because of that."""
        for seed in range(1, 61 if self.how == "native" else 11):
            for depth in (2, 4):
                done = self.sim("sim_stuck", f"seed={seed},procs=2,strategy=delay:{depth},limit=100000", "wired")
                self.assert_fatal(done, "all goroutines are asleep - deadlock!")

    def test_seeds_matter(self):
        outputs = {self.printed(self.sim("order_select_random", f"seed={s},procs=1")) for s in range(8)}
        traces = {rt0test.run_traced("order_select_random", env={"RT0_SIM": f"seed={s},procs=1"}, how=self.how)[1]
                  for s in range(4)}
        self.assertEqual(len(traces), 4, outputs)

    def test_go_s_order(self):
        """Where Go's order is fixed, the simulated kernel gives it for any `procs`: these are simulated CPUs, not
        GOMAXPROCS."""
        for name in ("order_chan_send_fifo", "order_sleep_order", "order_net_deadline", "order_panic_order"):
            done = self.sim(name, "procs=4", env={"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1"})
            expected = (rt0test.ORACLE / "order" / (name.removeprefix("order_") + ".out")).read_text()
            self.assertEqual(self.printed(done), expected, name)


class SimBuild(rt0test.Case):
    def test_kernels_differ_in_no_other_event(self):
        """On Linux and on the simulated kernel hello's boot enters the same functions."""
        names = []
        for env in ({"GOMAXPROCS": "1"}, {"GOMAXPROCS": "1", "RT0_SIM": "procs=2"}):
            _, trace = rt0test.run_traced("hello", env=env, how="qemu")
            main = [re.sub(r"_rt0_\w+?(_linux)?$", r"_rt0\1", e.name) for e in rt0test.parse_trace(trace) if e.m == 0]
            # On Linux println's write is a system call that may last; the simulated kernel's never does.
            names.append([n for n in main if n not in ("Choose", "GoSysCall", "GoSysExit")])
        self.assertEqual(*names)


if __name__ == "__main__":
    rt0test.main()
