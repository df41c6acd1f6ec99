#!/usr/bin/env python3
"""std::thread and its kin, pthreads and thread_local variables in programs, and libraries that use them. A shorter
trace of such a program: sim_golden_test.py.

  cxx_threads_test.py --write   writes the digests of the traces anew, from the first ISA
"""

import hashlib
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import installed
import rt0test

SIM = "seed={},procs={},strategy={}"
HAVE = rt0test.program_path("cxx_threads").exists()  # not where the toolchain has no libstdc++.a


# The digests of traces that are too long to be kept: program, seed, digest.
TRACES = rt0test.EXPECTED / "cxx_threads.traces"


def trace_digest(program, seed, how):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        env = {"RT0_SIM": SIM.format(seed, 2, "random"), "RT0_TRACE": path}
        rt0test.run(program, how=how, env=env)
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:16]


def write():
    lines = [f"{program} {seed} {trace_digest(program, seed, 'native')}\n"
             for program in ("cxx_threads", "cxx_pthreads") for seed in (1, 2, 3)]
    TRACES.write_text("".join(lines), "ascii")


@unittest.skipUnless(HAVE, "the toolchain has no libstdc++.a")
@rt0test.each_how
class Threads(rt0test.Case):
    PROGRAMS = ("threads", "threads_throw", "pthreads")

    def test_output(self):
        """On one P and on several, and under the simulated kernel: the same bytes, which are the same on every ISA."""
        for program in self.PROGRAMS:
            want = (rt0test.EXPECTED / f"cxx_{program}.out").read_bytes()
            envs = [{"GOMAXPROCS": "1"}, {"GOMAXPROCS": "4"}]
            envs += [{"RT0_SIM": SIM.format(seed, 3, strategy)} for strategy in ("random", "pct:3")
                     for seed in (range(1, 51) if rt0test.FIRST and self.how == "native" else range(1, 3))]
            for env in envs:
                with self.subTest(program, env=env):
                    done = rt0test.run(f"cxx_{program}", how=self.how, env=env)
                    self.assertEqual((done.status, done.err, done.out), (0, b"", want))

    def test_traces(self):
        """The same bytes on every ISA."""
        for line in TRACES.read_text("ascii").splitlines():
            program, seed, digest = line.split()
            with self.subTest(program, seed=seed):
                self.assertEqual(trace_digest(program, seed, self.how), digest)

    def test_preemption(self):
        """A thread's variables go with it when it is preempted and goes on on another P."""
        for procs in (1, 3):
            done = rt0test.run("cxx_threads", "busy", how=self.how, env={"GOMAXPROCS": str(procs)})
            self.assertEqual((done.status, done.out, done.err), (0, b"busy: 0\n", b""))

    def fails(self, part, *lines):
        for env in ({"GOMAXPROCS": "4"}, {"RT0_SIM": SIM.format(5, 2, "random")}):
            with self.subTest(part, env=env):
                done = rt0test.run("cxx_threads", part, how=self.how, env=env)
                said = rt0test.text(done.err)
                self.assertEqual(done.status, 2, said)
                at = 0
                for line in lines:
                    found = re.compile(line, re.M).search(said, at)
                    self.assertIsNotNone(found, f"no {line!r} after the first {at} characters of:\n{said}")
                    at = found.end()

    def test_a_thread_that_nobody_joins(self):
        self.fails("not_joined", r"\Afatal error: std::terminate was called$", r"^main\.not_joined\(")

    def test_deadlock(self):
        """Two goroutines that lock two mutexes in different orders are found, with what they wait for."""
        self.fails("deadlock", r"\Afatal error: all goroutines are asleep - deadlock!$",
                   r"^goroutine 1 \[sync\.Mutex\.Lock\]:$", r"^main\.deadlock\(",
                   r"^goroutine \d+ \[sync\.Mutex\.Lock\]:$")

    def test_hang(self):
        """Each kind of wait has its reason."""
        self.fails("hang", r"\Afatal error: all goroutines are asleep - deadlock!$",
                   r"^goroutine 1 \[sync\.WaitGroup\.Wait\]:$")
        done = rt0test.run("cxx_threads", "hang", how=self.how)
        found = sorted(re.findall(r"^goroutine \d+ \[(.*)\]:$", rt0test.text(done.err), re.M))
        self.assertEqual(found, ["semacquire", "sync.Cond.Wait", "sync.RWMutex.Lock", "sync.RWMutex.RLock",
                                 "sync.WaitGroup.Wait"])

    def test_a_panic_in_a_thread(self):
        self.fails("panics", r"\Apanic: in a thread$", r"^goroutine \d+ \[running\]:$", r"^main\.panics\.func1\(")

    def test_another_system_call(self):
        self.fails("other_call", r"\Afatal error: syscall\(1, …\): only SYS_futex is there[^\n]*$",
                   r"^main\.other_call\(")

    def test_an_exception_that_leaves_a_thread(self):
        done = rt0test.run("cxx_threads_throw", "uncaught", how=self.how)
        self.assertEqual(done.status, 2)
        self.assertRegex(rt0test.text(done.err), r"\Apanic: std::runtime_error: out of a thread\n\n"
                         r"goroutine \d+ \[running\]:\n")


