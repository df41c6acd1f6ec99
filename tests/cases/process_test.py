#!/usr/bin/python3
"""Processes that a program starts."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

EXPECTED = """\
three code 3 signal 0
killed code -1 signal 15
fork/exec /no/such/program: no such file or directory
fork/exec /etc/passwd: permission denied
env and dir: hello from /
env and dir code 0 signal 0
chdir /no/such/dir: no such file or directory
slept code 0 signal 0
others went on true
kill <nil>
it code -1 signal 9
again wait: no child processes
changed: changed, GOMAXPROCS=
changed code 0 signal 0
its own: hello
its own code 0 signal 0
cleared: none
cleared code 0 signal 0
"""


@rt0test.each_how
class Processes(rt0test.Case):
    def test_processes(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "4"):
                with self.subTest(build=build.name, procs=procs):
                    done = self.run_program("processes", env={"GOMAXPROCS": procs}, build=build)
                    self.assert_same_text(done.err, EXPECTED.encode(), "what it printed")
                    self.assert_status(done, 0)


if __name__ == "__main__":
    rt0test.main()
