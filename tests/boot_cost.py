#!/usr/bin/python3
"""Measures the boot: instructions and system calls from the entry point to main.main, and the stripped file's size.

  boot_cost.py --print PROGRAM   the three numbers beside their budgets and real Go's
  boot_cost.py --check PROGRAM   the same; exit status 1 if a number is over its budget
  boot_cost.py --record-go       writes the numbers of the installed Go into tests/oracle/go-boot-cost.txt

Counted under QEMU by the witness, with GOMAXPROCS=1 as the only environment variable, so the numbers are the same on
every machine. RT0_TEST_ISA names the ISA; WITNESS_PLUGIN the plugin (default: build/host/bin/libwitness.so).
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import oracle
from harness import rt0test

RUNS = 5
GO_COST = rt0test.ORACLE / "go-boot-cost.txt"
GO_ISAS = ("amd64", "arm64", "riscv64")  # the ISAs whose numbers are recorded
GO_RUNS = 11  # Go's numbers differ from run to run, by a few in a hundred

# Less than a twentieth of Go's instructions. For an ISA whose Go number is not known, BUDGET has a bound that every
# port meets.
INSTRUCTIONS = {"amd64": 8000, "arm64": 8650, "riscv64": 10700}
SYSTEM_CALLS = 24
BYTES = 92160
# amd64 has the densest code: other ISAs may have half as many bytes again. A 32-bit ISA makes two system calls more.
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


def to_main(program, runs=RUNS):
    """The instructions and system calls to main.main: the least of a few runs, because on a busy machine the boot may
    last for a time slice, and then sysmon has it interrupted."""
    return min(to_main_once(program) for _ in range(runs))


def to_main_once(program):
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


def record_go():
    """Measures Go's hello on all ISAs of GO_ISAS. Each ISA needs a process of its own, because rt0test reads its ISA
    once, when it is imported."""
    here = oracle.installed()
    if here is None:
        raise SystemExit("boot_cost.py: there is no `go` on PATH")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "hello.go", pathlib.Path(folder) / "hello"
        source.write_text('package main\n\nfunc main() { println("Hello World") }\n')
        for isa in GO_ISAS:
            subprocess.run(["go", "build", "-o", program, source], env={**oracle.building(), "GOARCH": isa}, check=True)
            line = [sys.executable, __file__, "--measure", program]
            numbers = subprocess.check_output(line, env={**os.environ, "RT0_TEST_ISA": isa}, text=True).split()
            rows.append("{:<8} {:>12} {:>13} {:>9}\n".format(isa, *numbers))
    head = f"""# {here.split()[0]}, println hello, GOMAXPROCS=1 as the only variable: instructions and system calls
# on the first thread from the entry point to main.main, counted by QEMU, the median of {GO_RUNS} runs; and the
# size of the stripped file in bytes. Written by tests/boot_cost.py --record-go.
# ISA    instructions  system calls  stripped
"""
    GO_COST.write_text(head + "".join(rows))


def go_s_numbers():
    for line in GO_COST.read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == rt0test.ROW["go"]:
            return dict(zip(BUDGET, fields[1:]))
    return dict.fromkeys(BUDGET, "-")


def main():
    parser = argparse.ArgumentParser(description="What the boot costs, beside its budget and real Go's.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--print", action="store_true", dest="only_print", help="print the numbers")
    mode.add_argument("--check", action="store_true", help="print the numbers; fail if one is over its budget")
    mode.add_argument("--record-go", action="store_true", help="write Go's numbers")
    mode.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("program", nargs="?")
    args = parser.parse_args()
    if args.record_go:
        record_go()
        return 0
    if args.program is None:
        parser.error("PROGRAM is missing")
    if args.measure:
        runs = [to_main_once(pathlib.Path(args.program)) for _ in range(GO_RUNS)]
        print(*(statistics.median(column) for column in zip(*runs)), stripped_size(args.program))
        return 0
    program = pathlib.Path(args.program).resolve()
    numbers, go = measure(program), go_s_numbers()
    over = [what for what in BUDGET if numbers[what] > BUDGET[what]]
    print(f"{'boot of ' + program.name:<20}{'rt0':>10}{'budget':>10}{'Go':>10}")
    for what, number in numbers.items():
        print(f"{what:<20}{number:>10}{BUDGET[what]:>10}{go[what]:>10}{'   OVER' if what in over else ''}")
    return 1 if args.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
