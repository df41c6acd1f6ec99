#!/usr/bin/env python3
"""new, delete, malloc: contents, alignment, reuse, objects larger than an arena, threads, misuse, and no memory."""

import collections
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

NOT_NEWS = b"fatal error: delete of a pointer that new did not return\n"
MIDDLE = b"fatal error: delete of a pointer into the middle of an object\n"
DOUBLE = b"fatal error: double delete, or delete of a pointer that new did not return\n"
OUT_OF_MEMORY = (rb"\Aruntime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\n"
                 rb"fatal error: out of memory\n")
NO_LIMIT = 2**63 - 1
CXX_FATAL = {"at": rb"\Afatal error: std::out_of_range: vector::_M_range_check: __n \(which is 7\) >= this->size\(\) "
                   rb"\(which is 3\)\n",
             "length": rb"\Afatal error: std::length_error: vector::reserve\n", "memory": OUT_OF_MEMORY,
             "empty": rb"\Afatal error: std::bad_function_call\n",
             "substr": rb"\Afatal error: std::out_of_range: basic_string_view::substr: __pos \(which is 9\)"}
MISUSE = {"double_large": NOT_NEWS, "middle_large": MIDDLE, "stack": NOT_NEWS, "static": NOT_NEWS, "wild": NOT_NEWS}
MISUSE_DEV = dict(MISUSE, double=DOUBLE, middle=MIDDLE)
# Of a CHECKED program: the first line says which object, the second what happened.
OBJECT = rb"\Aruntime: the object of %d bytes at 0x[0-9a-f]+, "
DELETED = rb"deleted by main\.main \(tests/programs/heap_misuse\.cc:\d+\), "
BEYOND = rb"is deleted, and byte %d behind its end was written\nfatal error: write beyond the end of an object\n"
AFTER = DELETED + rb"was written after that, at byte %d\nfatal error: write to an object after its delete\n"
MISUSE_CHECKED = {
    "double": OBJECT % 100 + DELETED + rb"is deleted again\nfatal error: double delete\n",
    "beyond": OBJECT % 100 + BEYOND % 1,
    "beyond_large": OBJECT % 100000 + BEYOND % 2,
    "beyond_array": OBJECT % 20 + BEYOND % 1,
    "beyond_tail": rb"\Aruntime: the object of \d+ bytes at 0x[0-9a-f]+, " +
                  BEYOND % 1,  # its size was overwritten, too
    "after_written": OBJECT % 100 + AFTER % 7,
    "after_at_end": OBJECT % 100 + AFTER % 99,
    "after_read": rb"\A(unexpected fault address|panic: runtime error: invalid memory address)",
}


