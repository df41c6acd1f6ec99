#!/usr/bin/python3
"""The boot uses the valid parts of the initial stack, ignores its invalid parts, and never crashes.

Each scenario is one run of the program `forged`, which builds the stack it boots on; see tests/programs/forged.cc.
"""

import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

NO_PAGE_SIZE = "failed to get system page size"


def fnv(strings):
    h = 0xCBF29CE484222325
    for s in strings:
        for byte in s.encode() + b"\0":
            h = ((h ^ byte) * 0x100000001B3) % (1 << 64)
    return h


@rt0test.each_how
class Forged(rt0test.Case):
    def forge(self, **scenario):
        return self.run_program("forged", *(f"{k}={v}" for k, v in scenario.items()))

    def boots(self, found=None, **scenario):
        """The program boots and runs a goroutine. Its main finds the data in `found`: argv and env as lists, and the
        kernel's data."""
        want = {"argv": [f"arg{i}" for i in range(scenario.get("argc", 1))], "env": [], "random": False,
                "secure": False, "vdso": False, **(found or {})}
        done = self.forge(**scenario)
        argv, env, random, secure, vdso = want.values()
        self.assert_status(done, 0)
        lines = rt0test.text(done.err).splitlines()
        self.assertEqual(lines[0], f"argc {len(argv)} sum {fnv(argv)}")
        self.assertEqual(lines[1], f"env {len(env)} sum {fnv(env)}")
        said = lambda yes: "true" if yes else "false"
        self.assertRegex(lines[2], rf"^page \d+ random {said(random)} secure {said(secure)} vdso {said(vdso)}$")
        self.assertEqual(lines[-1], "goroutine true")
        return lines

    def test_argc(self):
        for argc in (0, 1, 2, 1000):
            self.boots(argc=argc)

    def test_argc_says_more_than_there_is(self):
        """argv ends at its null pointer, whatever argc says; the environment begins behind it."""
        for argc in (4, 5, 1000, 0x7FFFFFFF):
            lines = self.forge(argc=argc, argv=3, env=2, random="good")
            self.assert_status(lines, 0)
            self.assertEqual(rt0test.text(lines.err).splitlines()[:2],
                             [f"argc 3 sum {fnv(['arg0', 'arg1', 'arg2'])}", f"env 2 sum {fnv(['E0=0', 'E1=1'])}"])

    def test_argc_says_less_than_there_is(self):
        """With argc too small there is no null at argv[argc], so the boot cannot find the environment and the auxiliary
        vector."""
        for argc in (0, 1, 2):
            self.assert_fatal(self.forge(argc=argc, argv=3), NO_PAGE_SIZE)

    def test_environment(self):
        self.boots()
        self.boots({"env": ["E0=0"]}, env=1)
        self.boots({"env": [f"E{i}={i}" for i in range(10000)]}, env=10000)
        long = "LONG=" + "".join(chr(ord("a") + i % 26) for i in range(100 * 1024))
        self.boots({"env": ["E0=0", "E1=1", long]}, env=2, long=100 * 1024)
        for odd in ("GOMAXPROCS=3", "=", "", "no equals sign", "GODEBUG", "GODEBUG=="):
            self.boots({"env": [odd]}, set=odd)

    def test_page_size(self):
        for page in (-1, 0, 1, 3, 4095, 4097, 1 << 40):
            self.assert_fatal(self.forge(page=page), NO_PAGE_SIZE)
        for page in (4096, 16384, 65536):
            self.boots(page=page)

    def test_random(self):
        self.boots(argc=2)
        self.boots({"random": True}, argc=2, random="good")
        for where in ("unmapped", "behind", "inside", "end", "low"):
            with self.subTest(where=where):
                self.boots(argc=2, random=where)

    def test_random_of_the_kernel(self):
        """The boot's checks accept the random bytes that the kernel, or QEMU, really supplies."""
        done = self.run_program("forged_not")
        self.assert_status(done, 0)
        self.assertRegex(rt0test.text(done.err), r"(?m)^page \d+ random true secure false vdso (true|false)$")

    @rt0test.needs("/proc/self/maps")
    def test_vdso(self):
        lines = self.boots({"vdso": self.how == "native" and self.native_vdso()}, vdso="real")
        self.assertEqual(len(lines), 4)
        for what in ("unmapped", "odd", "garbage", "magic", "empty", "class", "truncated", "phoff", "phoff-edge",
                     "phnum", "phentsize",
                     "offset", "vaddr", "filesz", "filesz-wraps", "dynamic", "dynamic-odd", "dynamic-end", "hash",
                     "hash-end",
                     "symbols-many", "strtab", "strtab-end", "symtab", "symtab-end", "name", "name-end", "value",
                     "good"):
            with self.subTest(what=what):
                self.boots(vdso=what)  # "good" is a valid vDSO that has another function, not the clock

    def native_vdso(self):
        return "[vdso]" in pathlib.Path("/proc/self/maps").read_text()

    def test_vdso_mutated(self):
        """Thousands of images, each a valid one with a few fields changed."""
        rounds = 20000 if self.how == "native" else 2000
        lines = self.boots(fuzz=rounds)
        match = re.fullmatch(r"fuzz true (\d+)", lines[3])
        self.assertTrue(match, lines)
        self.assertTrue(rounds // 20 < int(match[1]) < rounds * 19 // 20,
                        "mutations that change the result, but not every time")

    def test_vector_without_an_end(self):
        """Behind the vector: pairs of unknown types, random data, or at once the strings, with no mapped memory after
        them."""
        self.boots(null="no", tail="pairs", argc=2)
        self.boots(null="no", tail="garbage", argc=2)
        for argc in (1, 2, 10, 100):
            with self.subTest(argc=argc):
                self.boots(null="no", argc=argc)

    def test_vector_without_an_end_or_anything_behind_it(self):
        self.boots(null="no", argc=0)

    def test_secure(self):
        """A privileged program does not write where its caller's environment says."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "trace"
        trace = f"RT0_TRACE={path}"
        self.boots({"env": [trace], "secure": True}, set=trace, secure=1)
        self.assertFalse(path.exists())
        self.boots({"env": [trace]}, set=trace, secure=0)
        self.assertTrue(path.exists())
        rt0test.parse_trace(path.read_text("ascii"))
        path.unlink()
        self.boots({"env": ["RT0_TRACE=-"], "secure": True}, set="RT0_TRACE=-", secure=1)


if __name__ == "__main__":
    rt0test.main()
