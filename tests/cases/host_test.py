#!/usr/bin/python3
"""What a program inherits from its parent and the kernel: signal masks and dispositions, limits, non-blocking
descriptors, pipes without a reader, process id 1, system calls that a filter refuses, the parent's RT0_TRACE, a
cgroup's quota. Natively only: QEMU would change these before the program sees them."""

import contextlib
import ctypes
import fcntl
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test
from harness.signals import default_signals, ignoring

NO_NEW_PRIVS, SET_SECCOMP, MODE_FILTER = 38, 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
AUDIT_ARCH = {"amd64": 0xC000003E, "386": 0x40000003}
LIBC = ctypes.CDLL(None, use_errno=True)
ALL_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
# The signals that rt0 unblocks even if its parent had blocked them: a program must receive them. Go: blockableSig.
NEVER_BLOCKED = {1, 2, 3, 4, 5, 6, 7, 8, 11, 15, 16, 17, 23, 31}


def refusing(refused):
    """A function for the child to call before exec: from then on each of these system calls fails with its errno."""
    program = [(LOAD, 0, 0, 4), (EQUAL, 0, 2 * len(refused) + 1, AUDIT_ARCH[rt0test.ISA]), (LOAD, 0, 0, 0)]
    for number, errno in refused.items():
        program += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | errno)]
    program.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *row) for row in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))

    def install(kept=code):
        if LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(SET_SECCOMP, MODE_FILTER, header, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")
    return install


def blocking(*signals):
    def before():
        default_signals()
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    return before


@contextlib.contextmanager
def running(*args, before=default_signals, line=(), **popen):
    """`host` with these arguments, as it runs; killed at the end."""
    popen.setdefault("stdout", subprocess.PIPE)
    popen.setdefault("stderr", subprocess.PIPE)
    popen.setdefault("env", {})
    process = subprocess.Popen([*line, str(rt0test.program_path("host")), *map(str, args)], preexec_fn=before, **popen)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr, process.stdin):
            if stream is not None:
                stream.close()


def line_within(stream, seconds=20):
    """The stream's next line, or None if there is none in time."""
    ready, _, _ = select.select([stream], [], [], seconds)
    return stream.readline() if ready else None


class HostCase(rt0test.Case):
    how = "native"

    def host(self, *args, before=default_signals, **options):
        return self.run_program("host", *args, preexec_fn=before, **options)

    def said(self, done, out):
        self.assertEqual(rt0test.text(done.out), out, rt0test.text(done.err))
        self.assert_status(done, 0)


