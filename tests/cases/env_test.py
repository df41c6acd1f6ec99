#!/usr/bin/python3
"""Environment variables mean what they mean to Go: each row of tests/oracle/env_values.txt, GODEBUG's keys, and
malformed values."""

import ast
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

CPUS = sorted(os.sched_getaffinity(0))
HUGE = 5000  # a larger GOMAXPROCS costs an emulator seconds, so it is tried natively only


def rows():
    """(variable, value or None, exit status, what Go printed) of each row that was run with Go."""
    for line in (rt0test.ORACLE / "env_values.txt").read_text().splitlines():
        fields = line.split("\t")
        if line.startswith("#") or len(fields) < 4:
            continue
        yield fields[0], ast.literal_eval(fields[1]), int(fields[2]), fields[3]


def on_this_machine(variable, value, line):
    """Go's line as this machine should print it. Go ran on two CPUs, so GOMAXPROCS is 2 where the value did not set
    another number."""
    if variable.startswith("taskset"):
        return line
    line = line.replace("NumCPU 2", f"NumCPU {len(CPUS)}")
    if not (variable == "GOMAXPROCS" and value == "2"):
        line = line.replace("GOMAXPROCS 2 ", f"GOMAXPROCS {len(CPUS)} ")
    return line


@rt0test.each_how
class EnvValues(rt0test.Case):
    def test_the_record_is_there(self):
        self.assertGreater(len(list(rows())), 50)

    def test_every_row(self):
        for variable, value, status, line in rows():
            huge = variable == "GOMAXPROCS" and value and value.isdecimal() and HUGE < int(value) < 1 << 31
            if self.how == "qemu" and huge:
                continue
            env, before = {}, ()
            if variable.startswith("taskset"):
                before = ("taskset", "-c", str(CPUS[0]))
                if "=" in value:
                    env = dict([value.split("=")])
            elif value is not None:
                env = {variable: value}
            with self.subTest(variable=variable, value=value):
                done = self.run_program("envprobe", env=env, before=before)
                self.assert_status(done, status)
                if status == 0:
                    self.assertEqual(rt0test.text(done.out), on_this_machine(variable, value, line) + "\n")
                    self.assertEqual(done.err, b"")
                else:
                    self.assertEqual(rt0test.text(done.err).split("\n")[:4], line.split(" / "))
                    self.assertEqual(done.out, b"")

    def probe(self, **env):
        done = self.run_program("envprobe", env=env)
        self.assert_status(done, 0)
        self.assertEqual(done.err, b"")
        return rt0test.text(done.out)

    def test_numbers_of_no_size(self):
        plain = self.probe()
        for value in ("99999999999", "9" * 1000, "18446744073709551617", "-9223372036854775809"):
            self.assertEqual(self.probe(GOMAXPROCS=value), plain, value)
        for value in ("9" * 100, "18446744073709551617", "-9223372036854775809"):
            self.assertEqual(self.probe(GOGC=value), plain, value)

    def test_unknown_godebug(self):
        plain = self.probe()
        for value in ("nosuchkey=1", "nosuchkey", "=", ",", ",,,", "=1", "inittrace", "inittrace=", "inittrace=x",
                      "a=b=c,d", "inittrace=99999999999", "x" * 100000, "=" * 1000, "," * 1000):
            self.assertEqual(self.probe(GODEBUG=value), plain, value[:50])

    def test_a_longer_name_is_another_one(self):
        """RT0_TRACEX and RT0_TRAC are not RT0_TRACE: no trace is written."""
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_program("println", env={"RT0_TRACEX": "trace", "RT0_TRAC": "trace"}, cwd=folder)
            self.assert_status(done, 0)
            self.assertEqual(os.listdir(folder), [])

    def test_the_first_of_two_counts(self):
        """An environment may hold a name twice; Go takes the first. Python's own calls cannot pass such an environment,
        execve can."""
        program = rt0test.program_path("envprobe")
        if self.how != "native":
            self.skipTest("an environment with a name twice cannot be passed through QEMU here")
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(write, 1)
            import ctypes
            libc = ctypes.CDLL(None)
            argv = (ctypes.c_char_p * 2)(b"envprobe", None)
            envp = (ctypes.c_char_p * 3)(b"GOMAXPROCS=3", b"GOMAXPROCS=5", None)
            libc.execve(str(program).encode(), argv, envp)
            os._exit(99)
        os.close(write)
        out = os.read(read, 1000)
        os.close(read)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(out.startswith(b"GOMAXPROCS 3 "), out)


