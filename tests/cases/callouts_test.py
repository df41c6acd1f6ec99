#!/usr/bin/python3
"""Each place where rt0 calls a function of the program, and everything that such a function may do: docs/PANICS.md has
the list."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

DEADLOCK = "fatal error: no goroutines (main called runtime.Goexit) - deadlock!"
NIL = "panicked: panic called with nil argument"
# A tuple has the lines that the program prints before "done"; a text is the first line of the error that ends it, with
# status 2.
#            what the function does:  returns and blocks, panics, recovers, goexits
PLACES = {
    "go": (("alive 0",), "panic: act", ("alive 0",), ("alive 0",)),
    "wait_group": ((), "panic: act [recovered, repanicked]", (), ()),
    "errgroup": (("seven",), "panic: act", ("no error",), ("no error",)),
    "once": (("went on", "went on"), ("panicked: act", "went on"), ("went on", "went on"), ("went on",)),
    "once_value": (("value 7", "went on") * 2, ("panicked: act",) * 2, ("value 0", "went on") * 2, (NIL, NIL)),
    "once_func": (("went on",) * 2, ("panicked: act",) * 2, ("went on",) * 2, (NIL, NIL)),
    "pool": (("got true", "went on"), ("panicked: act",), ("got false", "went on"), ()),
    "after_func": (("alive 0",), "panic: act", ("alive 0",), ("alive 0",)),
    "context": (("alive 0",), "panic: act", ("alive 0",), ("alive 0",)),
    "map_range": (("calls 3", "went on", "alive 3"), ("panicked: act", "alive 3"), ("calls 1", "went on", "alive 3"),
                  ("alive 3",)),
    "map_equal": (("found true", "went on", "still there true"), ("panicked: act", "still there true"),
                  ("still there true",), ("still there true",)),
    "builtin_map": (("went on", "value 3"), ("panicked: act", "value 2"), ("value 2",), ("value 2",)),
    "finalizer": (("most called true goroutines 4",), "panic: act", ("most called true goroutines 4",),
                  ("most called true goroutines 4",)),
    "error_method": (("value says", "went on"), ("panicked: act",), ("value ", "went on"), ()),
    "fatal_error_method": ("panic: says", "fatal error: panic while printing panic value: act", "panic: ", DEADLOCK),
    "init": (("calls 1",), "panic: act", ("calls 1",), DEADLOCK),
    "main": ((), "panic: act", None, DEADLOCK),  # recovered: main has returned, and prints nothing more
}


@rt0test.each_how
class Callouts(rt0test.Case):
    def lines(self, place, what):
        """The lines printed before the first empty line, without the warnings about recoveries that skip functions."""
        done = self.run_program("callouts", place, what, timeout=60)
        told = "rt0: a panic was recovered"
        lines = [line for line in rt0test.text(done.err).splitlines() if not line.startswith(told)]
        return done, lines

    def test_each(self):
        for place, wants in PLACES.items():
            for what, want in zip(("returns", "blocks", "panics", "recovers", "goexits"), wants[:1] + wants):
                with self.subTest(place=place, what=what):
                    done, lines = self.lines(place, what)
                    if lines[:1] == ["second task"]:
                        lines = lines[1:]
                    else:
                        self.assertEqual(place, "init")
                    if isinstance(want, str):
                        self.assert_status(done, 2)
                        self.assertEqual(lines[0], want)
                        continue
                    self.assert_status(done, 0)
                    self.assertEqual(lines, list(want) + ["done"] if want is not None else [])

    def test_many_types(self):
        done, lines = self.lines("many_types", "panics")
        self.assert_status(done, 2)
        want = ["second task", "panic: 70"] + [f"\tpanic: {n:02}" for n in range(69, 0, -1)] + ["\tpanic: act"]
        self.assertEqual(lines[:len(want)], want)


@rt0test.each_how
class Tracebacks(rt0test.Case):
    def test_full_buffer_ends_the_work(self):
        done = self.run_program("tracebacks", "all", timeout=120)
        self.assert_status(done, 0)
        self.assertTrue(done.err.startswith(b"like few "), done.err)

    def test_a_frame_is_found_at_once(self):
        """A table that is read from its start for each frame costs 36 us a frame natively."""
        done = self.run_program("tracebacks", "every", timeout=120)
        self.assert_status(done, 0)
        ns = re.fullmatch(rb"true (\d+) ns a frame\n", done.err)
        self.assertIsNotNone(ns, done.err)
        if self.how == "native":
            self.assertLess(int(ns[1]), 15000)

    def test_deep_stack(self):
        """Half a million frames, of which the two ends are printed. It takes 18 s if each frame is looked up in the
        table."""
        done = self.run_program("tracebacks", "overflow", timeout=60)
        self.assert_status(done, 2)
        self.assertRegex(done.err, rb"frames elided")

    def test_passed_functions_are_told(self):
        """Go would go on in calls_it. C++ can't, and rt0 prints a warning."""
        tell = b"rt0: a panic was recovered without a recover point: main.calls_it does not go on after its call"
        for what, end in {"lost": b"", "func": b"end\n", "deferred": b"end\n", "goroutine": b"end\n"}.items():
            with self.subTest(what=what):
                done = self.run_program("tracebacks", what)
                self.assert_status(done, 0)
                self.assertEqual(done.err, tell + b" (RT0_RECOVER_RETURN, docs/PANICS.md)\n" + end)
        for what, end in {"quiet": b"end\n", "return": b""}.items():
            with self.subTest(what=what):
                self.assertEqual(self.run_program("tracebacks", what).err, end)

    def test_a_call_of_nothing_has_its_caller(self):
        """The function that called address 0 is the first frame with a name: the call has pushed its return address, or
        has put it into the link register, and no frame has it."""
        done = self.run_program("stacks", "nobody")
        self.assert_status(done, 2)
        self.assertRegex(rt0test.text(done.err),
                         r"runtime stack:\n(\?\(\)\n\tpc=0x0\n)?main\.calls_nobody\(\)\n\t\S+/stacks\.cc:")

    def test_names_in_classes(self):
        """Lambdas in member functions and inline functions have Go's names, rt0's own frames are hidden, equal
        functions differ."""
        whats = {"starts": "InClass.starts.func1 created by main.InClass.starts",
                 "calls": "InClass.calls.func1 InClass.calls",
                 "passes": "InClass.passes.func1 apply InClass.passes",
                 "elects": "InClass.selects.func1 InClass.selects",
                 "defers": "InClass.defers.func1 InClass.defers",
                 "inline": "starts_inline.func1 created by main.starts_inline", "last": "",
                 "1": "equal.func1 equal", "2": "equal.func2 equal"}
        for what, want in whats.items():
            with self.subTest(what=what):
                done = self.run_program("tracebacks", "n", what)
                self.assert_status(done, 2)
                got = [m[1] for m in re.finditer(r"(?m)^(?:main\.)?(\S+)\(|^(?=created)", rt0test.text(done.err))
                       if m[1]]
                # A function is less than 64 KiB.
                self.assertFalse(re.search(r"\+0x\w{5}", rt0test.text(done.err)), done.err)
                created = re.findall(r"created by \S+", rt0test.text(done.err))
                if not created:
                    self.assertEqual(got.pop(), "main")
                    got.remove("in_class")
                self.assertEqual(" ".join(got[1:] + created), want)


if __name__ == "__main__":
    rt0test.main()
