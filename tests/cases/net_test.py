#!/usr/bin/python3
"""Files, pipes and sockets under load, with contents checked; running out of descriptors; the example servers, with
real clients."""

import collections
import os
import pathlib
import re
import resource
import select
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

SOAK = int(os.environ.get("RT0_SOAK_SECONDS", "0"))  # how long clients drive the examples; 0: two seconds


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

    def test_options_of_sockets(self):
        """The kernel's defaults are 0, 0, 0, 7200 s and 75 s. Go 1.26 gives the same answers."""
        expected = """listener keep_alive 0 reuse_addr 1
  no_delay 0 idle 7200 interval 75
dialed keep_alive 1 reuse_addr 0
  no_delay 1 idle 15 interval 15
accepted keep_alive 1 reuse_addr 1
  no_delay 1 idle 15 interval 15
<nil>
set keep_alive 1 reuse_addr 0
  no_delay 0 idle 15 interval 15
packets keep_alive 0 reuse_addr 0
broadcast 1
unix listener keep_alive 0 reuse_addr 1
unix dialed keep_alive 0 reuse_addr 0
"""
        for env in {}, {"RT0_SIM": "seed=1"}:
            with self.subTest(env=env):
                done = self.run_program("sockopts", env=env)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.out), expected)

    def test_a_directory_that_fails_half_way(self):
        for n, expected in ((0, ["a b c  true false false", " false false true", " false false true"]),
                            (2, ["a b  true false false", "c  false false true", " false true false"])):
            with self.subTest(n=n):
                done = self.run_program("dir_errors", n)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.out).splitlines(), [*expected, "<nil> <nil>"])

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

    def test_waiting_makes_no_system_calls(self):
        """Five seconds of waiting for a connection that does not come: hardly any system call, except at the start and
        at the end."""
        if self.how != "qemu":
            self.skipTest("counted by QEMU")
        for procs in ("1", "2", "16"):
            with self.subTest(procs=procs):
                done = self.run_program("net_stress", "wait", 5, qemu_options=("-strace",), env={"GOMAXPROCS": procs})
                self.assert_status(done, 0)
                calls = collections.Counter(re.findall(rb"\b\d+ (\w+)\(", done.err))
                # Natively the clock is read without a system call.
                del calls[b"clock_gettime"], calls[b"clock_gettime64"]
                # clock_nanosleep_time64: QEMU 7.2 has no name for it.
                calls[b"clock_nanosleep"] += len(re.findall(rb"Unknown syscall 407", done.err))
                # sysmon wakes less and less often until all Ps are idle. That takes longer while QEMU still translates
                # code. A sysmon that never stopped would wake 500 times.
                looked = calls.pop(b"clock_nanosleep", 0)
                # Meanwhile sysmon may preempt goroutines that run long: at most one signal to each P every time it
                # wakes.
                preempted = calls.pop(b"tgkill", 0)
                asked = calls.pop(b"getpid", 0) + calls.pop(b"rt_sigreturn", 0)
                self.assertGreater(calls.total(), 10, done.err)
                # Some ISAs set the signal mask at each preemption.
                self.assertLess(calls.total(), 100 + 2 * preempted, done.err[-5000:])
                self.assertLess(looked, 200, done.err[-5000:])
                self.assertLessEqual(preempted, int(procs) * looked, done.err[-5000:])
                # For each signal the sender asks for its process id, and the handler returns; if the signal has
                # diverted a return into the program, the fault there returns, too. The program itself asks and returns
                # a few times.
                self.assertLessEqual(asked, 3 * preempted + 10, done.err[-5000:])

    def test_waiting_takes_no_time(self):
        """The same five seconds take less than 5 ms of CPU time, even if the kernel's accounting is coarse."""
        if self.how != "native":
            self.skipTest("QEMU itself takes more CPU time")
        path = rt0test.program_path("net_stress")
        for procs in ("1", "2", "16"):
            with self.subTest(procs=procs):
                with subprocess.Popen([path, "wait", "5"], env={"GOMAXPROCS": procs},
                                      stderr=subprocess.PIPE) as process:
                    said = process.stderr.read()
                    _, status, usage = os.wait4(process.pid, 0)
                    process.returncode = os.waitstatus_to_exitcode(status)
                self.assertEqual((process.returncode, said), (0, b"true\nok\n"))
                self.assertLess(usage.ru_utime + usage.ru_stime, 0.005)
                self.assertLess(usage.ru_nvcsw, 100)  # each system call that waits counts as one

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

    def test_wrk(self):
        """A thousand connections of a real load generator: each is served, and none breaks."""
        if not rt0test.have("wrk"):
            self.skipTest("no wrk: apt-get install wrk")
        connections = 1000 if self.how == "native" else 200
        host, port = self.serve("http")
        done = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", f"{SOAK or 2}s", "--timeout", "20s",
                               f"http://{host}:{port}/"],
                              capture_output=True, check=False, timeout=60 + SOAK)
        said = rt0test.text(done.stdout + done.stderr)
        if SOAK:
            print(self.how, said, file=sys.stderr)
        self.assertEqual(done.returncode, 0, said)
        self.assertNotIn("Socket errors", said)
        self.assertNotIn("Non-2xx", said)
        self.assertGreater(int(re.search(r"(\d+) requests in", said)[1]), connections, said)

    def test_socat(self):
        """Each client gets back every byte that it sent to echo. There are as many clients as a machine can run at
        once."""
        if not rt0test.have("socat"):
            self.skipTest("no socat: apt-get install socat")
        host, port = self.serve("echo")
        clients, size = 40, 20000 if self.how == "qemu" else 200000
        sent = [bytes([i]) * size for i in range(clients)]
        with tempfile.TemporaryDirectory() as folder:
            running = []
            for i, data in enumerate(sent):
                path = pathlib.Path(folder) / str(i)
                path.write_bytes(data)
                with path.open("rb") as f, path.with_suffix(".out").open("wb") as out:
                    running.append(subprocess.Popen(["socat", "-t", "30", "-", f"TCP:{host}:{port}"], stdin=f,
                                                    stdout=out))
            for i, process in enumerate(running):
                self.assertEqual(process.wait(timeout=rt0test.TIMEOUT), 0)
                self.assertEqual((pathlib.Path(folder) / f"{i}.out").read_bytes(), sent[i])

    def test_echo_with_many_connections(self):
        """A thousand connections, all open all the time, each with its own bytes."""
        clients = 1000 if self.how == "native" else 200
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 2 * clients:
            self.skipTest(f"only {hard} descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * clients), hard))
        address = self.serve("echo")
        connections = [socket.create_connection(address, timeout=rt0test.TIMEOUT) for _ in range(clients)]
        end = time.monotonic() + (SOAK or 2)
        rounds = 0
        while rounds == 0 or time.monotonic() < end:
            for i, c in enumerate(connections):
                c.sendall(b"%d.%d;" % (i, rounds))
            for i, c in enumerate(connections):
                want, got = b"%d.%d;" % (i, rounds), b""
                while len(got) < len(want):
                    part = c.recv(100)
                    self.assertNotEqual(part, b"")
                    got += part
                self.assertEqual(got, want)
            rounds += 1
        for c in connections:
            c.close()
        if SOAK:
            print(self.how, "echo:", rounds * clients, "round trips on", clients, "connections", file=sys.stderr)

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