@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Signals(HostCase):
    def test_those_that_end_a_program(self):
        """The signal arrives as soon as the program runs, also if the parent had blocked it."""
        for before in (default_signals, blocking(*ALL_SIGNALS)):
            for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                with self.subTest(signal=sig, blocked=before is not default_signals), running("wait",
                                                                                              before=before) as p:
                    self.assertEqual(line_within(p.stdout), b"ready\n")
                    p.send_signal(sig)
                    self.assertEqual(p.wait(10), -sig)

    def test_those_that_dump(self):
        for sig, name in ((3, "SIGQUIT: quit"), (6, "SIGABRT: abort"), (11, "SIGSEGV: segmentation violation"),
                          (31, "SIGSYS: bad system call")):
            with self.subTest(signal=sig), running("wait", before=blocking(*ALL_SIGNALS)) as p:
                self.assertEqual(line_within(p.stdout), b"ready\n")
                p.send_signal(sig)
                self.assertEqual(line_within(p.stderr), f"{name}\n".encode())
                p.stderr.read()
                self.assertEqual(p.wait(10), 2)

    def test_abort_at_once(self):
        """The handlers of all fatal signals are installed before main begins."""
        for _ in range(20):
            done = self.host("abort", env={"GOMAXPROCS": 1})
            self.assert_status(done, 2)
            self.assertTrue(done.err.startswith(b"SIGABRT: abort\n"), done.err)

    def test_what_the_runtime_needs(self):
        for signals in ([signal.SIGURG], [signal.SIGSEGV], ALL_SIGNALS):
            self.said(self.host("preempt", before=blocking(*signals)), "main goes on\n")
            self.said(self.host("nil", before=blocking(*signals)),
                      "recovered: runtime error: invalid memory address or nil pointer dereference\nr 7\n")

    def test_the_watchdog_of_the_simulation(self):
        done = self.run_program("sim_spin", env={"RT0_SIM": "seed=1"}, preexec_fn=blocking(*ALL_SIGNALS))
        self.assert_status(done, 0)

    @rt0test.needs("/proc/self/status")
    def test_masks_of_all_threads(self):
        """No thread blocks a signal that the program must receive; other signals that the parent had blocked stay
        blocked."""
        with running("blocked", "file", before=blocking(*ALL_SIGNALS), env={"GOMAXPROCS": "2"}) as p:
            time.sleep(0.1)
            for status in pathlib.Path(f"/proc/{p.pid}/task").glob("*/status"):
                mask = int(re.search(r"SigBlk:\s+(\w+)", status.read_text())[1], 16)
                blocked = {n for n in range(1, 65) if mask >> (n - 1) & 1}
                self.assertEqual(blocked & NEVER_BLOCKED, set())
                self.assertGreaterEqual(blocked, {18, 20, 21, 22, 28})

    @rt0test.needs("/proc/self/status")
    def test_a_child_gets_the_parent_s_mask(self):
        """A child gets the mask with which the program itself was started, not its present one; and no handler."""
        for signals in ([], [signal.SIGUSR1, signal.SIGTSTP]):
            # The test may itself have been started with signals ignored, among them signals whose effect the C library
            # does not let it change. So the child is compared with one that this test starts itself.
            command = ("/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status")
            alone = subprocess.run(command, preexec_fn=blocking(*signals), stdout=subprocess.PIPE, check=True)
            self.assertIn(f"SigBlk:\t{sum(1 << (sig - 1) for sig in signals):016x}\n", rt0test.text(alone.stdout))
            self.said(self.host("exec", *command, before=blocking(*signals)), rt0test.text(alone.stdout))

    def test_ignored_sigchld(self):
        self.said(self.host("spawn", before=ignoring(signal.SIGCHLD)), "code 3\n")

    @rt0test.needs("/dev/null")
    def test_nohup(self):
        """A parent that ignores SIGHUP or SIGINT, as nohup does, wants its child to ignore them; also when there is a
        trace."""
        for env in ({}, {"RT0_TRACE": "/dev/null"}):
            with running("wait", before=ignoring(signal.SIGHUP, signal.SIGINT), env=env) as p:
                self.assertEqual(line_within(p.stdout), b"ready\n")
                p.send_signal(signal.SIGHUP)
                p.send_signal(signal.SIGINT)
                time.sleep(0.1)
                self.assertIsNone(p.poll())
                p.send_signal(signal.SIGTERM)
                self.assertEqual(p.wait(10), -15)


UNSHARE = ("unshare", "--pid", "--fork", "--kill-child")
MAY_UNSHARE = shutil.which("unshare") is not None and subprocess.run([*UNSHARE, "true"], capture_output=True,
                                                                     check=False).returncode == 0


@unittest.skipUnless(rt0test.NATIVE, "natively only")
@unittest.skipUnless(MAY_UNSHARE, "a PID namespace is not permitted here")
class ProcessOne(HostCase):
    """The kernel drops a signal to process 1 that has no handler, and default actions do not apply to it."""

    @rt0test.needs("/proc/self/status")
    def test_signals(self):
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=sig), running("wait", line=UNSHARE) as p:
                self.assertEqual(line_within(p.stdout), b"ready\n")
                child = int(pathlib.Path(f"/proc/{p.pid}/task/{p.pid}/children").read_text().split()[0])
                os.kill(child, sig)
                self.assertEqual(p.wait(10), 2)

    def test_a_reader_that_is_gone(self):
        for mode, stream in (("write", "stdout"), ("print", "stdout"), ("println", "stderr")):
            for line, status in ((UNSHARE, 2), ((), -13)):
                with self.subTest(mode=mode, line=line):
                    r, w = os.pipe()
                    os.close(r)
                    with running(mode, 3, line=line, **{stream: w}) as p:
                        os.close(w)
                        self.assertEqual(p.wait(10), status)


