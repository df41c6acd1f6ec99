#!/usr/bin/python3
"""rt0-explore: its schedules are those of new processes, it finds bugs and leaks and says what they are, its reports
have the forms that others read, and it refuses what it cannot explore.

  explore_test.py --all   compares 10,000 schedules of each of ten programs with new processes
"""

import csv
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import hunting, rt0test

TOOL = rt0test.TOP / "build" / "host" / "bin" / "rt0-explore"
HAVE = TOOL.exists() and (rt0test.BUILD / "explore").exists()
FAST = rt0test.FIRST and rt0test.NATIVE  # what is found is the same on every ISA, so one looks for all of it
HOW = "native" if "native" in rt0test.HOWS else "qemu"

# Programs that use channels, locks, timers, sockets, files, panics; with their arguments.
PROGRAMS = [("sim_race",), ("goroutines",), ("workers",), ("hunt", "aba"), ("hunt", "two_writes"), ("sim_select",),
            ("sim_reset",), ("sockopts",), ("order_recover_nested",), ("cxx_containers",), ("cxx_threads_throw",)]
STRATEGIES = ("random", "pos", "pct:3", "delay:2", "fifo")

# A part of tests/programs/leaks.cc, and what is left of it: how many goroutines, and their wait reason.
LEAKS = {
    "receiver": [(1, "chan receive")],
    "late_result": [(1, "chan send")],
    "two_selects": [(1, "chan receive"), (2, "select")],
    "held_mutex": [(1, "sync.Mutex.Lock")],
    "wait_group": [(1, "sync.WaitGroup.Wait")],
}
NO_LEAKS = ("room_for_result", "joined", "not_finished", "waits_for_timer", "ticks_for_ever", "asleep", "exits")

# A program with its arguments, and the verdict and the message of each of its failing outcomes.
VERDICTS = {
    ("sim_race",): [("panic", "panic: an addition is lost")],
    ("hunt", "lock_order"): [("deadlock", "fatal error: all goroutines are asleep - deadlock!")],
    ("sim_livelock",): [("livelock", "fatal error: simulated kernel: the limit of choices is reached before the "
                                     "program's end")],
    ("exits", "return", "3"): [("exit", "")],
    ("order_fatal_nilderef",): [("panic", "panic: runtime error: invalid memory address or nil pointer dereference")],
    ("order_fatal_unlock",): [("fatal error", "fatal error: sync: unlock of unlocked mutex")],
    ("hello",): [],
}


def emulator():
    return [] if HOW == "native" else [rt0test.ROW["qemu"]]


def explore(program, *args, options=(), env=None, timeout=120):
    how = ["--how", *emulator()] if emulator() else []
    line = [TOOL, rt0test.program_path(program), *how, *options, *(("--", *args) if args else ())]
    done = subprocess.run([str(w) for w in line], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
                          check=False, env={**os.environ, **(env or {})})
    return rt0test.Done(done.returncode, done.stdout, done.stderr, 0)


def fnv(data):
    h = 14695981039346656037
    for byte in data:
        h = (h ^ byte) * 1099511628211 & (1 << 64) - 1
    return f"{h:016x}"


def kernels():
    """The programs and the names of the kernels of bugs that they have."""
    found = [("hunt", name) for name in rt0test.text(hunting.run("hunt").err).split()[:16]]
    for path in sorted((rt0test.TESTS / "programs").glob("goker_*.cc")):
        done = hunting.run(path.stem)
        found += [(path.stem, name) for name in rt0test.text(done.out + done.err).split()]
    if len(found) < 50:
        raise AssertionError(f"too few kernels: {found}")
    return found


