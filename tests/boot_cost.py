#!/usr/bin/python3
"""Measures the boot: instructions and system calls from the entry point to main.main, and the stripped file's size.

  boot_cost.py --print PROGRAM   the three numbers beside their budgets and real Go's
  boot_cost.py --check PROGRAM   the same; exit status 1 if a number is over its budget

Counted under QEMU by the witness, with GOMAXPROCS=1 as the only environment variable, so the numbers are the same on
every machine. RT0_TEST_ISA names the ISA; WITNESS_PLUGIN the plugin (default: build/host/bin/libwitness.so).
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from harness import rt0test

# About a twentieth of Go's instructions. For an ISA whose Go number is not known, a bound that every port
# meets.
INSTRUCTIONS = {"amd64": 8000, "arm64": 8600, "riscv64": 10700}
SYSTEM_CALLS = 24
BYTES = 92160
# amd64 has the densest code: other ISAs may have half as many bytes again. A 32-bit ISA makes two system
# calls more.
BUDGET = {"instructions": INSTRUCTIONS.get(rt0test.ISA, 12000),
          "system calls": SYSTEM_CALLS + (rt0test.ROW["bits"] != "64") * 2,
          "bytes, stripped": BYTES * (4 if rt0test.ISA == "amd64" else 6) // 4}


def plugin():
    return pathlib.Path(os.environ.get("WITNESS_PLUGIN", rt0test.TOP / "build" / "host" / "bin" / "libwitness.so"))


def witness(program, folder, env, until="main.main", options="", args=()):
    """Runs the program under QEMU with the witness watching: the Done and the log's path."""
    log = pathlib.Path(folder) / "witness.log"
    path = rt0test.program_path(program)
    done = rt0test.run(path, *args, env=env, qemu_options=["-plugin",
                                                           f"{plugin()},elf={path},out={log},until={until}{options}"])
    if not log.exists():
        raise AssertionError(f"the witness wrote nothing: status {done.status}\n{rt0test.text(done.err)}")
    return done, log


def to_main(program):
    with tempfile.TemporaryDirectory() as folder:
        done, log = witness(program, folder, {"GOMAXPROCS": "1"})
        match = re.search(r"^# until main\.main thread 0 instructions (\d+) syscalls (\d+)$", log.read_text(), re.M)
        if done.status != 0 or not match:
            raise AssertionError(f"{program}: status {done.status}, main.main not seen on the first thread")
        return int(match[1]), int(match[2])


def stripped_size(program):
    strip = shutil.which(f"{rt0test.ROW['triple']}-strip") or shutil.which("llvm-strip-19") or "strip"
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "stripped"
        subprocess.run([strip, "-o", out, program], check=True)
        return out.stat().st_size


def measure(program):
    instructions, syscalls = to_main(program)
    return dict(zip(BUDGET, (instructions, syscalls, stripped_size(program))))


def go_s_numbers():
    for line in (rt0test.ORACLE / "go-boot-cost.txt").read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == rt0test.ROW["go"]:
            return dict(zip(BUDGET, fields[1:]))
    return dict.fromkeys(BUDGET, "-")


def main():
    parser = argparse.ArgumentParser(description="What the boot costs, beside its budget and real Go's.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--print", action="store_true", dest="only_print", help="print the numbers")
    mode.add_argument("--check", action="store_true", help="print the numbers; fail if one is over its budget")
    parser.add_argument("program")
    args = parser.parse_args()
    program = pathlib.Path(args.program).resolve()
    numbers, go = measure(program), go_s_numbers()
    over = [what for what in BUDGET if numbers[what] > BUDGET[what]]
    print(f"{'boot of ' + program.name:<20}{'rt0':>10}{'budget':>10}{'Go':>10}")
    for what, number in numbers.items():
        print(f"{what:<20}{number:>10}{BUDGET[what]:>10}{go[what]:>10}{'   OVER' if what in over else ''}")
    return 1 if args.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
