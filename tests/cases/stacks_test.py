#!/usr/bin/python3
"""Stacks of all sizes: made, ended, reused, overflowed, given back; and many of them."""

import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

BUILDS = (rt0test.BUILD, rt0test.DEV_BUILD)
BITS = int(rt0test.ROW["bits"])
DEFAULT = 256 << 10 if BITS == 64 else 64 << 10
LARGEST = 1 << 30 if BITS == 64 else 1 << 28
# For these ISAs GCC does not touch each page of a large frame (stack probes): docs/STACKS.md.
PROBES = rt0test.ISA not in ("riscv64", "arm")
# How far below the stack sp may be when a probe meets the guard: sp moves down by a page, then the lower or the upper
# end of that page is touched.
PROBED = 4096 + 512 if rt0test.ISA in ("amd64", "386") else 8192 + 512


@rt0test.each_how
class Stacks(rt0test.Case):
    def run_stacks(self, *args, procs=4, env=None, **options):
        for build in BUILDS:
            with self.subTest(build=build.name, args=args):
                yield self.run_program("stacks", *args, env={"GOMAXPROCS": procs, **(env or {})}, build=build,
                                       **options)

    def test_many_sizes_on_many_ps(self):
        rounds = 400 if rt0test.FIRST and self.how == "native" else 60
        for procs in (1, 8):
            for done in self.run_stacks("stress", rounds, procs=procs, timeout=60):
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.err), f"ended {8 * 5 * rounds} wrong 0 left 1\n")

    def test_used_again(self):
        for done in self.run_stacks("reuse", procs=1):
            self.assertEqual(rt0test.text(done.err), "the same place true\n")

    def test_sizes_in_range(self):
        for size in (1, 4095, 16385, 3 << 20):
            for done in self.run_stacks("range", size):
                self.assertEqual((done.status, rt0test.text(done.err)), (0, "runs\n"))

    def test_sizes_out_of_range(self):
        for args in (("range", LARGEST + 1), ("too_large", 0), ("too_large", 4096)):
            for done in self.run_stacks(*args):
                self.assertEqual(done.status, 2)
                self.assertTrue(rt0test.text(done.err).startswith("panic: go_with: stack size out of range\n\n"
                                                                  "goroutine 1 [running]:\n"),
                                rt0test.text(done.err)[:200])

    def test_overflow_names_limit_and_goroutine(self):
        for wish, limit in ((0, DEFAULT), (100000, 131072), (1 << 20, 1 << 20)):
            for done in self.run_stacks("overflow", wish):
                self.assert_fatal(done, "stack overflow")
                self.assertRegex(rt0test.text(done.err),
                                 rf"\Aruntime: goroutine stack exceeds {limit}-byte limit\nruntime: sp=0x[0-9a-f]+ "
                                 rf"stack=\[.*\]\n"
                                 r"fatal error: stack overflow\n\ngoroutine (?!1 )\d+ gp=0x")

    def test_overflow_of_g0(self):
        for done in self.run_stacks("g0"):
            self.assert_fatal(done, "morestack on g0")
            self.assertRegex(rt0test.text(done.err),
                             r"\Aruntime: morestack on g0, sp=0x[0-9a-f]+ stack=\[0x[0-9a-f]+, 0x[0-9a-f]+\]\n"
                             r"fatal error: morestack on g0\n")

    def test_overflow_of_gsignal(self):
        """The fault handler itself has no stack left, so the kernel ends the process without a message."""
        for m in (0, 1):
            for done in self.run_stacks("gsignal", m):
                self.assertEqual(done.status, -signal.SIGSEGV, done.err[:300])
                self.assertNotIn(b"panic", done.err)

    def test_guards_of_all_threads(self):
        """Each stack has its guard, also those of the first two Ms, whose guards are set up late, and of Ms that
        reuse the stacks of Ms that have ended."""
        for done in self.run_stacks("guards"):
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "enough true without 0 broken 0\n"))

    def test_overflow_over_the_guard(self):
        """A single frame larger than stack and guard together must not reach the memory below them."""
        if not PROBES:
            self.skipTest("the compiler emits no stack probes for this ISA")
        for args in (("huge", 3), ("rename",)):
            for done in self.run_stacks(*args):
                self.assert_fatal(done, "stack overflow")
                sp, lo = (int(n, 16) for n in re.search(r"sp=(0x\w+) stack=\[(0x\w+),",
                                                        rt0test.text(done.err)).groups())
                self.assertLess(lo - sp, PROBED, "it stepped over the guard before it touched it")

    def test_high_water_mark(self):
        """GODEBUG=tracebackstack=1 prints about how much stack each goroutine has used; without it, and in a simulated
        run, nothing."""
        line = re.compile(r"^runtime: goroutine stack used (\d+) of (\d+) bytes$", re.M)
        for done in self.run_stacks("used", 300000, env={"GODEBUG": "tracebackstack=1", "GOTRACEBACK": "all"}):
            used = [tuple(int(n) for n in m) for m in line.findall(rt0test.text(done.err))]
            self.assertEqual(len(used), 2, rt0test.text(done.err))
            self.assertTrue(300000 <= used[0][0] <= 1 << 19 and (1 << 20) - (1 << 17) <= used[0][1] < 1 << 20, used)
            self.assertLess(used[1][0], DEFAULT)
        for env in ({}, {"GODEBUG": "tracebackstack=1", "RT0_SIM": "seed=1"}):
            for done in self.run_stacks("used", 300000, env=env):
                self.assertEqual(done.status, 2)
                self.assertNotIn("stack used", rt0test.text(done.err))

    def test_many_parked(self):
        """More stacks than a process may have mappings for mprotect's guards: the last ones go without a guard, and all
        goroutines run. QEMU's MADV_GUARD_INSTALL does nothing, so there the guards are mprotect's."""
        n = 70000 if self.how == "native" and BITS == 64 else 30000 if rt0test.FIRST else 10000
        for done in self.run_stacks("parked" if BITS == 64 else "parked_small", n, timeout=120):
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), f"parked {n}\nall have ended\n")

    def test_memory_goes_back(self):
        """After minutes without work, free stacks' memory goes back to the simulated kernel; the trace is the same each
        time, and does not say how many there were, because that depends on the size of a word."""
        traces = set()
        for build in BUILDS:
            # With enomem:0 each call about memory is a choice: one for each of 100 stacks, none of which had ended
            # early enough to be reused.
            done, trace = rt0test.run_traced("stacks", "idle", how=self.how, build=build,
                                             env={"RT0_SIM": "seed=1,procs=2,faults=enomem:0"})
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "awake\ndone\n"))
            events = rt0test.parse_trace(trace)
            self.assertGreaterEqual(sum(e.name == "Choose" and e.args["kind"] == "enomem" for e in events), 100)
            done, trace = rt0test.run_traced("stacks", "idle", how=self.how, build=build,
                                             env={"RT0_SIM": "seed=1,procs=2"})
            self.assert_status(done, 0)
            self.assertNotIn("StackScavenge", trace)
            traces.add(trace)
        self.assertEqual(len(traces), 1)

    def back(self, how, limit=None):
        """How many stacks were given back, and the program's own words about its resident memory."""
        for build in BUILDS:
            env = {"GOMAXPROCS": "4", **({"GOMEMLIMIT": limit} if limit else {})}
            done, trace = rt0test.run_traced("stacks", "back", how, how=self.how, build=build, env=env)
            self.assert_status(done, 0)
            yield sum(int(e.args["n"]) for e in rt0test.parse_trace(trace)
                      if e.name == "StackScavenge"), rt0test.text(done.err)

    @rt0test.needs("/proc/self/statm")
    def test_memory_goes_back_when_asked_for(self):
        """free_os_memory() and gc() give back the memory of all free stacks, also of those in the caches of busy Ps."""
        for how in ("free", "gc"):
            for stacks, says in self.back(how):
                self.assertGreaterEqual(stacks, 1990)
                if self.how == "native":  # under QEMU it would be QEMU's memory
                    self.assertEqual(says, "touched true given back\n")

    def test_memory_is_given_back_when_two_ask(self):
        for build in BUILDS:
            done = self.run_program("stacks", "twice", env={"GOMAXPROCS": "4"}, build=build)
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "given back later: 0\n"))

    def test_frames_that_are_overrun_upwards(self):
        """A frame overrun upwards reaches the goroutine's own G: the result is a fatal error that says so, whatever was
        written, and however much."""
        for build in BUILDS:
            for n in (0, 8, 64, 200, 304):
                for value in (0, 0x55, 0xff):
                    with self.subTest(n=n, value=value, build=build.name):
                        done = self.run_program("stacks", "upwards", n, value, build=build)
                        self.assert_status(done, 2)
                        self.assertRegex(done.err,
                                         rb"(?m)^fatal error: (a )?goroutine has written beyond the upper end of its "
                                         rb"stack$")

    def test_stacks_to_be_preempted_on_are_used_again(self):
        """300 goroutines with small stacks are preempted, each on a stack of 32 KiB or more, and end."""
        if self.how == "native":  # QEMU's own memory would count, too
            done = self.run_program("stacks", "preempted", env={"GOMAXPROCS": "2"})
            self.assertEqual((done.status, rt0test.text(done.err)), (0, "used again\n"))

    def test_nil_deep_in_a_small_stack(self):
        """A nil dereference becomes a panic that is recovered while there is stack left for that. With less stack the
        program ends with a fatal error."""
        message = "recovered runtime error: invalid memory address or nil pointer dereference\n"
        for build in BUILDS:
            for depth in (256, 1024, 3000, 4096) if BITS == 64 else (256, 1024, 4096):
                done = self.run_program("stacks", "nil", depth, build=build)
                self.assertEqual((done.status, rt0test.text(done.err)), (0, message), depth)
            for depth in range(5000, 20000, 500):
                done = self.run_program("stacks", "nil", depth, build=build)
                if done.status != 0:
                    self.assert_status(done, 2)
                    self.assertRegex(done.err,
                                     rb"(?m)^fatal error: (stack overflow|unexpected signal during runtime execution)$",
                                     depth)

    @rt0test.needs("/proc/self/statm")
    def test_memory_goes_back_when_the_limit_is_near(self):
        """Memory goes back though no P has been idle for long. The limit is for the process's memory, of which QEMU
        alone uses more."""
        for stacks, says in self.back("limit", "32MiB" if BITS == 64 else "12MiB"):
            self.assertGreaterEqual(stacks, 1000)
            if self.how == "native":
                self.assertEqual(says, "touched true given back\n")

    @rt0test.needs("/proc/self/statm")
    def test_memory_stays_while_the_limit_is_far(self):
        for limit in (None, "4GiB"):
            for stacks, says in self.back("no", limit):
                self.assertEqual(stacks, 0)
                if self.how == "native":
                    self.assertEqual(says, "touched true kept\n")

    def test_no_memory(self):
        if self.how != "native":
            self.skipTest("QEMU itself needs the address space")
        for wish in (16384, 1 << 20):
            for done in self.run_stacks("memory", wish, before=("prlimit", "--as=300000000")):
                self.assert_fatal(done, "out of memory")

    def test_larger_stacks_are_cut_up(self):
        """One large free stack takes up most of the address space: stacks of further goroutines are cut out of it."""
        if self.how != "native":
            self.skipTest("QEMU itself needs the address space")
        n, limit = (1 << 28, 480) if BITS == 64 else (1 << 26, 110)
        for done in self.run_stacks("cut", n, before=("prlimit", f"--as={limit * 1000000}")):
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), "goroutines 1001\n")


if __name__ == "__main__":
    rt0test.main()
