#!/usr/bin/python3
"""The records of Go in tests/oracle/: each has its Go program, which gives the record again where Go is installed.

RT0_ORACLE_SEED chooses the programs that are run (default: another sample each time; the seed is printed).
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import oracle
from harness import order, rt0test

SAMPLE, RUNS = 10, 3  # programs, and how often each is run
SLOW = {"fatal_stack_overflow"}  # needs 1 GB of memory; `make oracle` runs it


def stems(pattern):
    return {path.stem for path in order.ORDER.glob(pattern)}


class Records(unittest.TestCase):
    def test_each_has_all_parts(self):
        """A record has a Go program, the same program for rt0, the output and the exit status; and a test names it."""
        programs = {path.stem for path in order.PROGRAMS.rglob("*.cc")}
        tests = " ".join(path.read_text() for path in (rt0test.TESTS / "cases").glob("*_test.py"))
        for what, found in (("*.go", stems("*.go")), ("*.out", stems("*.out")), ("*.exit", stems("*.exit")),
                            ("named by a test", {name for name in programs if re.search(rf"\b{name}\b", tests)})):
            self.assertEqual(sorted(programs ^ found), [], f"{what}: missing, or no program of tests/programs/order/")
        self.assertGreater(len(programs), 150)

    def test_same_environment(self):
        """The first line of both programs is the environment of both runs."""
        for path in order.ORDER.glob("*.go"):
            go = path.read_text().splitlines()[0]
            self.assertRegex(go, r"\A// env:( \w+=\S*)*\Z", path.name)
            env = [f"{name}={value}" for name, value in order.env_of(path.stem).items()]
            self.assertEqual(go.removeprefix("// env:").split(), env, path.name)

    def test_version(self):
        self.assertRegex(oracle.reference(), r"\Ago1\.26(\.\d+)? linux/amd64\Z")

    def test_timed_programs_exist(self):
        self.assertEqual(sorted(set(order.TIMED) - stems("*.go")), [])

    @unittest.skipUnless(shutil.which("gofmt"), "Go is not installed: the form of the Go programs is not checked")
    def test_form(self):
        done = subprocess.run(["gofmt", "-l", oracle.ORACLE], stdout=subprocess.PIPE, text=True, check=True)
        self.assertEqual(done.stdout, "", "gofmt -w mends these")

    def test_sample(self):
        """Go gives the records of a random sample again."""
        here = oracle.installed()
        if here is None:
            self.skipTest("Go is not installed: no program was run with it")
        if why := oracle.unlike(here):
            self.skipTest(f"{why}: no program was run with it")
        seed = int(os.environ.get("RT0_ORACLE_SEED", random.randrange(1 << 32)))
        chosen = random.Random(seed).sample(sorted(stems("*.go") - SLOW), SAMPLE)
        print(f"RT0_ORACLE_SEED={seed}: {' '.join(chosen)}", file=sys.stderr, flush=True)
        said = []
        changed, wrong, _ = oracle.compare(chosen, RUNS, said.append)
        self.assertEqual(wrong, [], "\n".join(said))
        # A few runs did not give the record: perhaps the machine is busy.
        late = sorted(set(changed) & set(order.TIMED))
        for name in late:
            rt0test.retried(name, f"none of {RUNS} runs gave the record; it depends on this: {order.TIMED[name].why}")
        again, _, _ = oracle.compare(late, oracle.RUNS, said.append)
        self.assertEqual(sorted(set(changed) - set(late)), [], "\n".join(said))
        if again and rt0test.load() > rt0test.BUSY:
            self.skipTest(f"{' '.join(again)}: the output depends on moments, and the machine is busy")
        self.assertEqual(sorted(again), [], "\n".join(said))


class Tool(unittest.TestCase):
    """What oracle.py decides, with outputs that the test makes up."""

    def anew(self, name, *texts):
        return oracle.recorded_anew(name, [oracle.Output(text, order.go_status(name)) for text in texts])

    def test_one_run_is_enough_for_a_timed_program(self):
        right = order.go_said("sleep_same")
        self.assertEqual(self.anew("sleep_same", "1 2\n", "1 2\n", right), (oracle.record("sleep_same"), 1))
        new, count = self.anew("sleep_same", "1 2\n", "1 3\n", "1 2\n")
        self.assertEqual((new.text, count), ("1 2\n", 2))

    def test_runs_of_another_program_must_agree(self):
        right = order.go_said("panic_order")
        self.assertEqual(self.anew("panic_order", right, right), (oracle.record("panic_order"), 2))
        with self.assertRaisesRegex(oracle.Wrong, "its runs differ"):
            self.anew("panic_order", right, "end\n")

    def test_masked_parts_are_no_difference(self):
        name = "fatal_panic_deferred"
        moved = re.sub(r"\.go:\d+", ".go:99 +0x1b", order.go_said(name)).replace("goroutine 1", "goroutine 7")
        self.assertNotEqual(moved, order.go_said(name))
        new, _ = self.anew(name, moved)
        self.assertEqual(oracle.masked(name, new), oracle.masked(name, oracle.record(name)))
        new, _ = self.anew(name, moved.replace("boom", "bang"))
        self.assertNotEqual(oracle.masked(name, new), oracle.masked(name, oracle.record(name)))

    def test_numbers_are_no_addresses(self):
        self.assertIs(order.mask_for(order.go_said("strconv")), str)
        self.assertIs(order.mask_for(order.go_said("goid")), order.mask)

    def test_frames_of_faketime(self):
        def frame(data):
            return b"\0\0PB" + bytes(8) + len(data).to_bytes(4, "big") + data

        self.assertEqual(oracle.unframed(frame(b"f2 ") + frame(b"f0 \0\0PB")), b"f2 f0 \0\0PB")
        self.assertEqual(oracle.unframed(b"plain"), b"plain")

    def test_another_go(self):
        self.assertEqual(oracle.unlike("go1.26.99 linux/amd64"), "")
        self.assertRegex(oracle.unlike("go1.27.1 linux/amd64"), "records are of Go 1.26, and Go 1.27 is installed")
        self.assertRegex(oracle.unlike("go1.26 linux/arm64"), "records are of linux/amd64, and this is linux/arm64")

    def test_no_go(self):
        """oracle.py says that there is no Go, and does not fail."""
        with unittest.mock.patch.dict(os.environ, {"PATH": "/nowhere"}):
            said = subprocess.check_output([sys.executable, oracle.__file__, "--write"], text=True)
        self.assertEqual(said, "oracle.py: skipped, nothing was compared or written: there is no `go` on PATH\n")

    def test_unknown_name(self):
        line = [sys.executable, oracle.__file__, "--check", "nonsense"]
        done = subprocess.run(line, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no program nonsense", done.stderr)


if __name__ == "__main__":
    rt0test.main()