VARIABLE = "alignas({}) thread_local char c[{}];\nint main(int n, char**) {{ c[n] = 1; return c[0]; }}\n"


@unittest.skipUnless(HAVE, "the toolchain has no libstdc++.a")
class Built(rt0test.Case):
    """With rt0-c++, by its installed libraries."""

    def build(self, folder, source, *options):
        (folder / "x.cc").write_text(source)
        return installed.tool("x.cc", "-o", "x", *options, cwd=folder)

    def test_variables(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            self.assertEqual(self.build(here, VARIABLE.format(64, 1000)).returncode, 0)
            self.assertEqual(rt0test.run(here / "x", how=rt0test.HOWS[0]).status, 0)
            done = self.build(here, VARIABLE.format(128, 1000))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("rt0: a thread_local variable is aligned to more than 64 bytes", done.stderr)
            self.assertEqual(self.build(here, VARIABLE.format(1, 200000)).returncode, 0)
            done = rt0test.run(here / "x", how=rt0test.HOWS[0])
            self.assertEqual((done.status, rt0test.text(done.err)),
                             (2, "fatal error: the thread_local variables are too large for a goroutine's stack\n"))

    def test_atexit(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            source = "#include <cstdlib>\nint main() { return std::atexit([] {}); }\n"
            self.assertEqual(self.build(here, source).returncode, 0)
            done = rt0test.run(here / "x", how=rt0test.HOWS[0])
            self.assertEqual(done.status, 2)
            self.assertRegex(rt0test.text(done.err), r"\Afatal error: atexit: nothing runs at the end of a program")


LIBRARIES = {"concurrentqueue": "libconcurrentqueue-dev", "readerwriterqueue": "libreaderwriterqueue-dev",
             "boost_lockfree": "libboost-dev", "libcds": "libcds-dev"}


@unittest.skipUnless(HAVE, "the toolchain has no libstdc++.a")
@rt0test.each_how
class Libraries(rt0test.Case):
    """Header libraries of Debian, unmodified, with loads of producers and consumers."""

    def load(self, name):
        program = f"cxx_{name}"
        if not rt0test.program_path(program).exists():
            self.skipTest(f"{LIBRARIES[name]} was not there when the programs were built, or does not know the ISA")
        want = (rt0test.EXPECTED / f"{program}.out").read_bytes()
        envs = [{"GOMAXPROCS": str(n)} for n in (1, 4)]
        seeds = 1000 if rt0test.FIRST and self.how == "native" else 2
        envs += [{"RT0_SIM": SIM.format(seed, 3, "random")} for seed in range(1, seeds + 1)]
        for env in envs:
            with self.subTest(env=env):
                done = rt0test.run(program, how=self.how, env=env)
                self.assertEqual((done.status, done.err, done.out), (0, b"", want))

    def test_concurrentqueue(self):
        self.load("concurrentqueue")

    def test_readerwriterqueue(self):
        self.load("readerwriterqueue")

    def test_boost_lockfree(self):
        self.load("boost_lockfree")

    def test_libcds(self):
        self.load("libcds")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        rt0test.main()
