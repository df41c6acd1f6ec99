#!/usr/bin/env python3
"""Libraries from Debian's packages, unmodified, in rt0 programs: each used by several goroutines at once, on one P and
on several, and under the simulated kernel. tests/expected/libs_NAME.out is what the same program printed as an ordinary
one, with the machine's compiler and C library (LIBS_HOSTED), and behind a line "-- rt0" what only rt0 has. Simulated
runs give the same traces on every ISA: tests/expected/libs_traces.txt has their digests.

  libs_test.py --write    makes both records anew, and says which have changed
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

# The programs of tests/programs/libs, and the package that each needs.
PACKAGES = {"fmt": "libfmt-dev", "json": "nlohmann-json3-dev", "cli": "libcli11-dev", "doctest": "doctest-dev",
            "ranges": "librange-v3-dev", "boost": "libboost-dev", "streams": "libstdc++-12-dev"}
SOURCES = rt0test.TESTS / "programs" / "libs"
STATUS = {"doctest": 1}  # its failing cases fail
RT0_ONLY = b"-- rt0\n"
SIM = "seed={},procs={},strategy=random"
SIMULATED = [(seed, procs) for seed in (1, 2, 3) for procs in (1, 4)]
TRACES = rt0test.EXPECTED / "libs_traces.txt"
# Programs of which a file is not the runtime's to simulate, or whose size depends on the ISA, have no digest.
NO_TRACE = ("streams",)

# What the program cli prints for a command line, by the stream that it prints it to, and its exit status.
COMMAND_LINES = {
    ("--version",): (b"tool 1.2\n", b"", 0),
    ("--count", "0"): (b"", b"--count: Value 0 not in range 1 to 100\nRun with --help for more information.\n", 105),
    ("-c", "3", "a"): (b"3 0.5 nobody 001 /main [a] \n", b"", 3),
}
CIN = b"1 2 3 x\nline\nlast"
CIN_OUT = (b"sum 6\n[x]\n[line]\n[last]\nwide 7\n1 printf 2.50 c\n" + b" " * 299 + b"7|\nputs\n\n",
           b"end 1\nlogged\nfputs\n")
THROWS = (b"locale::facet::_S_create_c_locale name not valid\nbasic_ios::clear: iostream error\n"
          b"Mismatched '(' and ')' in regular expression\n")


def expected(name):
    return (rt0test.EXPECTED / f"libs_{name}.out").read_bytes()


def hosted(name, folder):
    """What the program prints as an ordinary one."""
    program = pathlib.Path(folder) / name
    subprocess.run(["g++", "-std=c++20", "-O1", "-DLIBS_HOSTED", f"-ffile-prefix-map={rt0test.TOP}/=",
                    SOURCES / f"{name}.cc", "-o", program], check=True, timeout=600)
    done = subprocess.run([program], env={"LIBS_FOLDER": folder}, stdout=subprocess.PIPE, timeout=60, check=False)
    return done.stdout


def traced(name, seed, procs, how, folder):
    done, trace = rt0test.run_traced(f"libs_{name}", how=how,
                                     env={"RT0_SIM": SIM.format(seed, procs), "LIBS_FOLDER": folder})
    return done, hashlib.sha256(trace.encode()).hexdigest()[:16]


def trace_records():
    rows = (line.split() for line in TRACES.read_text("ascii").splitlines() if not line.startswith("#"))
    return {(name, int(seed), int(procs)): digest for name, seed, procs, digest in rows}


class LibsCase(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def needs(self, name):
        if not rt0test.program_path(f"libs_{name}").exists():
            self.skipTest(f"libs_{name} has not been built, which needs Debian's {PACKAGES[name]}: `make test` "
                          "installs it and builds the target `libs`")

    def run_lib(self, name, *args, program="libs_{}", **env):
        return self.run_program(program.format(name), *args, env={"LIBS_FOLDER": self.folder, **env})


def each_library(cls):
    """One test method for each library, so that a library that is absent is skipped by its name."""
    for name in PACKAGES:
        def live(self, name=name):
            self.needs(name)
            for procs in ("1", "4"):
                with self.subTest(GOMAXPROCS=procs):
                    done = self.run_lib(name, GOMAXPROCS=procs)
                    self.assert_same_text(done.out, expected(name), "what the library prints")
                    self.assertEqual((done.status, done.err), (STATUS.get(name, 0), b""))

        def simulated(self, name=name):
            self.needs(name)
            for seed, procs in SIMULATED:
                with self.subTest(seed=seed, procs=procs):
                    done, digest = traced(name, seed, procs, self.how, self.folder)
                    self.assert_same_text(done.out, expected(name), "what the library prints")
                    self.assertEqual((done.status, done.err), (STATUS.get(name, 0), b""))
                    if name not in NO_TRACE:
                        self.assertEqual(digest, trace_records()[name, seed, procs], "the trace of all ISAs")

        setattr(cls, f"test_{name}", live)
        setattr(cls, f"test_{name}_simulated", simulated)
    return rt0test.each_how(cls)


@each_library
class Libs(LibsCase):
    def test_cli_of_the_program_itself(self):
        self.needs("cli")
        for words, (out, err, status) in COMMAND_LINES.items():
            with self.subTest(words):
                done = self.run_lib("cli", *words)
                self.assertEqual((done.out, done.err, done.status), (out, err, status))
        done = self.run_lib("cli", TOOL_FACTOR="8")  # getenv, in each of the command lines
        self.assertEqual(done.out.count(b" 8 nobody "), expected("cli").count(b" 0.5 nobody "))

    def test_doctest_with_arguments(self):
        self.needs("doctest")
        done = self.run_lib("doctest", "--test-suite=good")
        self.assertEqual((done.status, done.err), (0, b""))
        self.assertIn(b"Status: SUCCESS!", done.out)
        done = self.run_lib("doctest", "--list-test-cases", "--test-suite=bad")
        self.assertEqual(done.out.splitlines()[2:-2],
                         [b"checks that fail", b"requires", b"throws", b"may fail", b"should fail"])

    def test_streams_without_exceptions(self):
        self.needs("streams")
        for env in ({"GOMAXPROCS": "1"}, {"GOMAXPROCS": "4"}, {"RT0_SIM": SIM.format(5, 4)}):
            with self.subTest(env):
                done = self.run_lib("streams", program="cxx_{}", **env)
                self.assert_same_text(done.out, expected("streams"), "what the streams print")
                self.assertEqual((done.status, done.err), (0, b""))

    def test_standard_streams(self):
        self.needs("streams")
        for program in ("libs_streams", "cxx_streams"):
            for env in ({}, {"RT0_SIM": SIM.format(5, 4)}):
                with self.subTest(program, env=env):
                    done = self.run_program(program, "cin", stdin=CIN, env=env)
                    self.assertEqual((done.out, done.err, done.status), (*CIN_OUT, 0))

    def test_streams_throw(self):
        self.needs("streams")
        done = self.run_lib("streams", "throws")
        self.assertEqual((done.out, done.err, done.status), (THROWS, b"", 0))


@unittest.skipUnless(rt0test.FIRST, "the records are the same for all ISAs")
class Records(LibsCase):
    def test_as_an_ordinary_program(self):
        if not shutil.which("g++"):
            self.skipTest("no g++, which makes ordinary programs")
        for name in PACKAGES:
            with self.subTest(name):
                self.needs(name)
                self.assert_same_text(expected(name).partition(RT0_ONLY)[0], hosted(name, self.folder), "glibc's")


def write():
    how = rt0test.HOWS[-1]
    rows = ["# name seed procs digest: see libs_test.py"]
    with tempfile.TemporaryDirectory() as folder:
        for name in PACKAGES:
            done = rt0test.run(f"libs_{name}", how=how, env={"LIBS_FOLDER": folder})
            rest = b"".join(done.out.partition(RT0_ONLY)[1:])
            path = rt0test.EXPECTED / f"libs_{name}.out"
            text = hosted(name, folder) + rest
            if not path.exists() or path.read_bytes() != text:
                print(f"{path.name} has changed", flush=True)
                path.write_bytes(text)
            if name not in NO_TRACE:
                rows += [f"{name} {s} {p} {traced(name, s, p, how, folder)[1]}" for s, p in SIMULATED]
    TRACES.write_text("\n".join(rows) + "\n", "ascii")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        sys.exit(write())
    rt0test.main()
