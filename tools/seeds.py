#!/usr/bin/python3
"""Runs a program on the simulated kernel under many seeds, on all cores, and prints each distinct outcome with a seed
that gives it.

  seeds.py [--runs N] [--first SEED] [--sim KEYS] [--isa ISA] [--build DIR] [--all] PROGRAM [ARGS…]

An outcome is the exit status, a hash of the output (without addresses) and a hash of the trace: its events in order,
without times and choices, so that seeds which differ only in choices without an effect give one hash. Outcomes that
differ only in their trace are printed under one heading, the first few of them; --all prints all.

Exit status 0: every run ended with the same status; 1: they did not, or one hung; 2: the program cannot be run.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
SHOWN = 5  # without --all: how many traces are printed under one heading

Outcome = collections.namedtuple("Outcome", "status output trace")


def short(data):
    return hashlib.sha256(data).hexdigest()[:12]


def isa_row(isa):
    for line in (TOP / "arch" / "isas.txt").read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == isa:
            return fields
    print(f"seeds.py: {isa}: no such ISA in arch/isas.txt", file=sys.stderr)
    sys.exit(2)


def one(options, seed):
    """The outcome of one seed, and what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        keys = ",".join(k for k in (f"seed={seed}", options.sim) if k)
        env = {k: v for k, v in os.environ.items() if k.startswith("GO")} | {"RT0_SIM": keys, "RT0_TRACE": str(trace)}
        try:
            done = subprocess.run([*options.how, *options.command], env=env, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=options.timeout, check=False)
        except subprocess.TimeoutExpired as late:
            return Outcome("hangs", short(late.stdout or b""), "-"), late.stdout or b""
        printed = re.sub(rb"\b0x(?!0\b)[0-9a-f]+", b"0x?", done.stdout)
        events = trace.read_bytes() if trace.exists() else b""
        events = b"\n".join(line.partition(b" ")[2] for line in events.split(b"\n") if b" Choose " not in line)
        return Outcome(done.returncode, short(printed), short(events)), done.stdout


def telling_line(status, printed):
    """The line of a failing run's output that says why it failed."""
    lines = printed.decode("utf-8", "backslashreplace").splitlines()
    for line in lines:
        if re.match(r"panic: |fatal error: |rt0: ", line):
            return line
    return lines[-1] if lines and status != 0 else ""


def report(found, printed, options):
    groups = collections.defaultdict(list)
    for outcome, seeds in found.items():
        groups[outcome.status, outcome.output].append((min(seeds), len(seeds), outcome.trace))
    for (status, output), traces in sorted(groups.items(), key=lambda g: -sum(t[1] for t in g[1])):
        runs = sum(n for _, n, _ in traces)
        first = min(traces)[0]
        print(f"{runs:>7} runs  status {status}  output {output}  {len(traces)} traces  seed={first}")
        if why := telling_line(status, printed[status, output]):
            print(f"              {why}")
        for seed, n, trace in sorted(traces)[: None if options.all else SHOWN]:
            print(f"              trace {trace}  {n:>5} runs  seed={seed}")
        if len(traces) > SHOWN and not options.all:
            print(f"              and {len(traces) - SHOWN} more traces (--all prints them)")


def main():
    parser = argparse.ArgumentParser(description="Runs a program under many seeds of the simulated kernel and prints "
                                                 "each outcome.")
    parser.add_argument("--runs", type=int, default=100, metavar="N", help="how many seeds (100)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed (1)")
    parser.add_argument("--sim", default="strategy=random", metavar="KEYS",
                        help="RT0_SIM's other keys (strategy=random)")
    parser.add_argument("--isa", default="amd64", help="the ISA, by arch/isas.txt (amd64)")
    parser.add_argument("--build", type=pathlib.Path, help="its build folder (build/<isa>)")
    parser.add_argument("--timeout", type=float, default=60, metavar="S",
                        help="seconds after which a run is taken to hang (60)")
    parser.add_argument("--all", action="store_true", help="print every trace, not only the first few of each output")
    parser.add_argument("program")
    parser.add_argument("args", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.runs < 1 or options.first < 0:
        parser.error("--runs begins at 1, --first at 0")
    row = isa_row(options.isa)
    program = (options.build or TOP / "build" / options.isa) / "bin" / options.program
    if not program.exists():
        print(f"seeds.py: {program}: no such program; make seeds builds it", file=sys.stderr)
        return 2
    options.how = [] if row[6] == platform.machine() else [row[5]]
    options.command = [str(program), *options.args]

    found, printed = collections.defaultdict(list), {}
    seeds = range(options.first, options.first + options.runs)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for seed, (outcome, text) in zip(seeds, pool.map(lambda s: one(options, s), seeds)):
            found[outcome].append(seed)
            printed.setdefault((outcome.status, outcome.output), text)
            if outcome.status == 2 and text.startswith(b"rt0: RT0_SIM: "):
                print(text.decode("utf-8", "backslashreplace"), end="", file=sys.stderr)
                return 2
    print(f"{options.program}: seeds {seeds[0]} to {seeds[-1]}, {options.sim}: {len(found)} outcomes")
    report(found, printed, options)
    return 0 if len({o.status for o in found}) == 1 and "hangs" not in {o.status for o in found} else 1


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
