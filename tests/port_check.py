#!/usr/bin/python3
"""The ladder of a port: the steps in the order in which a new port passes them, each with its tests. A port's grade is
the last step before the first step that fails.

  port_check.py ISA [STEP...]   builds what each step needs, runs it, and says what to do next; exit status 1 if a step
                                failed. "part": some of the step's tests were skipped, and why
  port_check.py --table         prints the steps as the table in arch/PORTING.md

The output of step N is in build/port/<isa>/N.log; the grade in build/port/<isa>/grade.
"""

import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
SKIPPED = 77  # the exit status of a test file whose tests were all skipped

# Name; what the step shows; what the port has to supply for it; programs that must exit with status 42; tests in
# tests/cases/.
LADDER = (
    ("exit", "a program starts and exits with 42",
     "the row of `isas.txt`, `flags.txt`, `thread_pointer.h`, `Isa::syscall6`, numbers in `linux_abi.h`", "port_exit",
     ""),
    ("write", "it writes a line", "the same", "port_write", ""),
    ("sizes", "byte order, sizes, 64-bit arithmetic, floats",
     "the functions that the compiler calls for 64-bit arithmetic, if any", "port_sizes", ""),
    ("errors", "errors come as -errno", "`Isa::syscall6`: fold the kernel's flag", "port_errors", ""),
    ("memory", "six arguments; pages are mapped, protected, unmapped", "`kQuirks.mmap_block`", "port_memory", ""),
    ("time", "clocks, sleep, futex with a time-out", "on 32-bit ISAs the `_time64` numbers", "port_time", ""),
    ("atomics", "the results of compare-and-swap, add, and, or",
     "options that keep the compiler from calling functions", "port_atomics", ""),
    ("boot", "hello runs: entry, thread pointer, g0, the first switches",
     "`rt0_linux.S`, `tls.S`, `trace_early.h`, `asm.S`: rt0_go, mstart, gosave, gogo, mcall, systemstack; `Isa::getg`, "
     "`gostartcall`", "", "env init print"),
    ("entry", "hostile argument vectors; the boot checks what it is given",
     "`tests/arch/<isa>/forge.S`, `wrong_tls.S`, `test_isa.h`", "", "forged wrong cgo"),
    ("switch", "callee-saved registers survive each switch", "`tests/arch/<isa>/poison.S`", "", "registers"),
    ("alignment", "each function finds its stack aligned", "", "", "aligned"),
    ("threads", "threads start, wait, wake and end", "`sys_linux.S`: clone, exit_thread", "", "stress"),
    ("exit texts", "deadlock and fatal errors end as in Go", "", "", "exit"),
    ("signals", "a fault panics and is recovered from",
     "`sys_linux.S`: sigtramp, sigreturn; `Ucontext`; setrecover, recovery", "", "panic recovers order_panic"),
    ("tracebacks", "each frame with its line", "`Isa::frame_pointer`, `return_slot`, `kFrameBelow`, `kFramelessLeaves`",
     "", "examples"),
    ("preemption", "a loop with patterns in all registers keeps them when it is interrupted at any instruction",
     "`preempt.S`; `Ucontext::interrupt`, `set_pc`; `Isa::return_slot`; `tests/arch/<isa>/interrupted.S`, `poison.S`",
     "", "preempt"),
    ("channels", "channels, select, sync in Go's order", "", "", "order_chan order_sync chan_stress sync_stress"),
    ("timers", "sleep, timers, tickers", "", "", "timers order_timers"),
    ("network", "sockets, files, pipes, processes",
     "`kQuirks`: o_directory, o_largefile, aligned_pairs, packed_epoll_event, clone_stack_first", "",
     "net order_net process"),
    ("heap", "objects of all sizes", "", "", "heap"),
    ("traces", "the golden traces, and the boot as QEMU sees it", "", "", "trace golden boot"),
    ("packaging", "rt0 as another project's subdirectory", "", "", "subproject"),
)


def table():
    rows = ["| step | | shows that | supply | tests |", "|--:|---|---|---|---|"]
    for n, (name, shows, supply, programs, cases) in enumerate(LADDER, 1):
        tests = " ".join(f"`{p}`" for p in programs.split()) or " ".join(f"`{c}_test`" for c in cases.split())
        rows.append(f"| {n} | {name} | {shows} | {supply or '–'} | {tests} |")
    return "\n".join(rows) + "\n"


