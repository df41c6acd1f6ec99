#!/usr/bin/env python3
"""compare.py BENCH [NAME...]: runs rt0's benchmarks and, where `go` is on PATH, the same ones on the real Go runtime.

Each benchmark runs on both sides before the next, so that a busy spell of the machine slows down both. GOMAXPROCS is
passed on (default 1). Prints rt0's number, Go's, and their ratio: below 1, rt0 is faster, or smaller.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMES = """switch spawn pingpong buffered select mutex mutexc skynet forkjoin timers syscall malloc gc echo
parked""".split()


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


def main():
    bench, names = sys.argv[1], sys.argv[2:] or NAMES
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
                right = f"{other[0]:>14.2f}" if have else f"{'-':>14}"
                right += f"  {unit:<6}" + (f"{value / other[0]:>7.2f}" if have else f"{'-':>7}")
                print(f"{key:<28}{value:>14.2f}{right}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
