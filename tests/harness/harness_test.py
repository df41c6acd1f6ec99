#!/usr/bin/python3
"""The harness of the order programs finds wrong programs, even those that are right in two of five runs. A busy machine
makes no test fail. What is skipped or tried again is reported.

The programs here are shell scripts that take the place of an order program. A script is wrong in the runs whose number
is not 2 or 4, modulo 5, so a rule of "one of five runs must match" would let each of them pass."""

import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

FAKE = """#!/bin/sh
n=$(cat {count}); n=$((n + 1)); echo $n >{count}
if [ -n "$RT0_SIM" ]; then kernel=sim; else kernel=live; fi
case $((n % 5)) in 2 | 4) right=yes ;; *) right= ;; esac
right() {{ cat {right}; exit {status}; }}
{code}
"""
RIGHT = "right"
ANY = "[ $right ] && right\n"  # right in two of five runs, whichever kernel it has
LIVE = "[ $kernel = sim ] && right\n" + ANY  # always right on the simulated kernel
OTHER_ORDER = "echo 7 6 0 1 2 3 4 5"
OTHER_WORDS = "echo 6 7 0 1 2 3 4 4"
CRASH = "cat {right}; kill -SEGV $$"
WRONG_STATUS = "cat {right}; exit 1"


class Fake(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name) / "fake"
        (self.build / "bin").mkdir(parents=True)
        self.count = self.build / "count"
        self.count.write_text("0")
        self.load = 1.0
        before = rt0test.retries.copy()
        self.addCleanup(lambda: (rt0test.retries.clear(), rt0test.retries.update(before)))
        rt0test.retries.clear()

    def program(self, name, code):
        parts = {"count": self.count, "right": order.ORDER / f"{name}.out", "status": order.go_status(name)}
        path = self.build / "bin" / f"order_{name}"
        path.write_text(FAKE.format(code=code.replace("{right}", str(parts["right"])), **parts))
        path.chmod(0o755)

    def suite(self, name):
        """One run of an order test of this program alone, natively."""
        case = type("Case", (order.OrderCase,), {"builds": (self.build,), "how": "native",
                                                 "runTest": lambda case: case.like_go([name])})()
        result = unittest.TestResult()
        with unittest.mock.patch.object(rt0test, "load", lambda: self.load), unittest.mock.patch("sys.stderr"):
            case.run(result)
        return result

    def assert_found(self, name, code, why):
        """Each of 20 suites in a row finds the fault."""
        self.program(name, code)
        for i in range(20):
            result = self.suite(name)
            self.assertFalse(result.wasSuccessful(), f"suite {i} of {name} let the fake pass")
            self.assertRegex("".join(text for _, text in result.failures + result.errors), why)

    def test_right_programs_pass(self):
        for name in ("spawn1", "sleep_same"):
            self.program(name, RIGHT)
            result = self.suite(name)
            self.assertTrue(result.wasSuccessful(), result.failures + result.errors)
        self.assertEqual(sum(rt0test.retries.values()), 0)

    def test_a_deterministic_program_that_is_wrong_in_three_of_five_runs(self):
        self.assertNotIn("spawn1", order.TIMED)
        self.assert_found("spawn1", ANY + "echo wrong", "wrong")

    def test_a_timed_program_that_is_wrong_in_three_of_five_runs(self):
        self.assert_found("sleep_same", ANY + OTHER_ORDER, "RT0_SIM=seed=")

    def test_a_timed_program_that_crashes(self):
        self.assert_found("sleep_same", "[ $kernel = sim ] && right\n" + CRASH, "-11")
        self.assert_found("sleep_same", ANY + CRASH, "-11")

    def test_a_timed_program_with_another_status(self):
        self.assert_found("sleep_same", "[ $kernel = sim ] && right\n" + WRONG_STATUS, "exit status")

    def test_a_timed_program_that_crashes_sometimes(self):
        """Its other runs print another order, so the harness makes more runs: none of them may crash."""
        self.assert_found("sleep_same", "[ $kernel = sim ] && right\n[ $right ] && {\n" + CRASH + "\n}\n" + OTHER_ORDER,
                          "-11")

    def test_a_timed_program_with_other_words(self):
        self.assert_found("sleep_same", "[ $kernel = sim ] && right\n" + OTHER_WORDS, "other words")

    def test_a_timed_program_that_hangs(self):
        """On a busy machine the program gets ten times as long, and hangs all the same."""
        limited = lambda case, *args, **options: rt0test.run(*args, how="native", timeout=1, **options)
        self.program("sleep_same", "[ $kernel = sim ] && right\nexec sleep 100")
        for self.load, seconds in ((1.0, 1), (2.0, 10)):
            with unittest.mock.patch.object(order.OrderCase, "run_program", limited):
                result = self.suite("sleep_same")
            self.assertRegex(result.failures[0][1], rf"no end after {seconds} s")

    def test_a_slow_program_on_a_busy_machine(self):
        limited = lambda case, *args, **options: rt0test.run(*args, how="native", timeout=1, **options)
        self.program("sleep_same", "[ $kernel = sim ] || sleep 3\nright")
        for self.load, passes in ((1.0, False), (2.0, True)):
            with unittest.mock.patch.object(order.OrderCase, "run_program", limited):
                self.assertEqual(self.suite("sleep_same").wasSuccessful(), passes)

    def test_another_order_is_tried_again_and_told(self):
        self.program("sleep_same", LIVE + OTHER_ORDER)
        # With this count the 7th run is the right live one: three simulated runs and three wrong live ones come first.
        self.count.write_text("4")
        self.assertTrue(self.suite("sleep_same").wasSuccessful())
        self.assertGreater(rt0test.retries["sleep_same"], 0)
        self.assertLess(rt0test.retries["sleep_same"], order.TRIES)

    def test_never_the_right_order(self):
        """On an idle machine that is a failure, on a busy one a skip that is reported. The simulated runs are right."""
        self.program("sleep_same", "[ $kernel = sim ] && right\n" + OTHER_ORDER)
        result = self.suite("sleep_same")
        self.assertIn("in none of 20 runs, on a machine that is not busy", result.failures[0][1])
        self.load = 2.0
        result = self.suite("sleep_same")
        self.assertTrue(result.wasSuccessful())
        self.assertIn("the machine is busy", result.skipped[0][1])
        self.assertEqual(rt0test.retries["sleep_same"], 2 * order.TRIES)

    def test_another_end(self):
        """cond_signal may end in a deadlock, and only with these words."""
        asleep = ("[ $kernel = sim ] && right\n[ $right ] && right\n"
                  "echo 'fatal error: all goroutines are asleep - deadlock!'; exit 2")
        self.program("cond_signal", asleep)
        self.assertTrue(self.suite("cond_signal").wasSuccessful())
        self.assert_found("cond_signal", "[ $kernel = sim ] && right\necho panic: something else; exit 2",
                          "exit status")

    def test_every_timed_program_is_there(self):
        for name in order.TIMED:
            self.assertTrue((order.ORDER / f"{name}.out").exists(), name)