@rt0test.each_how
class Heap(rt0test.Case):
    def test_objects_of_all_sizes(self):
        for procs in ("1", "4"):
            with self.subTest(procs=procs):
                # Natively with an address space too small for all huge objects at once: it suffices only if
                # freed ones are given back.
                inner = ("prlimit", "--as=8000000000") if self.how == "native" else ()
                done = rt0test.run("heap", how=self.how, env={"GOMAXPROCS": procs}, inner=inner)
                self.assertEqual((done.status, done.err), (0, b"heap ok\n"))

    def test_torture(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            seconds = os.environ.get("RT0_HEAP_SECONDS", "2")
            done = self.run_program("heap_torture", build=build, env={"GOMAXPROCS": "4", "RT0_HEAP_SECONDS": seconds})
            self.assert_status(done, 0)
            self.assertIn(b" damaged 0\n", done.out)

    def test_malloc(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            done = self.run_program("heap_c", build=build)
            self.assertEqual((done.status, done.err), (0, b"malloc ok\n"))

    def test_costs(self):
        """Searching free runs that are too small costs an allocation nothing, growing arrays are seldom copied, and a
        memory limit that is too low costs no more than half the CPU."""
        for what in ("runs", "growing", "in_place", "limit"):
            with self.subTest(what=what):
                done = self.run_program("heap_costs", what, timeout=120)
                self.assertEqual((done.status, done.err), (0, b"ok\n"))

    def test_misuse(self):
        for build, program, cases in ((rt0test.BUILD, "heap_misuse", MISUSE),
                                      (rt0test.DEV_BUILD, "heap_misuse", MISUSE_DEV),
                                      (rt0test.BUILD, "heap_misuse_checked", dict(MISUSE, middle=MIDDLE))):
            for what, message in cases.items():
                with self.subTest(what=what, build=build.name, program=program):
                    done = self.run_program(program, what, build=build)
                    self.assert_status(done, 2)
                    self.assertTrue(done.err.startswith(message), done.err[:300])

    def test_misuse_of_a_checked_program(self):
        for what, message in MISUSE_CHECKED.items():
            with self.subTest(what=what):
                done = self.run_program("heap_misuse_checked", what)
                self.assert_status(done, 2)
                self.assertRegex(done.err, message)
        done = self.run_program("heap_misuse_checked", "after")
        self.assertEqual((done.status, done.err), (0, b""))

    def test_a_checked_program_is_right(self):
        """A CHECKED program reports no misuse where there is none: C's functions, all sizes and alignments, many
        goroutines."""
        for program, says in (("heap_torture_checked", b" damaged 0\n"), ("heap_c_checked", b"malloc ok\n")):
            for procs in ("1", "4"):
                done = self.run_program(program, env={"GOMAXPROCS": procs, "RT0_HEAP_SECONDS": "1"})
                self.assert_status(done, 0)
                self.assertIn(says, done.out + done.err)

    def test_no_memory(self):
        done = self.run_program("heap_misuse", "nothrow")
        self.assertEqual((done.status, done.err), (0, b"null\n"))
        done = self.run_program("heap_misuse", "large")
        self.assert_status(done, 2)
        self.assertRegex(done.err,
                         rb"\Aruntime: out of memory: cannot allocate \d+-byte block \(\d+ in use\)\nfatal error: out "
                         rb"of memory\n")

    def test_memory_limit_too_small(self):
        done = self.run_program("heap_misuse", "limit", env={"GOMEMLIMIT": "1MiB"})
        self.assertEqual((done.status, done.err), (0, b"on\n"))
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            done = self.run_program("heap_misuse", "limit_neighbour", build=build)
            self.assertEqual((done.status, done.err), (0, b"on\n"))

    def test_every_request_for_memory_fails_once(self):
        """The n-th request for memory fails, for n from 1 until the program makes fewer than n. The result is an error
        value, a fatal error, or success because the program can do without. Simulated, so that the n-th request is the
        same one each time."""
        step = 1 if self.how == "native" or rt0test.FIRST else 7
        outcomes = collections.Counter()
        for n in range(1, 2000, step):
            done = self.run_program("heap_faults", str(n), "/proc/self/exe", build=rt0test.DEV_BUILD,
                                    env={"RT0_SIM": "seed=1,procs=2"})
            if done.err.startswith(b"unmet\n"):
                break
            outcomes[done.status] += 1
            if done.status == 2:
                self.assertRegex(done.err, OUT_OF_MEMORY, n)
            else:
                self.assertEqual(done.status, 0, (n, done.err[:300]))
                self.assertRegex(done.err, rb"\Aerrors [01]\n\Z", n)
        else:
            self.fail("the program's requests for memory do not end")
        self.assertEqual(set(outcomes), {0, 2}, outcomes)
        self.assertGreater(outcomes.total(), 100 // step)

    def test_what_a_collector_will_ask(self):
        """Objects are found to which only a register, a stack, another object or a global points, in goroutines in all
        states."""
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for args in ((), ("spin",)):  # spin: a goroutine that calls nothing, which must be preempted
                if args and self.how == "qemu" and "signals" in rt0test.ROW["lacks"]:
                    continue
                for procs in ("1", "4"):
                    with self.subTest(args=args, procs=procs, build=build.name):
                        done = self.run_program("gcroots", *args, build=build, env={"GOMAXPROCS": procs})
                        self.assertEqual((done.status, done.err), (0, b"roots ok\n"))

    def test_a_p_that_is_taken_away_gives_up_its_cache(self):
        """When GOMAXPROCS is 1 again, little memory stays in use, although four Ps have had caches."""
        kept = []
        for seed in range(1, 9):
            done = self.run_program("memstats", "caches",
                                    env={"RT0_SIM": f"seed={seed},procs=4,strategy=random", "GOMAXPROCS": 1})
            self.assert_status(done, 0)
            kept.append(int(done.err.split()[1]))
        self.assertLess(max(kept), 650000, kept)

    def test_figures_and_parameters(self):
        for env, gogc, goal, limit in (({}, 100, 4 << 20, NO_LIMIT),
                                       ({"GOGC": "off"}, -1, 2**64 - 1, NO_LIMIT),
                                       ({"GOGC": "50", "GOMEMLIMIT": "2GiB"}, 50, 2 << 20, 2 << 30),
                                       ({"GOGC": "rubbish", "GOMEMLIMIT": "1MiB"}, 100, 4 << 20, 1 << 20)):
            with self.subTest(env=env):
                done = self.run_program("memstats", env=env)
                wanted = (f"next_gc {goal}\ngogc {gogc}\ngogc -1\ngogc 50\nnext_gc {8 << 20}\n"
                          f"limit {limit}\nlimit {limit}\nlimit {1 << 20}\nlimit {1 << 20}\n")
                self.assertEqual((done.status, rt0test.text(done.err)), (0, wanted))

    def test_scavenging_is_traced(self):
        """Memory that a program frees and does not need again goes back to the kernel in pieces, with a trace event for
        each."""
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder) / "trace"
            done = self.run_program("heap_misuse", "idle", env={"RT0_TRACE": str(trace)})
            self.assertEqual((done.status, done.err), (0, b"idle\n"))
            pieces = [int(n) for n in re.findall(r"(?m)^\d+ .* Scavenge bytes=(\d+)", trace.read_text())]
        if os.sysconf("SC_PAGE_SIZE") <= 8192:
            self.assertGreater(len(pieces), 2)
            self.assertLessEqual(max(pieces), 512 * 1024)

    def test_headers_of_a_cxx_library(self):
        for procs in ("1", "4"):
            done = self.run_program("cxx_headers", env={"GOMAXPROCS": procs})
            self.assertEqual((done.status, done.err), (0, b"headers ok\n"))
        done = self.run_program("cxx_headers", "nothrow")
        self.assertEqual((done.status, done.err), (0, b"null\n"))
        for what, text in CXX_FATAL.items():
            with self.subTest(what=what):
                done = self.run_program("cxx_headers", what)
                self.assert_status(done, 2)
                self.assertRegex(done.err, text)

    def test_no_memory_from_a_simulated_kernel(self):
        """If any one request fails, the program ends with a fatal error about the lack of memory, or does without that
        memory."""
        failed = 0
        for seed in range(1, 25):
            done = self.run_program("heap", env={"RT0_SIM": f"seed={seed},procs=2,faults=enomem:200"})
            if done.status == 0:
                self.assertEqual(done.err, b"heap ok\n")
                continue
            failed += 1
            self.assert_status(done, 2)
            self.assertRegex(done.err, rb"\Aruntime: out of memory: cannot allocate \d+-byte block")
        self.assertGreater(failed, 5)


if __name__ == "__main__":
    rt0test.main()