@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Descriptors(HostCase):
    def test_the_soft_limit_is_raised(self):
        """The program raises its own soft limit of descriptors; children get the old one. The hard limit stays as it
        is."""
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 400))
        self.said(self.host("open", 200, before=limit), "opened 200\n64\n")
        done = self.host("open", 500, before=limit)
        self.assertRegex(done.out, rb"^open /etc/passwd: too many open files\nopened 39[0-9]\n$")

    def test_a_hard_limit_stays(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        self.assertRegex(self.host("open", 200, before=limit).out,
                         rb"^open /etc/passwd: too many open files\nopened [56]\d\n$")

    def test_no_descriptor_for_the_poller(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
        done = self.host("pipe", before=limit)
        self.assertEqual(sorted(done.out.splitlines()), [b"read 1 <nil>", b"written 1 <nil>"])

    def test_non_blocking_stdin(self):
        r, w = os.pipe()
        os.set_blocking(r, False)
        with running("stdin", stdin=r) as p:
            os.close(r)
            for _ in range(3):
                time.sleep(0.05)
                os.write(w, b"x" * 1000)
            os.close(w)
            self.assertEqual(line_within(p.stdout), b"read 3000\n")

    def wait_until_full(self, pipe):
        end = time.monotonic() + 60
        waiting = bytearray(4)
        while int.from_bytes(waiting, sys.byteorder) < 65536 - 4096:
            self.assertLess(time.monotonic(), end, "the program does not fill the pipe")
            time.sleep(0.01)
            fcntl.ioctl(pipe, termios.FIONREAD, waiting)

    def test_non_blocking_output(self):
        """More output than a pipe holds, and a reader that starts late: nothing is lost."""
        for mode, stream in (("write", "stdout"), ("print", "stdout"), ("println", "stderr")):
            with self.subTest(mode=mode):
                r, w = os.pipe()
                os.set_blocking(w, False)
                with running(mode, 5000, **{stream: w}) as p:
                    os.close(w)
                    self.wait_until_full(r)
                    with open(r, "rb") as f:
                        self.assertEqual(len(f.read()), 200000)
                    self.assertEqual(p.wait(10), 0)

    @rt0test.needs("/dev/zero")
    def test_a_child_s_pipe_is_blocking(self):
        self.said(self.host("child-writes"), "child wrote 1000000 status 0\n")

    def test_output_nobody_reads(self):
        """Only the goroutines that write to the full pipe wait; others go on, and the world can be stopped."""
        for procs in (1, 2, 4):
            for mode in ("out", "file", "stderr"):
                with self.subTest(procs=procs, mode=mode), running("blocked", mode,
                                                                   env={"GOMAXPROCS": str(procs)}) as p:
                    other = p.stdout if mode == "stderr" else p.stderr
                    self.assertEqual(line_within(other), b"main goes on\n")

    def test_whole_lines(self):
        """Lines of goroutines that print at the same time are not mixed."""
        with running("blocked", "out", env={"GOMAXPROCS": "4"}) as p:
            data = b""
            while len(data) < 200000 and (more := os.read(p.stdout.fileno(), 65536)):  # host ends after 0.2 s
                data += more
        self.assertEqual(set(data.split(b"\n")[:-1]), {b"012345678901234567890123456789012345678"})


CALLS = {"amd64": {"statx": 332, "getrandom": 318, "prlimit64": 302, "madvise": 28, "flock": 73},
         "386": {"statx": 383, "getrandom": 355, "prlimit64": 340, "madvise": 219, "flock": 143, "socket": 359,
                 "socketpair": 360,
                 "bind": 361, "connect": 362, "listen": 363, "accept4": 364, "getsockopt": 365, "setsockopt": 366,
                 "getsockname": 367, "getpeername": 368, "sendto": 369, "recvfrom": 371, "shutdown": 373}}
SOCKETS = {"socket", "socketpair", "bind", "connect", "listen", "accept4", "getsockopt", "setsockopt", "getsockname",
           "getpeername", "sendto", "recvfrom", "shutdown"}
STATS = """\
stat <nil> true true true
write <nil>
rename <nil>
rename onto a directory rename b .: file exists
open <nil>
fstat <nil> 1 416 true
lstat <nil> true false
stamp 1700000000123456789
kept <nil> 4
pipe <nil>
read read |0: i/o timeout
connect true
child 0
"""


@rt0test.needs("/proc/self/exe")
@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Refused(HostCase):
    """System calls that an old kernel lacks or a filter forbids: docs/KERNEL.md says what happens without each."""

    def stats(self, refused):
        with tempfile.TemporaryDirectory() as folder:
            stamp = pathlib.Path(folder) / "stamp"
            stamp.write_text("kept")
            os.utime(stamp, ns=(1, 1700000000123456789))
            done = self.host("stats", before=refusing(refused), cwd=folder)
            self.assertEqual(rt0test.text(done.err), STATS)
            self.assert_status(done, 0)

    def test_none(self):
        self.stats({})

    def test_each(self):
        for name, number in CALLS[rt0test.ISA].items():
            for errno in (38,) if name in SOCKETS else (38, 1):
                with self.subTest(call=name, errno=errno):
                    self.stats({number: errno})

    def test_all(self):
        self.stats(dict.fromkeys(CALLS[rt0test.ISA].values(), 38))


@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Processes(HostCase):
    def test_a_large_process_starts_children_as_fast(self):
        """Starting a child copies nothing: with a gigabyte more in use it costs less extra time than copying the page
        tables would, which takes over 100 ms."""
        def best(mb):
            return int(self.host("fork", mb, timeout=120).out.split()[1])
        self.assertLess(best(1024), best(1) + 20000)

    def test_vfork_refused(self):
        """If a filter refuses a clone with CLONE_VFORK, the child is started with a plain fork."""
        clone = {"amd64": 56, "386": 120}[rt0test.ISA]
        code = [(LOAD, 0, 0, 0), (EQUAL, 0, 3, clone), (LOAD, 0, 0, 16), (0x45, 0, 1, 0x4000),
                (RETURN, 0, 0, ERRNO | 1), (RETURN, 0, 0, ALLOW)]
        text = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *row) for row in code))
        header = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(text)))

        def install():
            if LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(SET_SECCOMP, MODE_FILTER, header, 0, 0):
                raise OSError(ctypes.get_errno(), "seccomp")
        self.said(self.host("spawn", before=install), "code 3\n")


