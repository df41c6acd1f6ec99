"""How many seeds a strategy of the simulated kernel needs until a program shows its bug."""

import concurrent.futures
import itertools
import subprocess

from . import rt0test

STRATEGIES = ("random", "pct:3", "pos", "delay:2")
SEEDS = 2000
RANGES = range(1, 5 * SEEDS, SEEDS)


def run(program, *args, spec=None):
    """Runs the program directly, without run.sh, which would cost time: there are tens of thousands of runs."""
    done = subprocess.run([rt0test.program_path(program), *args], env={"RT0_SIM": spec} if spec else {},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return rt0test.Done(done.returncode, done.stdout, done.stderr, 0)


def seeds_until_found(shows_bug, strategy, first):
    """shows_bug(spec): does a run with this RT0_SIM show the bug? None if no seed of the range that begins with `first`
    does."""
    for seed in range(first, first + SEEDS):
        if shows_bug(f"seed={seed},strategy={strategy}"):
            return seed - first + 1
    return None


def search(kernels, strategies, ranges):
    """kernels: each name's shows_bug. The numbers of seeds, by name, strategy and first seed."""
    jobs = list(itertools.product(kernels, strategies, ranges))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(jobs, pool.map(lambda job: seeds_until_found(kernels[job[0]], *job[1:]), jobs)))


def print_table(kernels, strategies):
    print("| kernel |", " | ".join(f"`{s}`" for s in strategies), "|\n" + "|---" * (len(strategies) + 1) + "|")
    for name, shows_bug in kernels.items():
        found = search({name: shows_bug}, strategies, RANGES)
        cells = [" ".join(str(found[name, s, first] or "-") for first in RANGES) for s in strategies]
        print(f"| {name} |", " | ".join(cells), "|", flush=True)