MS = r"(?:0|0\.00\d|0\.0\d\d|0\.\d\d|\d\.\d|\d\d+)"  # at most two significant digits, as fmtNSAsMS writes them
INIT_LINE = re.compile(rf"init (\S+) @({MS}) ms, ({MS}) ms clock, (\d+) bytes, (\d+) allocs")


@rt0test.each_how
class Godebug(rt0test.Case):
    def init_lines(self, lines):
        matches = [INIT_LINE.fullmatch(line) for line in lines]
        self.assertNotIn(None, matches, lines)
        return matches

    def test_the_form_is_go_s(self):
        """Checks the pattern itself: it accepts the lines that Go printed."""
        go = (rt0test.ORACLE / "inittrace.fmt.txt").read_text().splitlines()
        self.init_lines([line for line in go if line.startswith("init ")])

    def test_inittrace(self):
        for value in ("inittrace=1", "nosuchkey=7,inittrace=1", "inittrace=0,inittrace=1", "inittrace=1,"):
            with self.subTest(value=value):
                done = self.run_program("allocating_init", env={"GODEBUG": value})
                self.assert_status(done, 0)
                *inits, last = rt0test.text(done.err).splitlines()
                self.assertEqual(last, "main")
                matches = self.init_lines(inits)
                self.assertEqual([m[1] for m in matches], ["runtime", "os", "allocates", "empty"])
                starts = [float(m[2]) for m in matches]
                self.assertEqual(starts, sorted(starts))
                bytes_of = {m[1]: (int(m[4]), int(m[5])) for m in matches}
                self.assertEqual(bytes_of["empty"], (0, 0))
                self.assertEqual(bytes_of["allocates"][1], 3)
                # Size classes round up, so it is more than asked for.
                self.assertTrue(300 <= bytes_of["allocates"][0] <= 600, bytes_of)

    def test_inittrace_off(self):
        for value in ("inittrace=0", "inittrace=1,inittrace=0", "INITTRACE=1", " inittrace=1"):
            done = self.run_program("allocating_init", env={"GODEBUG": value})
            self.assertEqual(done.err, b"main\n", value)

    def ancestors(self, value):
        """The ancestors in the traceback of the goroutine that failed: their ids, and the text about each."""
        env = {"GOMAXPROCS": "1", "GODEBUG": value} if value else {"GOMAXPROCS": "1"}
        done = self.run_program("ancestors", env=env)
        self.assert_fatal(done, "deliberate, in the fifth generation")
        first = rt0test.text(done.err).split("\n\ngoroutine ")[1]
        self.assertRegex(first, r"^6 gp=")
        self.assertIn("created by main.generation in goroutine 5\n\ttests/programs/ancestors.cc:8", first)
        sections = re.split(r"^\[originating from goroutine (\d+)\]:\n", first, flags=re.M)[1:]
        for text in sections[1::2]:
            self.assertIn("main.generation()\n\ttests/programs/ancestors.cc:8", text)
        return [int(goid) for goid in sections[0::2]], sections[1::2]

    def test_tracebackancestors(self):
        self.assertEqual(self.ancestors("tracebackancestors=5")[0], [5, 4, 3, 2, 1])
        self.assertEqual(self.ancestors("tracebackancestors=2")[0], [5, 4])
        self.assertEqual(self.ancestors("tracebackancestors=1000000")[0], [5, 4, 3, 2, 1])
        for off in ("tracebackancestors=0", "tracebackancestors=-1", None):
            self.assertEqual(self.ancestors(off)[0], [], off)

    def test_ancestors_were_created_too(self):
        """Go ends each ancestor's frames with its creator, except goroutine 1's."""
        goids, sections = self.ancestors("tracebackancestors=5")
        for goid, text in zip(goids, sections):
            self.assertEqual(text.count("created by main.generation\n\ttests/programs/ancestors.cc:8"), goid != 1, text)


if __name__ == "__main__":
    rt0test.main()
