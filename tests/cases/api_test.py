#!/usr/bin/python3
"""Parts of the public API that no other test calls. The sockets' errors are those of Go 1.24, apart from port
numbers."""

import os
import pathlib
import re
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SOCKETS = """\
dial tcp 127.0.0.1:L: i/o timeout
<nil>
<nil> <nil>
true true write tcp 127.0.0.1:C->127.0.0.1:L: i/o timeout
0 write tcp 127.0.0.1:C->127.0.0.1:L: i/o timeout
<nil>
0 EOF true
0 write udp 127.0.0.1:U->127.0.0.1:U: i/o timeout
10 <nil>
true
-1
set tcp 127.0.0.1:C->127.0.0.1:L: use of closed network connection
close tcp 127.0.0.1:C->127.0.0.1:L: use of closed network connection
set tcp 127.0.0.1:C: use of closed network connection
dial tcp 127.0.0.1:L: i/o timeout
"""

# Index, ok, and the value that each receiving case got.
CASES = "8 false 0\n" + "".join(f"{i} true {10 * i}\n" for i in range(8)) + """\
3 false 0
3 false 7
0 true 66
0
reflect.Select: multiple default cases
"""


# The output of tests/programs/names.cc.
NAMES = """\
true
2s 999999000005 true true true false true
59s
true false false
true 3
twenty-two true false cut
true true false
true false
21 -1
42 false text 42 text nil
true a failure false 0 false false
true true
true true
true
true true a failure x
true panic called with nil argument
nil nil false
panic called with nil argument
panic called with nil argument
<nil> %!w(<nil>) <nil> %!s(<nil>)
5 5 text a failure int main.Failure <nil>
op: context canceled true false
op: a failure true true true
true
true false true 7
false true new
1m30s 0001-01-01 00:00:00 +0000 UTC 1970-01-01 00:16:40.000000005 +0000 UTC 2000-02-29 23:59:59.12 +0000 UTC
1m30s 1.5s "1µs" time.Duration 1969-12-31 23:59:59 +0000 UTC
2100-03-01 00:00:00 +0000 UTC 10000-01-01 00:00:00 +0000 UTC
true
true true true true true
func(), func(int) int, func()
main.Box[int] main.Box[main.Box[main.Failure]] chan main.Box[float32]
true <nil> true
"""

# Which functions take a callable, and how many kinds of it the program tries: tests/programs/callables.cc.
CALLABLES = """\
go 5
go_with 5
WaitGroup::go 5
errgroup go 4
errgroup try_go 4
after_func 5
context::after_func 5
Once 5
once_func 5
once_value 5
Defer 5
func 5
otherwise 5
func with a result 4
select send 5
select recv 5
select recv of a value 4
Map::range 4
Pool 2
any true true
panic true
"""


@rt0test.each_how
class Api(rt0test.Case):
    def says(self, what, **options):
        """Standard output and standard error of each build, with one P and with four."""
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in (1, 4):
                done = self.run_program("api", what, env={"GOMAXPROCS": procs}, build=build, **options)
                self.assert_status(done, 0)
                yield rt0test.text(done.out), rt0test.text(done.err)

    def test_own_names(self):
        """A program may have things of its own for all short names beside `using namespace rt0`."""
        done = self.run_program("names_own")
        self.assert_status(done, 3)
        self.assertEqual(done.err, b"27 24\ntrue true true text 0\ntrue 1\n")

    def test_own_names_are_all(self):
        """The program defines each name that the headers make known unless RT0_NO_SHORT_NAMES is defined."""
        names = set()
        for header in (rt0test.TOP / "include" / "rt0").glob("*.h"):
            for block in re.findall(r"#if !defined\(RT0_NO_SHORT_NAMES\).*?#endif", header.read_text(), re.S):
                names.update(re.findall(r"^using (?:\w+::)*(\w+)", block, re.M))
        own = (rt0test.TESTS / "programs" / "names_own.cc").read_text().split("int main")[0]
        self.assertGreater(len(names), 45)
        self.assertEqual([n for n in sorted(names)
                          if not re.search(rf"OWN_TYPE\({n}\)|\b{n} = 1|class {n}\b|int {n}\(", own)], [])

    def test_names(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            done = self.run_program("names", build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.err), NAMES)

    def test_callables(self):
        """A function by its name, a lambda, a mutable one and one that can only be moved, for each function that takes
        one."""
        done = self.run_program("callables")
        self.assert_status(done, 0)
        self.assertEqual(rt0test.text(done.err), CALLABLES)

    def test_sockets(self):
        def masked(text):
            names = {}
            for port in re.findall(r":(\d+)", text):
                names.setdefault(port, "LCU"[len(names)] if len(names) < 3 else port)
            return re.sub(r":(\d+)", lambda m: ":" + names[m[1]], text)

        for out, err in self.says("sockets"):
            self.assertEqual((masked(out), err), (SOCKETS, ""))

    def test_select_cases(self):
        for out, err in self.says("cases"):
            self.assertEqual((out, err), (CASES, ""))

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            said = "<nil> 10\nseek f: invalid argument seek f: invalid argument\n<nil> <nil>\n10 6 456789\n"
            for out, _ in self.says("files", cwd=folder):
                self.assertEqual(out, said)
            for seed in 1, 2, 3:  # calls that move a part of the bytes only
                done = self.run_program("api", "files", env={"RT0_SIM": f"seed={seed},faults=short:900"}, cwd=folder)
                self.assertEqual((done.status, rt0test.text(done.out)), (0, said))

    def test_context_todo(self):
        for out, err in self.says("context"):
            self.assertEqual((out, err), ("true true\n", ""))

    def test_print_stack(self):
        for out, err in self.says("stack"):
            self.assertEqual(out, "")
            err = re.sub(r"\nruntime/debug\.(Stack|PrintStack)\(\)\n\t\S+ \+0x[0-9a-f]+", "", err)
        self.assertRegex(err,
                         r"\Agoroutine 1 \[running\]:\nmain\.main\(\)\n\ttests/programs/api\.cc:\d+ \+0x[0-9a-f]+\n")

    def test_who_and_where(self):
        for out, err in self.says("who", cwd=os.path.realpath(os.sep)):
            self.assertEqual((out, err), (f"{os.getuid()}\n{os.sep}\n{socket.gethostname()}\n", ""))


if __name__ == "__main__":
    rt0test.main()
