#!/usr/bin/python3
"""Kernels of bugs of real Go programs (tests/programs/goker_*.cc): each strategy finds all but one of them within 2,000
seeds.

  goker_test.py --table [STRATEGY…]   prints how many seeds each kernel takes, in five ranges of 2,000 seeds
"""

import functools
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import hunting, rt0test

PROGRAMS = sorted(path.stem for path in (rt0test.TESTS / "programs").glob("goker_*.cc"))
MAY_MISS = 1  # so many kernels each strategy may miss

# What an execution that shows the bug begins to print.
DEADLOCK = ("fatal error: all goroutines are asleep - deadlock!",)
PANICS = {
    "cockroach_4407": ("panic: a worker runs after the stop",
                       "panic: sync: WaitGroup is reused before previous Wait has returned"),
    "grpc_2371": ("panic: runtime error: invalid memory address or nil pointer dereference",),
    "kubernetes_13058": ("panic: sync: negative WaitGroup counter",),
    "serving_4908": ("panic: a log entry after the end of the test",),
}


def kernels():
    """Each kernel's name, and the function that says whether a run with an RT0_SIM shows its bug."""
    found = {}
    for program in PROGRAMS:
        done = hunting.run(program)
        names = rt0test.text(done.out + done.err).split()
        if done.status != 1 or not names:
            raise AssertionError(f"{program} does not print its kernels: {done}")
        found |= {name: functools.partial(shows_bug, program, name) for name in names}
    return found


def shows_bug(program, kernel, spec):
    """Whether the run shows the bug. It ends in one of two ways; any other end is an error of rt0."""
    done = hunting.run(program, kernel, spec=spec)
    printed = rt0test.text(done.out + done.err)
    if done.status == 2 and printed.startswith(PANICS.get(kernel, DEADLOCK)):
        return True
    if done.status == 0 and not printed:
        return False
    raise AssertionError(f"RT0_SIM={spec} {program} {kernel}: status {done.status}, and it prints:\n{printed}")


@unittest.skipUnless(rt0test.FIRST and rt0test.NATIVE, "what strategies pick is the same on all ISAs")
class GoKer(rt0test.Case):
    def test_each_ends_as_it_should(self):
        for kernel, shows in kernels().items():
            with self.subTest(kernel=kernel):
                shows("strategy=fifo,seed=1")

    def test_each_kernel_has_a_name(self):
        sources = (path.read_text() for path in (rt0test.TESTS / "programs").glob("goker_*.cc"))
        functions = {name for text in sources for name in re.findall(r"(?m)^void ([a-z]+_[0-9]+)\(\) \{$", text)}
        self.assertEqual(functions, set(kernels()))
        self.assertLessEqual(set(PANICS), functions)

    def test_all_but_one_are_found(self):
        found = hunting.search(kernels(), hunting.STRATEGIES, hunting.RANGES[1:2])
        for strategy in hunting.STRATEGIES:
            missed = [name for (name, by, _), n in found.items() if by == strategy and n is None]
            if missed:
                print(f"{strategy} does not find:", *missed, file=sys.stderr)
            with self.subTest(strategy=strategy):
                self.assertLessEqual(len(missed), MAY_MISS, missed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--table"]:
        hunting.print_table(kernels(), sys.argv[2:] or hunting.STRATEGIES)
    else:
        rt0test.main()
