#!/usr/bin/env python3
"""compare.py [--readme] BENCH [NAME...]: runs rt0's benchmarks and, where `go` is on PATH, the same ones on the real Go
runtime.

Each benchmark runs on both sides before the next, so that other processes slow down both. GOMAXPROCS is passed on
(default 1). Prints rt0's number, Go's, and their ratio: below 1, rt0 is faster, or smaller. --readme puts the
numbers into README's table, too, which has all benchmarks: tests/lint/figures.py checks that.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMES = """switch spawn pingpong buffered select mutex mutexc skynet forkjoin timers syscall malloc gc echo
parked""".split()
README = HERE.parent / "README.md"
# What each benchmark is called in README's table, in the order of that table.
LABELS = {
    "switch_gosched": "switch between two goroutines (`Gosched`)",
    "spawn_exit": "spawn and exit",
    "chan_pingpong_roundtrip": "unbuffered channel, there and back",
    "chan_buffered128_spsc": "buffered channel, one value",
    "select4": "select of four",
    "mutex_uncontended": "uncontended mutex",
    "mutex_contended8": "mutex, eight goroutines",
    "skynet_1M": "skynet: a million goroutines that add up numbers, all of it",
    "forkjoin_fib24": "fork and join: Fibonacci's 24th number, one goroutine",
    "timer_sleep_random_0_50ms": "200,000 sleeps of up to 50 ms, one sleep",
    "syscall_getppid": "a system call (`getppid`)",
    "tcp_echo_64conns": "TCP echo, 64 connections",
    "malloc_64B": "allocate 64 bytes, and free them",
    "gc_binarytrees_16": "binary trees of depth 16, all of it",
    "parked_1M_bytes_each": "a million parked goroutines: bytes for each",
    "parked_1M_create": "a million parked goroutines: to start one",
    "parked_1M_wake_exit": "a million parked goroutines: to wake one, until it has ended",
}


def numbers(command, env):
    """{name: (value, unit)} of what a benchmark prints; empty if it fails, with the reason on stderr."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        print(f"{' '.join(map(str, command))}: exit status {done.returncode}: {done.stderr.strip()[:200]}",
              file=sys.stderr)
        return {}
    rows = [line.split() for line in done.stdout.splitlines()]
    return {r[0]: (float(r[1]), r[2]) for r in rows if len(r) == 3}


def build_go(folder):
    """The path of the benchmarks for the real Go; None if they cannot be built, with the reason on stderr."""
    if shutil.which("go") is None:
        print("no `go` on PATH: only rt0's numbers are printed", file=sys.stderr)
        return None
    out = pathlib.Path(folder) / "yardsticks"
    done = subprocess.run(["go", "build", "-o", out, "."], cwd=HERE / "go", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"go build: {done.stderr.strip()[:300]}", file=sys.stderr)
        return None
    version = subprocess.run(["go", "version"], capture_output=True, text=True, check=False).stdout.split()
    print(f"against {version[2] if len(version) > 2 else 'go'}")
    return out


def shown(value):
    """A number of nanoseconds, or bytes, as README has it."""
    return f"{value / 1e6:,.0f} ms" if value >= 1e7 else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def put_into_readme(measured, busy):
    """Replaces the rows of these benchmarks in README's table, or adds them. measured: {name: (rt0's number, Go's)}.
    A row that was measured on a busy machine has a star."""
    page = README.read_text()
    table = re.search(r"(?s)<!-- bench -->\n(.*?)<!-- end -->\n", page)[1]
    head, rows = table.splitlines()[:2], {}
    for row in table.splitlines()[2:]:
        rows[row.split("|")[1].strip().removesuffix(" *")] = row
    star = " *" if busy else ""
    for name, (ours, theirs) in measured.items():
        rows[LABELS[name]] = f"| {LABELS[name]}{star} | {shown(ours)} | {shown(theirs)} | {ours / theirs:.2f} |"
    table_now = "\n".join(head + [rows[label] for label in LABELS.values() if label in rows]) + "\n"
    README.write_text(page.replace(table, table_now))


def main():
    args = sys.argv[1:]
    readme = args[:1] == ["--readme"]
    args = args[readme:]
    if not args:
        sys.exit("compare.py: the path of the program bench is missing: compare.py [--readme] BENCH [NAME...]")
    bench, names = args[0], args[1:] or NAMES
    measured = {}
    busy = os.getloadavg()[0] > 1
    unknown = [n for n in names if n not in NAMES]
    if unknown:
        sys.exit(f"compare.py: there is no benchmark {unknown[0]}; there are: {' '.join(NAMES)}")
    env = dict(os.environ, GOMAXPROCS=os.environ.get("GOMAXPROCS", "1"))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        go = build_go(folder)
        print(f"GOMAXPROCS={env['GOMAXPROCS']}")
        print(f"{'':<28}{'rt0':>14}{'Go':>14}  {'':<6}{'rt0/Go':>7}", flush=True)
        for name in names:
            ours = numbers([bench, name], env)
            theirs = numbers([go, name], env) if go else {}
            failed = failed or not ours
            for key, (value, unit) in ours.items():
                other = theirs.get(key)
                have = other and other[0]
                if have:
                    measured[key] = value, other[0]
                right = f"{other[0]:>14.2f}" if have else f"{'-':>14}"
                right += f"  {unit:<6}" + (f"{value / other[0]:>7.2f}" if have else f"{'-':>7}")
                print(f"{key:<28}{value:>14.2f}{right}", flush=True)
    if readme:
        put_into_readme(measured, busy)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
