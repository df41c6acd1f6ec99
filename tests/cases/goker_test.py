#!/usr/bin/python3
"""Kernels of bugs of real Go programs (tests/programs/goker_*.cc): each strategy finds all but one of them within 2,000
seeds.

  goker_test.py --table [STRATEGY…]   prints how many seeds each kernel takes, in five ranges of 2,000 seeds
"""

import concurrent.futures
import itertools
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

PROGRAMS = sorted(path.stem for path in (rt0test.TESTS / "programs").glob("goker_*.cc"))
STRATEGIES = ("random", "pct:3", "pos", "delay:2")
SEEDS = 2000
RANGES = range(1, 5 * SEEDS, SEEDS)
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


def run(program, *args, spec=None):
    """Runs the program directly, without run.sh, which would cost time: there are tens of thousands of runs."""
    done = subprocess.run([rt0test.program_path(program), *args], env={"RT0_SIM": spec} if spec else {},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return rt0test.Done(done.returncode, done.stdout, done.stderr, 0)


def kernels():
    """Each kernel's name and its program."""
    found = {}
    for program in PROGRAMS:
        done = run(program)
        names = rt0test.text(done.out + done.err).split()
        if done.status != 1 or not names:
            raise AssertionError(f"{program} does not print its kernels: {done}")
        found |= dict.fromkeys(names, program)
    return found


def shows_bug(program, kernel, spec):
    """Whether the run shows the bug. It ends in one of two ways; any other end is an error of rt0."""
    done = run(program, kernel, spec=spec)
    printed = rt0test.text(done.out + done.err)
    if done.status == 2 and printed.startswith(PANICS.get(kernel, DEADLOCK)):
        return True
    if done.status == 0 and not printed:
        return False
    raise AssertionError(f"RT0_SIM={spec} {program} {kernel}: status {done.status}, and it prints:\n{printed}")


def seeds_until_found(program, kernel, strategy, first):
    for seed in range(first, first + SEEDS):
        if shows_bug(program, kernel, f"seed={seed},strategy={strategy}"):
            return seed - first + 1
    return None


@unittest.skipUnless(rt0test.FIRST and rt0test.NATIVE, "what strategies pick is the same on all ISAs")
class GoKer(rt0test.Case):
    def test_each_ends_as_it_should(self):
        for kernel, program in kernels().items():
            with self.subTest(kernel=kernel):
                shows_bug(program, kernel, "strategy=fifo,seed=1")

    def test_each_kernel_has_a_name(self):
        sources = (path.read_text() for path in (rt0test.TESTS / "programs").glob("goker_*.cc"))
        functions = {name for text in sources for name in re.findall(r"(?m)^void ([a-z]+_[0-9]+)\(\) \{$", text)}
        self.assertEqual(functions, set(kernels()))
        self.assertLessEqual(set(PANICS), functions)

    def test_all_but_one_are_found(self):
        first = RANGES[1]
        programs = kernels()
        jobs = list(itertools.product(STRATEGIES, programs))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            counts = list(pool.map(lambda job: seeds_until_found(programs[job[1]], job[1], job[0], first), jobs))
        for strategy in STRATEGIES:
            missed = [job[1] for job, n in zip(jobs, counts) if job[0] == strategy and n is None]
            if missed:
                print(f"{strategy} does not find:", *missed, file=sys.stderr)
            with self.subTest(strategy=strategy):
                self.assertLessEqual(len(missed), MAY_MISS, missed)


def table(strategies):
    print("| kernel |", " | ".join(f"`{s}`" for s in strategies), "|\n" + "|---" * (len(strategies) + 1) + "|")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for kernel, program in kernels().items():
            counts = list(pool.map(lambda job: seeds_until_found(program, kernel, *job),
                                   itertools.product(strategies, RANGES)))
            cells = [" ".join(str(n or "-") for n in counts[i:i + len(RANGES)])
                     for i in range(0, len(counts), len(RANGES))]
            print(f"| {kernel} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--table"]:
        table(sys.argv[2:] or STRATEGIES)
    else:
        rt0test.main()