@unittest.skipUnless(HAVE, "rt0-explore is not built")
class Explore(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def report(self, program, *args, options=(), status=None):
        """What --json writes."""
        path = self.dir / "report.json"
        done = explore(program, *args, options=("--json", path, *options))
        if status is not None:
            self.assert_status(done, status)
        self.assertEqual(done.err, b"")
        return json.loads(path.read_text()), rt0test.text(done.out)

    def compare_with_processes(self, program, args, strategy, runs):
        path = self.dir / "list"
        done = explore(program, *args, options=("--strategy", strategy, "--runs", runs, "--list", path, "--traces",
                                                "--jobs", 2), timeout=3600)
        self.assertIn(done.status, (0, 1), done)
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        self.assertEqual(len(rows), runs)
        trace = self.dir / "trace"
        for row in rows:
            trace.unlink(missing_ok=True)
            env = {"RT0_SIM": row["sim"], "RT0_TRACE": str(trace), "GOTRACEBACK": "none"}
            alone = subprocess.run([*emulator(), rt0test.program_path(program), *args], env={**os.environ, **env},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   timeout=60, check=False)
            what = (int(row["status"]), row["output"], row["trace"])
            self.assertEqual(what, (alone.returncode, fnv(alone.stdout), fnv(trace.read_bytes())), row["sim"])

    def test_as_new_processes(self):
        """Each schedule is the one that a new process with the same RT0_SIM runs, to the last byte of the trace."""
        for i, (program, *args) in enumerate(PROGRAMS):
            strategy = STRATEGIES[i % len(STRATEGIES)]
            with self.subTest(program=program, strategy=strategy):
                self.compare_with_processes(program, args, strategy, 30 if HOW == "native" else 5)

    @unittest.skipUnless(FAST, "all kernels are looked for on one ISA")
    def test_finds_the_bugs(self):
        """The kernels of hunt and of goker_*, by the default settings, within 2,000 schedules."""
        for program, name in kernels():
            with self.subTest(kernel=name):
                self.assert_status(explore(program, name, options=("--runs", 2000, "--stop-at-first")), 1)

    @unittest.skipUnless(FAST, "all kernels are reduced on one ISA")
    def test_shortest(self):
        """A failing schedule is reduced to the few choices that matter: three at most for half of the kernels. The
        record of that fails in the same way in a process of its own."""
        flips = []
        for program, name in kernels():
            with self.subTest(kernel=name):
                out = self.dir / name
                report, _ = self.report(program, name, options=("--runs", 2000, "--out", out), status=1)
                for outcome in report["outcomes"]:
                    if not outcome["failing"] or outcome["verdict"] == "leak":
                        continue
                    self.assertIn("shortest", outcome)
                    self.assertEqual(len(outcome["shortest"]["steps"]), outcome["shortest"]["flips"])
                    again = subprocess.run(["sh", "-c", outcome["command"]], capture_output=True, timeout=60,
                                           check=False)
                    self.assertEqual(again.returncode, outcome["status"], again.stderr)
                    self.assertIn(outcome["message"], rt0test.text(again.stderr))
                flips.append(min(o["shortest"]["flips"] for o in report["outcomes"] if "shortest" in o))
        self.assertLessEqual(statistics.median(flips), 3, sorted(flips))

    def test_leaks(self):
        for part, left in LEAKS.items():
            with self.subTest(part=part):
                report, _ = self.report("leaks", part, options=("--runs", 400), status=1)
                outcomes = [o for o in report["outcomes"] if o["failing"]]
                self.assertEqual([o["verdict"] for o in outcomes], ["leak"])
                said = [(int(n or 1), reason) for n, reason in
                        re.findall(r"(?:(\d+) times )?leak: goroutine \[([^]]+)\]", outcomes[0]["message"])]
                self.assertEqual(said, left)
                self.assertRegex(outcomes[0]["message"], r"created by goroutine at tests/programs/leaks\.cc:\d+")
                allowed = explore("leaks", part, options=("--runs", 100, "--allow-leaks"))
                self.assert_status(allowed, 0)

    def test_no_leaks(self):
        """No false alarm: somebody or something can still wake the goroutine, or the program has called exit."""
        for part in NO_LEAKS:
            with self.subTest(part=part):
                self.assert_status(explore("leaks", part, options=("--runs", 20000 if FAST else 400)), 0)

    def test_verdicts(self):
        for (program, *args), want in VERDICTS.items():
            with self.subTest(program=program, args=args):
                report, _ = self.report(program, *args, options=("--runs", 200, "--limit", 2000))
                found = {(o["verdict"], o["message"]) for o in report["outcomes"] if o["failing"]}
                self.assertEqual(found, set(want))
                self.assertEqual(report["schedules"], 200)
                self.assertEqual(sum(o["runs"] for o in report["outcomes"]), 200)

    def test_the_same_again(self):
        """With --runs the report does not depend on how many processes run, or on which is faster."""
        reports = []
        for jobs in (1, 2, 5):
            report, _ = self.report("sim_race", options=("--runs", 1000, "--jobs", jobs), status=1)
            reports.append({k: v for k, v in report.items() if k != "seconds"})
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])

    def test_records(self):
        """--out has a record and the output of each failing outcome; the command that is printed shows it again."""
        out = self.dir / "failing"
        report, said = self.report("sim_race", options=("--runs", 400, "--out", out), status=1)
        failing = [o for o in report["outcomes"] if o["failing"]]
        self.assertEqual(len(failing), 1)
        self.assertEqual(failing[0]["place"]["file"], "tests/programs/sim_race.cc")
        self.assertIn("panic: an addition is lost\n", pathlib.Path(failing[0]["output"]).read_text())
        self.assertIn(f"again: {failing[0]['command']}\n", said)
        again = subprocess.run(["sh", "-c", failing[0]["command"]], capture_output=True, timeout=60, check=False)
        self.assertEqual(again.returncode, 2)
        self.assertTrue(again.stderr.startswith(b"panic: an addition is lost\n"), again.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         ["sim_race-1.record", "sim_race-1.short.record", "sim_race-1.txt"])
        self.assertIn("shortest: ", said)
        self.assertLessEqual(failing[0]["shortest"]["flips"], 3)
        self.assertRegex(failing[0]["shortest"]["steps"][0], r"goroutine \d is stopped")

    def test_same_output(self):
        for options, status in (((), 0), (("--expect-same-output",), 1)):
            with self.subTest(options=options):
                done = explore("hunt", "permutation", options=("--runs", 200, *options))
                self.assertEqual(done.status, status, done)

    def test_junit_and_sarif(self):
        """What CI systems read: one failure for each failing outcome; and a run without any."""
        for program, failures in (("sim_race", 1), ("hello", 0)):
            with self.subTest(program=program):
                junit, sarif = self.dir / "junit.xml", self.dir / "sarif.json"
                explore(program, options=("--runs", 200, "--junit", junit, "--sarif", sarif))
                suite = ET.parse(junit).getroot().find("testsuite")
                self.assertEqual((suite.get("tests"), suite.get("failures")), ("1", str(failures)))
                self.assertEqual(len(suite.findall("testcase/failure")), failures)
                run = json.loads(sarif.read_text())["runs"][0]
                self.assertEqual(len(run["results"]), failures)
                for result in run["results"]:
                    self.assertIn(result["ruleId"], [r["id"] for r in run["tool"]["driver"]["rules"]])
                    place = result["locations"][0]["physicalLocation"]
                    self.assertEqual(place["artifactLocation"]["uri"], "tests/programs/sim_race.cc")
                    self.assertGreater(place["region"]["startLine"], 1)

    def test_last_line(self):
        done = explore("sim_race", options=("--runs", 400))
        self.assertRegex(rt0test.text(done.out).splitlines()[-1],
                         r"\Aexplored 400 schedules in [0-9.]+ s: 2 outcomes, 1 failing\Z")

    def test_time(self):
        begun = time.monotonic()
        done = explore("sim_race", options=("--time", "500ms", "--jobs", 1))
        self.assert_status(done, 1)
        self.assertGreater(time.monotonic() - begun, 0.5)

    def test_interrupted(self):
        """Ctrl-C ends it with what was found."""
        for sig in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=sig):
                how = ["--how", *emulator()] if emulator() else []
                line = [str(w) for w in (TOOL, rt0test.program_path("sim_race"), *how, "--time", "600s")]
                with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:
                    time.sleep(2)
                    tool.send_signal(sig)
                    out, err = tool.communicate(timeout=60)
                self.assertEqual((tool.returncode, err), (1, b""))
                self.assertIn(b"panic: an addition is lost\n", out)
                self.assertRegex(out, rb"explored [1-9]\d* schedules in")

    def test_descriptors_are_put_back(self):
        """A schedule that closes standard output leaves the next one with it: all are alike, as processes are."""
        report, _ = self.report("closes", options=("--runs", 60, "--jobs", 1, "--expect-same-output"), status=0)
        self.assertEqual([o["runs"] for o in report["outcomes"]], [60])
        alone = subprocess.run([*emulator(), rt0test.program_path("closes")], env={**os.environ, "RT0_SIM": "seed=1"},
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
        self.assertEqual(alone.stderr, b"closed: true\nread back: 0 4\n")
        self.assertEqual(report["outcomes"][0]["output_hash"], fnv(alone.stderr))

    def test_nothing_is_left(self):
        """Neither files nor processes."""
        folder = self.dir / "tmp"
        folder.mkdir()
        explore("sim_race", options=("--runs", 200), env={"TMPDIR": str(folder)})
        self.assertEqual(list(folder.iterdir()), [])

    def test_bad_input(self):
        """One line, status 2."""
        program = rt0test.program_path("hello")
        stripped, text, part = self.dir / "stripped", self.dir / "text", self.dir / "part"
        subprocess.run([f"{rt0test.ROW['triple']}-strip", "-o", stripped, program], check=True)
        text.write_text("not a program\n")
        part.write_bytes(program.read_bytes()[:3000])
        rows = [
            ([], "program is required"),
            ([self.dir / "missing"], "there is no such program"),
            ([self.dir], "this is no program"),
            ([text], "no ELF file"),
            ([part], ""),
            ([stripped], "symbols have been stripped"),
            ([sys.executable], "statically linked"),
            (["/bin/true"], "statically linked"),
            ([program, "--strategy", "best"], "--strategy best"),
            ([program, "--strategy", "pct:0"], "--strategy pct:0"),
            ([program, "--runs", "0"], "--runs"),
            ([program, "--runs", "-1"], "--runs"),
            ([program, "--runs", "many"], "--runs"),
            ([program, "--procs", "0"], "--procs"),
            ([program, "--time", "soon"], "--time soon"),
            ([program, "--time", "0s"], "--time 0s"),
            ([program, "--nonsense"], "--nonsense"),
            ([program, "--faults", "fire", "--runs", "1"], "faults=fire"),
            ([program, "--limit", "never", "--runs", "1"], "limit=never"),
            ([program, "--inside", text, "--runs", "1"], "no ELF file"),
            ([program, "--inside", program, "--runs", "1"], "not the explorer's part"),
            ([program, "--how", self.dir / "no-emulator", "--runs", "1"], "no-emulator"),
            ([program, "--out", text / "folder", "--runs", "1"], "cannot be written"),
            ([program, "--json", self.dir / "no" / "folder.json", "--runs", "1"], "cannot be written"),
        ]
        for args, word in rows:
            with self.subTest(args=args[1:] or args):
                line = [str(a) for a in (TOOL, *args)]
                if emulator() and "--how" not in line:
                    line += ["--how", *emulator()]
                done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
                said = rt0test.text(done.stderr)
                self.assertEqual(done.returncode, 2, said)
                self.assertEqual(said.count("\n"), 1, said)
                self.assertTrue(said.startswith("rt0"), said)
                self.assertIn(word, said)


def compare_all():
    """10,000 schedules of each program."""
    test = Explore("test_as_new_processes")
    test.setUp()
    for i, (program, *args) in enumerate(PROGRAMS):
        strategy = STRATEGIES[i % len(STRATEGIES)]
        test.compare_with_processes(program, args, strategy, 10000)
        print(program, *args, strategy, "10,000 schedules are those of new processes", flush=True)
    test.doCleanups()


if __name__ == "__main__":
    if sys.argv[1:] == ["--all"]:
        compare_all()
    else:
        rt0test.main()