def known():
    return [line.split()[0] for line in (TOP / "arch" / "isas.txt").read_text().splitlines() if line
            and line[0] not in "# "]


def run(line, log, env=None, timeout=600):
    with open(log, "ab") as out:
        try:
            return subprocess.run(line, stdout=out, stderr=subprocess.STDOUT, cwd=TOP,
                                  env={**os.environ, **(env or {})}, timeout=timeout, check=False).returncode
        except subprocess.TimeoutExpired:
            out.write(b"no end in time\n")
            return -1


def build(isa, targets, log):
    folder = TOP / "build" / isa
    configure = ["cmake", "-G", "Ninja", "-Wno-dev", "-S", ".", "-B", folder, f"-DRT0_ISA={isa}", "-DRT0_COMPILER=gcc",
                 "-DRT0_DEV=OFF",
                 "-DCMAKE_TOOLCHAIN_FILE=tools/toolchain.cmake", f"-DRT0_MKPCLNTAB={TOP}/build/host/bin/mkpclntab"]
    return run(configure, log) or run(["cmake", "--build", folder, "--target", *targets], log)


def skipped(log):
    """The reasons why tests of a step were skipped, from the last lines of its test files
    (tests/harness/rt0test.py)."""
    return sorted(set(re.findall(r"(?m)^skipped: (.*) \(\d+\)$",
                                 log.read_text(errors="replace")))) if log.exists() else []


def step(isa, programs, cases, log):
    """The reason why the step failed; empty if it did not. What it skipped is in its log."""
    how = "native" if (os.uname().machine == row(isa)[6]) else "qemu"
    for program in programs.split():
        if build(isa, [program], log):
            return "does not build"
        status = run(["qemu/run.sh", isa, how, f"build/{isa}/bin/{program}"], log)
        if status != 42:
            return f"exit status {status}: see tests/port/first.cc"
    for case in cases.split():
        if run(["python3", f"tests/cases/{case}_test.py"], log,
               {"RT0_TEST_ISA": isa, "RT0_TEST_BUILD": f"{TOP}/build/{isa}"},
               timeout=3600) not in (0, SKIPPED):
            return f"tests/cases/{case}_test.py"
    return ""


def row(isa):
    return next(line.split() for line in (TOP / "arch" / "isas.txt").read_text().splitlines()
                if line.split()[:1] == [isa])


def main():
    if sys.argv[1:] == ["--table"]:
        print(table(), end="")
        return 0
    if len(sys.argv) < 2 or sys.argv[1] not in known():
        print(f"port_check.py: ISA={' '.join(sys.argv[1:2])} is not known. Known: {' '.join(known())}", file=sys.stderr)
        return 2
    isa, wanted = sys.argv[1], [int(n) for n in sys.argv[2:]]
    folder = TOP / "build" / "port" / isa
    folder.mkdir(parents=True, exist_ok=True)
    grade, first, whole, in_part = 0, None, None, []
    for n, (name, shows, supply, programs, cases) in enumerate(LADDER, 1):
        if wanted and n not in wanted:
            continue
        log = folder / f"{n:02}.log"
        log.unlink(missing_ok=True)
        if cases and whole is None:
            whole = run(["make", "-s", "build", f"ISA={isa}"], log, timeout=3600)
        why = "does not build" if cases and whole else step(isa, programs, cases, log)
        not_tried = skipped(log) if not why else []
        if not_tried:
            in_part.append(n)
        print(f"{'FAIL' if why else 'part' if not_tried else 'ok':<4} {n:2} {name}: {why or shows}", flush=True)
        for reason in not_tried:
            print(f"        skipped: {reason}", flush=True)
        if why and first is None:
            first = (n, name, supply, log)
        if first is None:
            grade = n
        if first is not None and (n < 8 or whole):
            break  # the later steps need this one
    part = f" ({', '.join(map(str, in_part))} in part)" if in_part else ""
    print(f"grade of {isa}: {grade} of {len(LADDER)}{part}")
    if not wanted:
        (folder / "grade").write_text(f"{grade}/{len(LADDER)}{part}\n")
    if first is not None:
        n, name, supply, log = first
        print(f"next: step {n}, {name}. {'Supply ' + supply.replace('`', '') + '. ' if supply else ''}Its output: "
              f"{log.relative_to(TOP)}")
    return 1 if first is not None else 0


if __name__ == "__main__":
    sys.exit(main())