class Summary(unittest.TestCase):
    """What main() says at the end of a file, and its exit status."""

    def file(self, body):
        code = (f"import sys\nsys.path.insert(0, {str(rt0test.TESTS)!r})\nimport unittest\n"
                f"from harness import rt0test\n\nclass T(unittest.TestCase):\n{body}\nrt0test.main()\n")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file.py"
            path.write_text(code)
            done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
        return done.returncode, re.findall(r"(?m)(?:^summary|^skipped|^retried|retry).*$", done.stderr)

    def test_passed(self):
        self.assertEqual(self.file("  def test(self): pass"),
                         (0, ["summary: 1 tests: 1 passed, 0 skipped, 0 failed; 0 retries"]))

    def test_all_skipped(self):
        self.assertEqual(self.file("  def test(self): self.skipTest('no such thing')\n  def test_2(self): "
                                   "self.skipTest('no such thing')"),
                         (77, ["summary: 2 tests: 0 passed, 2 skipped, 0 failed; 0 retries",
                               "skipped: no such thing (2)"]))

    def test_a_class_skipped(self):
        self.assertEqual(self.file("  @classmethod\n  def setUpClass(cls): raise unittest.SkipTest('not here')\n  def "
                                   "test(self): pass"),
                         (77, ["summary: 0 tests: 0 passed, 0 skipped, 0 failed; 0 retries", "skipped: not here (1)"]))

    def test_some_skipped(self):
        self.assertEqual(self.file("  def test(self): pass\n  @unittest.skip('why')\n  def test_2(self): pass"),
                         (0, ["summary: 2 tests: 1 passed, 1 skipped, 0 failed; 0 retries", "skipped: why (1)"]))

    def test_a_part_skipped(self):
        self.assertEqual(self.file("  def test(self):\n    for i in 1, 2:\n      with self.subTest(i=i):\n        if i "
                                   "== 1: self.skipTest('a part')"),
                         (0, ["summary: 1 tests: 1 passed, 0 skipped, 0 failed; 0 retries", "skipped: a part (1)"]))

    def test_failed(self):
        body = ("  def test(self): self.fail()\n  def test_2(self): self.skipTest('x')\n"
                "  def test_3(self): rt0test.retried('it', 'so')")
        self.assertEqual(self.file(body), (1, ["retry 1 of it: so",
                                               "summary: 3 tests: 1 passed, 1 skipped, 1 failed; 1 retries",
                                               "skipped: x (1)", "retried: it (1)"]))

    def test_load(self):
        self.assertGreater(rt0test.load(), 0.9)


class Matrix(unittest.TestCase):
    """qemu/matrix.py distinguishes skipped tests from those that passed."""

    def test_results(self):
        spec = importlib.util.spec_from_file_location("matrix", rt0test.TOP / "qemu" / "matrix.py")
        matrix = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(matrix)
        cases = {"a": ('status="run"', "", "summary: ..."),
                 "b": ('status="run"', "", "summary: ...\nskipped: no tool (2)\n"),
                 "c": ('status="notrun"', '<skipped message="SKIP_RETURN_CODE=77"/>', "skipped: here (1)"),
                 "d": ('status="fail"', '<failure message=""/>', "skipped: not told (1)"),
                 "e": ('status="notrun"', '<skipped message="Unable to find executable"/>', ""),
                 "f": ('status="run"', "", "[  PASSED  ] 5 tests.\n[  SKIPPED ] 2 tests, listed below:\n")}
        junit = xml.fromstring("<testsuite>" + "".join(
            f'<testcase name="{name}" {status}>{element}<system-out>{said}</system-out></testcase>'
            for name, (status, element, said) in cases.items()) + "</testsuite>")
        tests = [{"name": name, "properties": [{"name": "LABELS", "value": ["isa"]}]} for name in cases]
        self.assertEqual(list(matrix.results(junit, tests)),
                         [("isa", "passed", "a", []), ("isa", "part", "b", ["no tool"]),
                          ("isa", "skipped", "c", ["here"]), ("isa", "failed", "d", []), ("isa", "failed", "e", []),
                          ("isa", "part", "f", ["2 of its tests; their output says why"])])


if __name__ == "__main__":
    rt0test.main()
