#!/usr/bin/python3
"""Files, pipes and sockets under load, with contents checked; descriptors that run out; the example servers, with real clients."""

import pathlib
import re
import select
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Net(rt0test.Case):
    def ok(self, *args, procs=("1", "2", "4"), before=()):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for n in procs:
                with self.subTest(build=build.name, procs=n):
                    done = self.run_program("net_stress", *args, env={"GOMAXPROCS": n}, build=build, before=before)
                    self.assertEqual((done.status, done.err.splitlines()[-1:]), (0, [b"ok"]), done.err)

    def size(self, native, qemu):
        return native if self.how == "native" else qemu

    def test_tcp_echo(self):
        self.ok("tcp", 200, self.size(20, 3))

    def test_unix_echo(self):
        self.ok("unix", 100, self.size(20, 3))

    def test_pipes(self):
        self.ok("pipe", 100, self.size(20, 3))

    def test_everything_at_once_on_one_connection(self):
        self.ok("misuse", 1, self.size(30, 5))

    def test_writers_take_turns(self):
        self.ok("writers", 1, self.size(30, 3))

    def test_too_many_open_files(self):
        done = self.run_program("net_stress", "emfile", env={"GOMAXPROCS": "2"}, before=("prlimit", "--nofile=64"))
        lines = rt0test.text(done.err).splitlines()
        self.assert_status(done, 0)
        self.assertEqual(lines, [
            "open /dev/null: too many open files",
            "dial tcp 127.0.0.1:1: socket: too many open files",
            "pipe2: too many open files",
            "true",
            "true accept",
            "ok",
        ])

    def test_waiting_costs_nothing(self):
        """Two seconds of waiting for a connection that does not come: hardly a system call."""
        if self.how != "qemu":
            self.skipTest("counted by QEMU")
        done = self.run_program("net_stress", "wait", 2, qemu_options=("-strace",))
        self.assert_status(done, 0)
        # Without QEMU the clock is read without a system call.
        calls = len(re.findall(rb"\b\d+ (?!clock_gettime)\w+\(", done.err))
        self.assertGreater(calls, 10, done.err)
        self.assertLess(calls, 200, done.err[-3000:])

    def serve(self, program):
        process = subprocess.Popen(rt0test.command(program, ("127.0.0.1:0",), self.how), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env={"GOMAXPROCS": "2"})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertTrue(select.select([process.stdout], [], [], rt0test.TIMEOUT)[0], "no line within the time limit")
        match = re.fullmatch(rb"listening on (127\.0\.0\.1):(\d+)\n", process.stdout.readline())
        return match[1].decode(), int(match[2])

    def test_example_echo(self):
        address = self.serve("echo")
        clients = [socket.create_connection(address, timeout=rt0test.TIMEOUT) for _ in range(50)]
        for i, c in enumerate(clients):
            c.sendall(b"%d " % i * 1000)
            c.shutdown(socket.SHUT_WR)
        for i, c in enumerate(clients):
            with c, c.makefile("rb") as f:
                self.assertEqual(f.read(), b"%d " % i * 1000)

    def test_example_http(self):
        address = self.serve("http")
        with socket.create_connection(address, timeout=rt0test.TIMEOUT) as c, c.makefile("rb") as f:
            request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            for part in (request, request[:10], request[10:] + request + request[:-1], request[-1:]):
                c.sendall(part)
            for _ in range(4):
                self.assertEqual(f.readline(), b"HTTP/1.1 200 OK\r\n")
                while f.readline() != b"\r\n":
                    pass
                self.assertEqual(f.read(6), b"hello\n")
            c.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            self.assertTrue(f.read().endswith(b"Connection: close\r\n\r\nhello\n"))


if __name__ == "__main__":
    rt0test.main()
