#!/usr/bin/python3
"""Looks for what makes the simulated kernel's traces differ: runs generated programs, under seeds, strategies and
numbers of CPUs that are drawn, on all ISAs with all compilers, in release and dev builds, and compares what they do,
byte by byte.

  determinism.py [--pairs N] [--first N] [--jobs N] BUILD BUILD…

A BUILD is a build folder in which the program `scripted` is built; its name begins with the ISA, as the names that
`make` gives do: build/arm64-clang-dev. A pair is a program (a script for tests/programs/scripted.cc) and an RT0_SIM;
pair N is always the same one. The trace, the exit status and the output are compared, but not tracebacks, whose frames
and addresses depend on the compiler.

Exit status 0: no pair makes a difference; 1: some do, and each is printed with what repeats it, or a program hangs in
the first build; 2: it can't be run.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import platform
import random
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
STRATEGIES = ("fifo", "random", "random", "pct:1", "pct:3", "pos", "pos", "delay:2", "delay:5")
FAULTS = ("", "", "", "", ",faults=short+eintr+wake+order+late:50", ",faults=loss+dup+reorder+delay:100",
          ",faults=reset+eagain:30", ",faults=stall:20")
# The letters of tests/programs/scripted.cc, and how often each is to come.
STEPS = {"S": 8, "R": 9, "T": 4, "Y": 4, "C": 0.15, "X": 6, "L": 5, "M": 3, "Q": 3, "W": 2, "A": 6, "B": 3, "G": 4,
         "g": 4, "w": 1, "N": 3, "Z": 2, "z": 1, "a": 3, "f": 2, "P": 1.5, "K": 1, "O": 2, "I": 1, "D": 0.7, "E": 1.5,
         "F": 1, "J": 1.5, "H": 1, "U": 2, "V": 2, "q": 2, "x": 0.2, "!": 0.05}
SHOWN = 12  # the number of lines that are printed before a difference

Result = collections.namedtuple("Result", "status printed trace")
Pair = collections.namedtuple("Pair", "script sim")


def pair(number):
    """A script, and how it is run. Half of the sends (S) and receives (R) get a counterpart in one of the goroutines,
    so that many of them end."""
    r = random.Random(number)
    letters, weights = list(STEPS), list(STEPS.values())
    words = [[] for _ in range(r.randint(2, 7))]
    # A script uses few objects; with many, its goroutines would hardly ever use the same one.
    few = [str(r.randrange(8)) for _ in range(r.randint(2, 4))]
    for word in words:
        for _ in range(r.randint(2, 16)):
            letter = r.choices(letters, weights)[0]
            digit = r.choice(few) if letter in "SRTYX" and r.random() < 0.8 else str(r.randrange(8))
            word.append(letter + digit)
            if letter in "SR" and r.random() < 0.5:
                r.choice(words).append(("R" if letter == "S" else "S") + digit)
    for i in range(1, len(words)):
        words[0].insert(r.randrange(len(words[0]) + 1), f"{r.choice('Gg')}{i - 1}")
    sim = (f"seed={r.randrange(1 << 40)},procs={r.choice((1, 2, 3, 4, 8))},strategy={r.choice(STRATEGIES)}"
           f"{r.choice(FAULTS)},limit=20000")
    return Pair(",".join("".join(w) for w in words), sim)


def cannot(why):
    print(f"determinism.py: {why}", file=sys.stderr)
    sys.exit(2)


class Build:
    def __init__(self, folder):
        self.name = folder.name
        self.program = folder / "bin" / "scripted"
        isa = folder.name.split("-")[0]
        rows = (line.split() for line in (TOP / "arch" / "isas.txt").read_text().splitlines())
        row = next((row for row in rows if row and row[0] == isa), None)
        if row is None or not self.program.exists():
            cannot(f"{self.program}: no such program, or its folder's name begins with no ISA")
        self.how = [] if row[6] == platform.machine() else [row[5]]

    def run(self, which):
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "trace"
            env = {"RT0_SIM": which.sim, "RT0_TRACE": str(trace)}
            try:
                done = subprocess.run([*self.how, self.program, which.script], env=env, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=300, check=False)
            except subprocess.TimeoutExpired:
                return Result("hangs", "", "")
            said = done.stdout.decode("latin-1") + done.stderr.decode("latin-1")
            printed = "\n".join(line for line in said.splitlines() if re.match(r"(?!created by |.*\(.*\)$)[a-z]", line))
            return Result(done.returncode, printed, trace.read_text("latin-1") if trace.exists() else "")


def difference(a, b):
    for name, x, y in zip(Result._fields, a, b):
        if x == y:
            continue
        if name == "status":
            return f"status {x} and {y}"
        x, y = x.splitlines(), y.splitlines()
        at = next((i for i, (p, q) in enumerate(zip(x, y)) if p != q), min(len(x), len(y)))
        before = "".join(f"        {line}\n" for line in x[max(0, at - SHOWN):at])
        return f"{name}, line {at + 1}:\n{before}      < {''.join(x[at:at + 1])}\n      > {''.join(y[at:at + 1])}"
    return ""


def run(builds, numbers, jobs):
    """For each number: the number, and the results of its pair in each build."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from zip(numbers, pool.map(lambda n: [b.run(pair(n)) for b in builds], numbers))


def main():
    parser = argparse.ArgumentParser(description="Generated programs on the simulated kernel of several builds, "
                                                 "compared.")
    parser.add_argument("--pairs", type=int, default=500, metavar="N", help="how many (500)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="how many at a time (all cores)")
    parser.add_argument("builds", type=pathlib.Path, nargs="+", metavar="BUILD")
    options = parser.parse_args()
    builds = [Build(folder.resolve()) for folder in options.builds]
    if len(builds) < 2:
        cannot("one build alone has nothing to differ from: name two or more")
    numbers = range(options.first, options.first + options.pairs)
    ends, differ, events = collections.Counter(), 0, 0
    for number, results in run(builds, numbers, options.jobs):
        first = results[0]
        ends[first.status] += 1
        events += first.trace.count("\n")
        wrong = [(b, d) for b, r in zip(builds[1:], results[1:]) if (d := difference(first, r))]
        differ += bool(wrong)
        if wrong:
            which = pair(number)
            print(f"pair {number}: {builds[0].name} and {', '.join(b.name for b, _ in wrong)} differ in "
                  f"{wrong[0][1]}\n  RT0_SIM={which.sim} RT0_TRACE=- scripted '{which.script}'", flush=True)
    print(f"{len(numbers)} pairs on {', '.join(b.name for b in builds)}: {differ} differ; {events} lines of trace "
          f"each; exit statuses {', '.join(f'{s}: {n}' for s, n in ends.most_common())}")
    return 1 if differ or ends["hangs"] else 0


if __name__ == "__main__":
    sys.exit(main())
