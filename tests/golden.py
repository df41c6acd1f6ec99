#!/usr/bin/python3
"""The golden boot trace: the events of hello's boot, the same on every ISA, natively and under QEMU.

  golden.py --write   runs hello and writes tests/golden/ anew (make golden shows the difference)
  golden.py --check   exit status 0: every run gives the golden trace; 1: one does not, with the difference on stdout

boot.trace has all of m0's lines; with GOMAXPROCS=1 only one order of them is possible. sysmon.trace has m1's lines: its
thread starts when the host lets it, so a run may show only the first of them, or none. Times are masked as T, the ISA's
name as <isa>.

On a busy machine hello may take so long that sysmon has reason to intervene: a goroutine has run for a time slice of 10
ms, or a system call lasts longer than sysmon's sleep of 20 us. Such a run has other events, and is no subject of a
comparison. Where the trace shows that sysmon had the reason, the run is made again, up to RUNS times, and each
repetition is reported. Without the reason, sysmon is wrong, and the check fails.
"""

import argparse
import difflib
import sys

from harness import rt0test

GOLDEN = rt0test.TESTS / "golden"
BOOT, SYSMON = GOLDEN / "boot.trace", GOLDEN / "sysmon.trace"
ENV = {"GOMAXPROCS": "1"}
TRIES = 50  # runs, to see the whole start of sysmon at least once
RUNS = 20
# What sysmon does to a P, what that P's M did last before it, and the nanoseconds that must lie between the two.
INTERVENTIONS = {"ProcPreempt": ("GoStart", 10_000_000), "ProcRetake": ("GoSysCall", 20_000)}


class Interrupted(Exception):
    """sysmon had reason to intervene."""


def check_interventions(events):
    """Raises Interrupted if sysmon intervened, and AssertionError if it had no reason to do so."""
    found = None
    for e in events:
        if e.m != 1 or e.name not in INTERVENTIONS:
            continue
        cause, least = INTERVENTIONS[e.name]
        since = max([b.time for b in events if b.time <= e.time and b.m != 1 and b.name == cause], default=None)
        seen = min(b.time for b in events if b.m == 1 and b.name == "sysmon")
        lasted = e.time - max(since, seen) if since is not None else 0
        if lasted < least:
            raise AssertionError(f"sysmon: {e.name} {lasted} ns after {cause}: it has no reason before {least} ns\n" +
                                 "\n".join(event.line for event in events))
        found = f"{e.name} {lasted / 1e6:.2f} ms after {cause}"
    if found:
        raise Interrupted(found)


def traces(how, build=None):
    """hello's trace as two masked texts: m0's lines and m1's. Another M in the trace is an error."""
    for _ in range(RUNS):
        try:
            return traces_once(how, build)
        except Interrupted as why:
            rt0test.retried("hello", why)
            last = why
    raise last


def traces_once(how, build=None):
    done, trace = rt0test.run_traced("hello", env=ENV, how=how, build=build)
    if done.status != 0 or done.out != b"Hello World\n" or done.err:
        raise AssertionError(f"hello ({how}): status {done.status}\n{rt0test.text(done.out)}{rt0test.text(done.err)}")
    events = rt0test.parse_trace(trace)
    check_interventions(events)
    by_m = {0: "", 1: ""}
    for event in events:
        by_m[event.m] += rt0test.mask_isa(rt0test.mask_time(event.line)) + "\n"
    return by_m[0], by_m[1]


def difference(golden, got, what):
    return "\n".join(difflib.unified_diff(golden.splitlines(), got.splitlines(), "golden", what, lineterm=""))


def check(how, build=None):
    """The differences between one run and the golden trace; empty if there are none."""
    boot, sysmon = traces(how, build)
    golden_sysmon = SYSMON.read_text("ascii")
    wrong = difference(BOOT.read_text("ascii"), boot, f"hello, {how}: m0")
    if not golden_sysmon.startswith(sysmon):
        wrong += "\n" + difference(golden_sysmon, sysmon, f"hello, {how}: m1, which may end early")
    return wrong.strip()


def write():
    boot, longest = traces(rt0test.HOWS[0])
    for _ in range(TRIES):
        again, sysmon = traces(rt0test.HOWS[0])
        if again != boot:
            raise AssertionError("hello: two runs, two traces:\n" + difference(boot, again, "the second run"))
        longest = max(longest, sysmon, key=len)
    GOLDEN.mkdir(exist_ok=True)
    BOOT.write_text(boot, "ascii")
    SYSMON.write_text(longest, "ascii")


def main():
    parser = argparse.ArgumentParser(description="The golden boot trace of hello.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write tests/golden/ anew")
    mode.add_argument("--check", action="store_true", help="compare")
    if parser.parse_args().write:
        write()
        return 0
    failed = 0
    for how in rt0test.HOWS:
        wrong = check(how)
        print(wrong or f"hello, {how}: as the golden trace")
        failed |= bool(wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main())
