#!/usr/bin/python3
"""qemu/boot_order.py on made-up logs, traces and orders: first a boot on which all three agree, then each kind of
disagreement."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

BOOT_ORDER = pathlib.Path(__file__).resolve().parent.parent.parent / "qemu" / "boot_order.py"

WITNESS = """\
# witness 1 x86_64
0 0 _rt0_amd64_linux
0 4 _rt0_amd64
0 9 runtime.rt0_go
0 30 runtime.memclr
0 40 runtime.check
0 50 runtime.schedinit
0 60 _ZN3rt04lockEv
0 70 runtime.mheap.init
0 80 runtime.malg
0 90 runtime.malg
0 100 runtime.schedule
0 110 runtime.findrunnable
0 120 runtime.main
1 0 runtime.mstart
0 125 runtime.newm
1 7 runtime.sysmon
1 9 runtime.checkdead
0 130 runtime.malg.constprop.0
1 11 runtime.usleep
1 20 runtime.mstart
0 140 main.main
# until main.main thread 0 instructions 140 syscalls 5
# exit thread 0 instructions 150 syscalls 6
"""

TRACE = """\
0 m- p- g- _rt0_amd64_linux
0 m- p- g- _rt0_amd64
0 m0 p- g0 rt0_go
0 m0 p- g0 check
0 m0 p- g0 schedinit
0 m0 p- g0 mheap.init
0 m0 p- g0 malg
0 m0 p- g0 malg
5 m0 p- g- TraceOpen kernel=linux
6 m0 p0 g0 schedule
7 m0 p0 g0 findrunnable
8 m0 p0 g1 GoStart id=1
9 m0 p0 g1 main
10 m0 p0 g1 newm
11 m1 p- g0 sysmon
12 m0 p0 g1 malg
13 m0 p0 g1 main.main
14 m0 p0 g1 malg
15 m0 p0 g1 Exit status=0
"""

FUNCTIONS = """\
_rt0_<isa>_linux
_rt0_<isa>
rt0_go
check
schedinit
mheap.init
malg
schedule
findrunnable
main
newm
sysmon
main.main
exit
"""

GO = """\
# Go's order, with a remark
## thread 0 (m0)
_rt0
rt0_go
check
args
schedinit
(*mheap).init
internal/cpu.Initialize
malg
malg.func1
schedule
findRunnable
main
main.func1
newm
malg
init
init.0
internal/bytealg.init.0
main.main
exit
## thread 1 (sysmon), up to the end of its first loop iteration
mstart
minit
sysmon
checkdead
usleep
## thread 2 (others)
mstart
"""


class BootOrderTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.dir = pathlib.Path(self.temporary.name)

    def call(self, *options, **inputs):
        """inputs: option name -> contents of its file."""
        command = [sys.executable, str(BOOT_ORDER)]
        for name, text in inputs.items():
            path = self.dir / name
            path.write_text(text)
            command += [f"--{name}", str(path)]
        done = subprocess.run([*command, *options], text=True, capture_output=True, check=False, env={})
        self.assertNotIn("Traceback", done.stderr)
        return done

    def all(self, *options, witness=WITNESS, trace=TRACE, functions=FUNCTIONS, go=GO):
        return self.call(*options, witness=witness, trace=trace, functions=functions, go=go)

    def assert_fails(self, done, *texts):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout)

    def assert_unusable(self, done, *texts):
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)

    # Agreement.

    def test_all_agree(self):
        done = self.all("--summary")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("trace: 14 boot events up to main.main, all as the witness saw them", done.stdout)
        self.assertIn("order: 12 entries of 11 shared names, in Go's order", done.stdout)
        self.assertIn("sysmon: 4 entries of 4 shared names, in Go's order", done.stdout)
        self.assertIn("main.main: instructions 140 syscalls 5", done.stdout)

    def test_verbose_lists_the_names(self):
        done = self.all("--verbose")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("order: 11 names shared: _rt0 check", done.stdout)
        self.assertRegex(done.stdout, r"order: only Go: .*\bargs\b.*init\.0.*malg\.func1")
        self.assertIn("order: only rt0: memclr", done.stdout)
        self.assertIn("sysmon: only Go: minit", done.stdout)

    def test_trace_and_go_without_a_witness(self):
        done = self.call(trace=TRACE, go=GO)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("sysmon: 1 entries of 1 shared names", done.stdout)

    def test_another_isas_names(self):
        done = self.all(witness=WITNESS.replace("amd64", "riscv64"), trace=TRACE.replace("amd64", "riscv64"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_without_sysmon_there_is_nothing_to_compare(self):
        witness = "".join(line + "\n" for line in WITNESS.splitlines() if not line.startswith("1 "))
        done = self.all(witness=witness)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("sysmon: rt0 does not run it here", done.stdout)

    # Witness against trace.

    def test_the_trace_tells_less(self):
        self.assert_fails(self.all(trace=TRACE.replace("0 m0 p- g0 check\n", "")),
                          "trace: FAILED: the witness saw check entered (thread 0, after 40 instructions)",
                          "(after rt0_go)")

    def test_the_trace_tells_a_repeated_entry_once(self):
        self.assert_fails(self.all(trace=TRACE.replace("0 m0 p- g0 malg\n", "", 1)), "the witness saw malg entered")

    def test_the_trace_never_tells_of_a_listed_function(self):
        self.assert_fails(self.all(functions=FUNCTIONS + "memclr\n"), "the witness saw memclr entered")

    def test_the_trace_tells_more(self):
        self.assert_fails(self.all(witness=WITNESS.replace("0 50 runtime.schedinit\n", "")),
                          "trace: FAILED: the trace has schedinit (line 5), the witness saw no entry of it")

    def test_the_trace_tells_another_order(self):
        swapped = TRACE.replace("g0 check", "g0 X").replace("g0 schedinit", "g0 check").replace("g0 X", "g0 schedinit")
        self.assert_fails(self.all(trace=swapped), "trace: FAILED")

    def test_the_trace_begins_late(self):
        self.assert_fails(self.all(trace=TRACE.split("\n", 1)[1]), "the witness saw _rt0_<isa>_linux", "(at the start)")

    def test_the_trace_tells_of_an_unlisted_function(self):
        self.assert_fails(self.all(functions=FUNCTIONS.replace("check\n", "")), "check, which is not in the list")

    def test_the_trace_stops_early(self):
        self.assert_fails(self.all(trace=TRACE[:TRACE.index("13 m0")]), "the trace does not get to main.main on m0",
                          "the witness saw main.main entered")

    def test_main_main_on_another_thread(self):
        witness = WITNESS.replace("0 140 main.main", "1 40 main.main").replace("main.main thread 0",
                                                                               "main.main thread 1")
        self.assert_fails(self.all("--summary", witness=witness),
                          "the witness did not see main.main entered on thread 0",
                          "budget: FAILED: main.main was entered on thread 1")

    def test_another_ms_events_are_not_m0s(self):
        self.assert_fails(self.all(trace=TRACE.replace("0 m0 p- g0 check", "0 m1 p- g0 check")),
                          "the witness saw check")

    def test_many_differences_are_counted(self):
        lines = "".join(f"0 {200 + i} runtime.exit\n" for i in range(30))
        self.assert_fails(self.all(witness=WITNESS.replace("0 140", lines + "0 140")), "and 18 more differences")

    # rt0 against Go.

    def test_an_entry_which_go_does_not_make_there(self):
        go = GO.replace("newm\nmalg\n", "newm\n")
        self.assert_fails(self.all(go=go), "order: FAILED: rt0's entry of malg",
                          "findrunnable main newm]; Go goes on with [main.main]")

    def test_first_occurrences_in_another_order(self):
        # rt0's entries are a subsequence, but Go enters malg before check.
        go = GO.replace("rt0_go\ncheck\n", "rt0_go\nmalg\ncheck\n")
        done = self.all(go=go)
        self.assert_fails(done, "order: FAILED: rt0 enters check for the first time where Go enters malg")
        self.assertNotIn("rt0's entry of", done.stdout)

    def test_sysmon_in_another_order(self):
        go = GO.replace("sysmon\ncheckdead\n", "checkdead\nsysmon\n")
        self.assert_fails(self.all(go=go), "sysmon: FAILED")

    def test_nothing_in_common(self):
        go = "## thread 0\nfoo\n## thread 1\nsysmon\n"
        self.assert_fails(self.all(go=go), "order: FAILED: rt0 and Go have no name in common")

    def test_all_checks_are_made(self):
        done = self.all("--max-instructions", "1", "--max-syscalls", "1", trace=TRACE.replace("0 m0 p- g0 check\n", ""),
                        go=GO.replace("newm\nmalg\n", "newm\n").replace("sysmon\ncheckdead\n", "checkdead\nsysmon\n"))
        self.assert_fails(done, "trace: FAILED", "order: FAILED", "sysmon: FAILED", "budget: FAILED: 140 instructions",
                          "budget: FAILED: 5 system calls")

    # Budgets.

    def test_budgets(self):
        self.assertEqual(self.call("--max-instructions", "140", "--max-syscalls", "5", witness=WITNESS).returncode, 0)
        self.assert_fails(self.call("--max-instructions", "139", witness=WITNESS),
                          "budget: FAILED: 140 instructions to main.main, 1 more than the 139 allowed")
        self.assert_fails(self.call("--max-syscalls", "4", witness=WITNESS),
                          "budget: FAILED: 5 system calls to main.main, 1 more than the 4 allowed")

    # Unusable input.

    def test_unusable_input(self):
        self.assert_unusable(self.all(witness=""), "witness: empty")
        self.assert_unusable(self.all(witness="hello\n"), "witness:1: not a line of a witness log")
        self.assert_unusable(self.all(witness="# witness 1 x\n0 1 foo\n"), "no entry of a function with a Go name")
        self.assert_unusable(self.all(witness=WITNESS[:WITNESS.index("# until")]), "no '# until main.main' line")
        self.assert_unusable(self.all(witness=WITNESS.replace("instructions 140", "instructions many")),
                             "not an until line")
        self.assert_unusable(self.all(trace=""), "trace: empty")
        self.assert_unusable(self.all(trace=TRACE + "panic: oops\n"), "trace:20: not a line of a trace")
        self.assert_unusable(self.all(go="_rt0\n"), "comes before the first '## thread N'")
        self.assert_unusable(self.all(go="# nothing\n"), "no '## thread 0'")
        self.assert_unusable(self.all(functions=""), "functions: empty")
        off = WITNESS.replace("instructions 140", "instructions -")
        self.assert_unusable(self.call("--summary", witness=off), "counts no instructions")
        done = self.call("--trace", str(self.dir / "none"), witness=WITNESS, functions=FUNCTIONS)
        self.assert_unusable(done, "none: No such file")

    def test_nothing_to_compare(self):
        self.assert_unusable(self.call(witness=WITNESS), "nothing to compare")
        self.assert_unusable(self.call(trace=TRACE, witness=WITNESS), "need --functions")
        self.assert_unusable(self.call("--summary", trace=TRACE), "need --witness")


if __name__ == "__main__":
    rt0test.main()