@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Traces(HostCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def last(self, path):
        return rt0test.parse_trace(path.read_bytes())[-1]

    def test_a_child_does_not_write_into_its_parent_s(self):
        path = self.folder / "trace"
        done = self.host("child", env={"RT0_TRACE": path})
        self.said(done, "child 0\n")
        self.assertEqual(rt0test.text(done.err),
                         f"rt0: RT0_TRACE: another process writes its trace to {path}, so this one has none; "
                         "%p in the name is the process's id\n")
        self.assertEqual(self.last(path).name, "Exit")
        events = rt0test.parse_trace(path.read_bytes())
        self.assertGreater(len(events), 4000)

    def test_one_file_for_each_process(self):
        self.said(self.host("child", env={"RT0_TRACE": self.folder / "t.%p.%p%%"}), "child 0\n")
        names = sorted(p.name for p in self.folder.iterdir())
        self.assertEqual(len(names), 2)
        for name in names:
            self.assertRegex(name, r"^t\.(\d+)\.\1%%$")
            self.assertEqual(self.last(self.folder / name).name, "Exit")

    def test_a_file_is_used_again(self):
        """An existing file is emptied first, however long it was."""
        path = self.folder / "trace"
        path.write_bytes(b"x" * 1000000)
        self.host("burst", env={"RT0_TRACE": path})
        self.assertEqual(self.last(path).name, "Exit")

    @rt0test.needs("/dev/null")
    def test_what_is_no_file_is_shared(self):
        done = self.host("child", env={"RT0_TRACE": "/dev/null"})
        self.assertEqual((done.status, done.err), (0, b""))

    def test_ended_by_a_signal(self):
        """A signal that ends the program, also in the middle of its work or of writing a line: every event so far is in
        the trace, and no line is cut."""
        path = self.folder / "trace"
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with running("wait", env={"RT0_TRACE": str(path)}) as p:
                self.assertEqual(line_within(p.stdout), b"ready\n")
                p.send_signal(sig)
                self.assertEqual(p.wait(10), -sig)
            self.assertIn("main.main", [e.name for e in rt0test.parse_trace(path.read_bytes())])
        for n in range(20):
            with running("blocked", "file", env={"RT0_TRACE": str(path), "GOMAXPROCS": "2"},
                         stdout=subprocess.DEVNULL) as p:
                time.sleep(0.01 + 0.003 * n)
                p.send_signal(signal.SIGTERM)
                self.assertEqual(p.wait(10), -15)
            rt0test.parse_trace(path.read_bytes())

    def test_ended_by_a_reader_that_is_gone(self):
        path = self.folder / "trace"
        r, w = os.pipe()
        os.close(r)
        with running("write", 3, env={"RT0_TRACE": str(path)}, stdout=w) as p:
            os.close(w)
            self.assertEqual(p.wait(10), -13)
        self.assertIn("main.main", [e.name for e in rt0test.parse_trace(path.read_bytes())])


@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Network(HostCase):
    def test_no_connection_to_itself(self):
        """Dialing a port in the range from which the kernel picks local ports, without a listener: the kernel may
        connect the socket to itself. A range of few ports makes that likely; a network namespace of the test's own
        keeps the setting away from others."""
        if not MAY_UNSHARE:
            self.skipTest("a network namespace is not permitted here")
        script = "ip link set lo up && echo '50000 50050' > /proc/sys/net/ipv4/ip_local_port_range && exec \"$@\""
        with running("dial", 2000, "127.0.0.1:50000", line=("unshare", "-n", "sh", "-c", script, "sh")) as p:
            out, err = p.communicate(timeout=60)
            if p.returncode != 0:
                self.skipTest(rt0test.text(err))
            self.assertEqual(rt0test.text(out), "connected to itself 0\n")

    def test_addresses(self):
        """The answers are Go's."""
        done = self.host("addresses")
        self.assertEqual(rt0test.text(done.out), ADDRESSES)

    def test_a_name_with_two_addresses(self):
        if not MAY_UNSHARE:
            self.skipTest("namespaces are not permitted here")
        with tempfile.TemporaryDirectory() as folder:
            hosts = pathlib.Path(folder) / "hosts"
            hosts.write_text("127.0.0.2 two\n127.0.0.3 two\n")
            script = f"ip link set lo up && mount --bind {hosts} /etc/hosts && exec \"$@\""
            with running("two_addresses", line=("unshare", "-nm", "sh", "-c", script, "sh")) as p:
                out, err = p.communicate(timeout=60)
        if p.returncode != 0:
            self.skipTest(rt0test.text(err))
        self.assertEqual(rt0test.text(out),
                         "dial tcp 127.0.0.2:1: connect: connection refused\n<nil> <nil>\n127.0.0.3:2\n")

    def test_zones_of_this_link(self):
        """The kernel gets an interface's number, of more than 24 bits, too, and its addresses have the interface's
        name. The errors have the zone that was given."""
        if not MAY_UNSHARE:
            self.skipTest("namespaces are not permitted here")
        script = ("ip link set lo up && ip link add name far index 16777221 type veth && "
                  "ip link set veth0 up && ip link set far up && "
                  "ip -6 addr add fe80::5/64 dev lo nodad && ip -6 addr add fe80::6/64 dev far nodad && "
                  "mount -t sysfs sysfs /sys && exec \"$@\"")
        hosts = ("fe80::5%lo", "fe80::5%1", "fe80::6%far", "fe80::6%16777221")
        with running("link_local", *hosts, line=("unshare", "-nm", "sh", "-c", script, "sh")) as p:
            out, err = p.communicate(timeout=60)
        if p.returncode != 0:
            self.skipTest(rt0test.text(err))
        named = ["[fe80::5%lo]:"] * 2 + ["[fe80::6%far]:"] * 2
        expected = ""
        for host, name in zip(hosts, named):
            expected += f"{host} {name} {name} <nil> <nil>\n1 {name} <nil> <nil> <nil>\n"
            expected += f"dial tcp [{host}]:1: connect: connection refused\n"
        self.assertEqual(rt0test.text(out), expected)


ADDRESSES = """\
zone 4294967297 true
zone 4294967298 true
zone 99999999999999999999 true
zone 1x true
zone nope true
zone lo true
zone  false
dial tcp [::1%<64 z>]:1: connect: connection refused
dial tcp: address ::1%<64 z>z: zone is longer than 64 bytes
port + 0
port - 0
port +0 0
port -80 invalid port
port +-1 unknown port
port 65536 invalid port
long true 205 :8080
octal true
too long true 8080
""".replace("<64 z>", "z" * 64)

QUOTAS = {"-1": 8, "350000": 4, "50000": 2, "100001": 2, "200001": 3, "800000": 8, "1200000": 8}


@rt0test.needs("/proc/self/cgroup")
@unittest.skipUnless(rt0test.NATIVE, "natively only")
class Quota(HostCase):
    """GOMAXPROCS is the number of CPUs that a cgroup's quota allows, rounded up, but at least 2 and at most the
    machine's. `maxprocs` pretends that the machine has eight CPUs."""

    def setUp(self):
        self.cgroup = pathlib.Path(f"/sys/fs/cgroup/cpu/rt0-test-{os.getpid()}")
        try:
            self.cgroup.mkdir()
        except OSError as why:
            self.skipTest(f"no cgroup can be made: {why}")
        self.addCleanup(self.cgroup.rmdir)
        try:
            (self.cgroup / "cpu.cfs_period_us").write_text("100000")
        except OSError as why:
            self.skipTest(f"no quota can be set: {why}")

    def quota(self, us):
        (self.cgroup / "cpu.cfs_quota_us").write_text(us)

    def maxprocs(self, *args, **env):
        enter = lambda: (self.cgroup / "cgroup.procs").write_text(str(os.getpid()))
        return self.run_program("maxprocs", *args, env=env, preexec_fn=enter).out.decode().split()

    def test_at_the_start(self):
        for us, procs in QUOTAS.items():
            self.quota(us)
            self.assertEqual(self.maxprocs("start"), [str(procs)], us)
        self.quota("350000")
        self.assertEqual(self.maxprocs("start", GODEBUG="containermaxprocs=0"), ["8"])

    def test_it_is_followed(self):
        self.quota("400000")
        enter = lambda: (self.cgroup / "cgroup.procs").write_text(str(os.getpid()))
        with subprocess.Popen([rt0test.program_path("maxprocs"), "follow", "6"], stdout=subprocess.PIPE, env={},
                              preexec_fn=enter) as p:
            self.assertEqual(p.stdout.readline(), f"{len(os.sched_getaffinity(0))}\n".encode())
            self.assertEqual(p.stdout.readline(), b"4\n")
            self.quota("600000")
            self.assertEqual(p.stdout.readline(), b"6\n")
            self.assertEqual(p.wait(), 0)

    def test_what_the_program_says_stays(self):
        self.quota("400000")
        self.assertEqual(self.maxprocs("custom"), ["3"])


if __name__ == "__main__":
    rt0test.main()
