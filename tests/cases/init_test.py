#!/usr/bin/python3
"""Init tasks: their order, what they may do, and the error when they need each other in a circle."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

ORDER = "a7 a8 a6 a5 a4 a3 a2 a1 a0 app banana date apple elderberry fig cherry zebra main".split()
OURS = ["runtime", "os"]  # the runtime's own tasks run before the program's


@rt0test.each_how
class Order(rt0test.Case):
    def test_needs_first_then_names(self):
        done = self.run_program("init_sorted")
        self.assert_status(done, 0)
        self.assertEqual(rt0test.text(done.err).split(), ORDER)

    def test_the_trace_tells_each_begin_and_end(self):
        done, trace = rt0test.run_traced("init_sorted", env={"GOMAXPROCS": "1"}, how=self.how)
        self.assert_status(done, 0)
        events = rt0test.parse_trace(trace)
        told = [(e.name, e.args["name"]) for e in events if e.name.startswith("InitTask")]
        tasks = OURS + ORDER[:-1]
        self.assertEqual(told, [(name, task) for task in tasks for name in ("InitTask", "InitTaskDone")])
        last = max(i for i, e in enumerate(events) if e.name == "InitTaskDone")
        self.assertIn("main.main", [e.name for e in events[last:]])

    def test_a_circle_is_named(self):
        done = self.run_program("init_circle")
        self.assert_fatal(done, "initialization cycle")
        lines = rt0test.text(done.err).splitlines()
        self.assertEqual(lines[0], "before")  # the tasks outside the circle have run
        circles = [f"{a} -> {b} -> {c} -> {a}" for a, b,
                   c in (("one", "two", "three"), ("two", "three", "one"), ("three", "one", "two"))]
        self.assertIn(lines[1], [f"rt0: init tasks need each other: {circle}" for circle in circles])
        self.assertEqual(lines[2], "fatal error: initialization cycle")
        for never in ("one", "two", "three", "hanger", "main"):
            self.assertNotIn(never, lines)


@rt0test.each_how
class Globals(rt0test.Case):
    """The constructors of all globals are one init task, between rt0's own tasks and the program's."""

    MADE = ["earliest", "early", "globals.cc 1", "globals.cc 2", "globals_other.cc", "task 4"]

    def lines(self, *args, **options):
        done = self.run_program("globals", *args, **options)
        self.assert_status(done, 0)
        return rt0test.text(done.err).splitlines()

    def test_priorities_then_link_order(self):
        for procs in (1, 4):
            self.assertEqual(self.lines(env={"GOMAXPROCS": procs}), self.MADE + ["main globals.cc 1 globals.cc 2"])

    def test_variables_in_functions(self):
        for procs in (1, 4):
            said = self.lines("functions", env={"GOMAXPROCS": procs})[len(self.MADE):]
            self.assertEqual(said, ["made 1 7", "main globals.cc 1 globals.cc 2"])
            said = self.lines("panics", env={"GOMAXPROCS": procs})[len(self.MADE):]
            self.assertEqual(said[:3], ["recovered not yet", "the goroutine ends", "after all 3 3"])

    def test_a_variable_that_needs_itself(self):
        done = self.run_program("globals", "itself")
        self.assert_fatal(done, "the initialization of a static variable needs the variable")

    def test_the_task_is_seen(self):
        done, trace = rt0test.run_traced("globals", env={"GOMAXPROCS": "1"}, how=self.how)
        self.assert_status(done, 0)
        told = [e.args["name"] for e in rt0test.parse_trace(trace) if e.name.startswith("InitTask")]
        self.assertEqual(told, [t for task in OURS + ["globals", "task"] for t in (task, task)])
        said = self.lines(env={"GODEBUG": "inittrace=1"})
        tasks = [line.split()[1] for line in said if line.startswith("init ")]
        self.assertEqual(tasks, OURS + ["globals", "task"])
        globals_line = next(line for line in said if line.startswith("init globals"))
        self.assertRegex(globals_line,
                         r"^init globals @[0-9.]+ ms, [0-9.]+ ms clock, [1-9][0-9]* bytes, [1-9][0-9]* allocs$")

    def test_a_panic_in_a_constructor(self):
        done = self.run_program("globals_panic")
        self.assert_status(done, 2)
        lines = rt0test.text(done.err).splitlines()
        self.assertEqual(lines[:3], ["panic: in a constructor", "", "goroutine 1 [running]:"])
        self.assertTrue(lines[3].startswith("main.fails("), lines)


@rt0test.each_how
class Modes(rt0test.Case):
    def modes(self, mode, procs="4"):
        return self.run_program("init_modes", env={"MODE": mode, "GOMAXPROCS": procs})

    def main_s_ms(self, mode):
        """The Ms on which the main goroutine ran after main.main was entered."""
        done, trace = rt0test.run_traced("init_modes", env={"MODE": mode, "GOMAXPROCS": "4"}, how=self.how)
        self.assert_status(done, 0)
        self.assertEqual(done.err, b"main ends\n")
        events = rt0test.parse_trace(trace)
        at = [e.name for e in events].index("main.main")
        starts = [e.m for e in events[at:] if e.name == "GoStart" and e.args["id"] == "1"]
        self.assertGreater(len(starts), 50)
        return set(starts)

    def test_without_a_task_main_is_free(self):
        self.assert_status(self.modes("none"), 0)

    def test_lock_in_init_keeps_main_on_m0(self):
        for _ in range(3):
            self.assertEqual(self.main_s_ms("lock"), {0})

    def test_unlock_in_init_frees_main(self):
        """Shows that the test above can fail: without the lock, main runs on another M than m0 in some run."""
        for _ in range(20):
            if self.main_s_ms("lock-unlock") - {0}:
                return
        self.fail("an unlocked main was on m0 all the time, in 20 runs")

    def test_goroutines_run_while_init_waits(self):
        """main is locked to m0 during init; when it calls gosched, other goroutines run on another M."""
        for procs in ("1", "2", "4"):
            done = self.modes("gosched", procs)
            self.assert_status(done, 0)
            self.assertEqual(done.err, b"init: all ten are done\nmain ends\n")

    def test_goexit_in_init(self):
        """main's goroutine ends and unlocks m0; the other goroutines run until none is left."""
        for procs in ("1", "4"):
            done = self.modes("goexit", procs)
            self.assert_fatal(done, "no goroutines (main called runtime.Goexit) - deadlock!")
            self.assertTrue(done.err.startswith(b"the other goroutine runs\n"), done.err)
            self.assertNotIn(b"main ends", done.err)

    def test_exit_in_init(self):
        done = self.modes("exit")
        self.assert_status(done, 7)
        self.assertEqual(done.err, b"")

    def test_throw_and_panic_in_init(self):
        self.assert_fatal(self.modes("throw"), "deliberate, in an init task")
        done = self.modes("panic")
        self.assert_status(done, 2)
        lines = rt0test.text(done.err).splitlines()
        self.assertEqual(lines[:3], ["panic: deliberate, in an init task", "", "goroutine 1 [running]:"])
        self.assertEqual(lines[3], "main.act()")


if __name__ == "__main__":
    rt0test.main()
