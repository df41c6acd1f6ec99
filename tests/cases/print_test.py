#!/usr/bin/python3
"""print and println write what Go's do, byte for byte: tests/expected/println.err is what tests/oracle/println.go
printed with the Go of tests/oracle/VERSION."""

import pathlib
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Print(rt0test.Case):
    def test_as_go_prints(self):
        done = self.run_program("println")
        golden = (rt0test.EXPECTED / "println.err").read_bytes()
        self.assertGreater(golden.count(b"\n"), 25)
        self.assertEqual(done.err.split(b"\n"), golden.split(b"\n"))
        self.assertEqual(done.out, b"")
        self.assert_status(done, 0)

    def test_a_line_to_stdout_is_one_write(self):
        """Go's fmt.Println writes once, so lines of several processes with one pipe do not mix. The socket keeps writes
        apart."""
        got = []
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                program = subprocess.Popen(rt0test.command("println", ["long"], how=self.how), stdout=theirs, env={})
            while data := ours.recv(1 << 20):
                got.append(len(data))
        self.assertEqual(program.wait(30), 0)
        self.assertEqual(got, [n + 5 + (n == 1000) for n in range(100, 1001, 100)] + [4096, 65001, 65536,
                                                                                      70001 - 65536])


if __name__ == "__main__":
    rt0test.main()
