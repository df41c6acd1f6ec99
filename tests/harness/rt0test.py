"""Shared by the tests of target programs: running one, natively or under QEMU; reading a trace; masking what varies.

Environment: RT0_TEST_ISA, the ISA under test (default amd64); RT0_TEST_BUILD, its build folder (default build/<isa>);
RT0_TEST_TIMEOUT, the seconds after which a program counts as hanging (default 30).
For tests/mutants.py: RT0_TEST_HOWS, the only ways to run a program; RT0_TEST_DEV_BUILD, the folder of the dev build;
RT0_TEST_NINJA, if it is set, each program is built just before its first use.
A program gets only the environment variables that its test sets; nothing of the caller's environment reaches it.
"""

import collections
import functools
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
TOP = TESTS.parent
ISA = os.environ.get("RT0_TEST_ISA", "amd64")
BUILD = pathlib.Path(os.environ.get("RT0_TEST_BUILD", TOP / "build" / ISA)).resolve()
DEV_BUILD = pathlib.Path(os.environ.get("RT0_TEST_DEV_BUILD", BUILD.with_name(BUILD.name + "-dev")))
TIMEOUT = float(os.environ.get("RT0_TEST_TIMEOUT", "30"))
RUN_SH = TOP / "qemu" / "run.sh"
EXPECTED = TESTS / "expected"
ORACLE = TESTS / "oracle"


def isa_row():
    """The ISA's row of arch/isas.txt, as a dict by column."""
    columns = ("folder", "go", "triple", "package", "clang", "qemu", "native", "bits", "endian", "lacks")
    for line in (TOP / "arch" / "isas.txt").read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == ISA:
            return dict(zip(columns, fields))
    raise SystemExit(f"RT0_TEST_ISA={ISA}: no such row in arch/isas.txt")


ROW = isa_row()
# The table's first ISA is tested at length. Others run fewer cases of the tests whose results cannot depend on the ISA.
FIRST = next(line.split()[0] for line in (TOP / "arch" / "isas.txt").read_text().splitlines()
             if line[:1].isalnum()) == ISA
NATIVE = ROW["native"] == platform.machine()
# The ways to run a program. If QEMU lacks something of the ISA: natively only. If the ISA is not native here: under
# QEMU, even so.
HOWS = ("native",) if NATIVE and ROW["lacks"] != "-" else ("qemu", "native") if NATIVE else ("qemu",)
HOWS = tuple(os.environ.get("RT0_TEST_HOWS", " ".join(HOWS)).split())

Done = collections.namedtuple("Done", "status out err seconds")  # status: -N for death by signal N


def program_path(program, build=None):
    path = pathlib.Path(program)
    if path.is_absolute():
        return path
    if "RT0_TEST_NINJA" in os.environ:
        build_program(program, build or BUILD)
    return (build or BUILD) / "bin" / program


@functools.cache
def build_program(program, build):
    done = subprocess.run(["ninja", "-C", build, program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"RT0_TEST_NINJA: does not build: {program}\n{text(done.stdout)}")


def command(program, args=(), how="qemu", build=None, env=None, qemu_options=(), before=(), inner=()):
    """The command line that runs a program with exactly `env`. run.sh is a shell script, and a shell adds PWD and
    OLDPWD to the environment, so these are removed again. before: a command that runs run.sh, such as prlimit; inner:
    the same between run.sh and the program, natively only."""
    env = env or {}
    line = [*before, RUN_SH, ISA, how]
    if how == "qemu":
        line += [*qemu_options] + [x for name in ("PWD", "OLDPWD") if name not in env for x in ("-U", name)]
    else:
        line += [*inner, "/usr/bin/env", "-u", "PWD", "-u", "OLDPWD"]
    return [str(x) for x in [*line, program_path(program, build), *args]]


# --- Other processes' load ------------------------------------------------------------------------------------------

BUSY = 1.25  # an idle machine's CPUs are within a few per cent of 1
LONGER = 10  # times: so much longer may a program take on a busy machine


def load():
    """How many seconds a second of CPU time takes now, measured by a spin of 50 ms: 1 on an idle machine, and 2 if
    another process has as much of this CPU."""
    wall, cpu = time.monotonic(), time.process_time()
    while time.process_time() - cpu < 0.05:
        pass
    return (time.monotonic() - wall) / (time.process_time() - cpu)


def run(program, *args, how="qemu", env=None, stdin=b"", timeout=TIMEOUT, build=None, qemu_options=(), before=(),
        inner=(),
        **popen):
    """Runs a program to its end. Output is bytes. A program that does not end in time fails the test, with its output
    so far."""
    env = {str(k): str(v) for k, v in (env or {}).items()}
    line = command(program, args, how, build, env, qemu_options, before, inner)
    popen.setdefault("stdout", subprocess.PIPE)
    popen.setdefault("stderr", subprocess.PIPE)
    if stdin is not None and "stdin" not in popen:
        popen["input"] = stdin
    start = os.times().elapsed
    data = popen.pop("input", None)
    if data is not None:
        popen["stdin"] = subprocess.PIPE
    with subprocess.Popen(line, env=env, **popen) as process:
        try:
            out, err = communicate(process, data, timeout)
        except subprocess.TimeoutExpired as late:
            process.kill()
            raise AssertionError(f"{' '.join(line)} {env}: no end after {late.timeout} s\nstdout: "
                                 f"{text(late.stdout)[-2000:]}\n"
                                 f"stderr: {text(late.stderr)[-2000:]}") from None
        except:
            process.kill()
            raise
    return Done(process.returncode, out or b"", err or b"", os.times().elapsed - start)


def communicate(process, data, timeout):
    """Waits for the program's end and returns its output. The time limits are those of a machine with nothing else to
    do: if one is over while other processes take the CPU, the program gets LONGER times as much, and a line says so."""
    try:
        return process.communicate(data, timeout)
    except subprocess.TimeoutExpired:
        busy = load()
        if busy < BUSY:
            raise
        print(f"slow: no end after {timeout} s, but the machine is busy ({busy:.1f}): {LONGER} times as much",
              file=sys.stderr, flush=True)
    try:
        return process.communicate(None, (LONGER - 1) * timeout)
    except subprocess.TimeoutExpired as late:
        late.timeout = LONGER * timeout
        raise


def text(data):
    return (data or b"").decode("utf-8", "backslashreplace")


# --- Traces ----------------------------------------------------------------------------------------------------------

Event = collections.namedtuple("Event", "time m p g name args line")
TRACE_LINE = re.compile(r"(\d+) m(\d+|-) p(\d+|-) g(\d+|-) ([A-Za-z_][\w.]*)((?: [A-Za-z]\w*=[!-~]*)*)")


def parse_trace(data):
    """Every line as an Event; ids are numbers, or None where the trace has '-'. A line of another form is an error."""
    lines = data.decode("ascii") if isinstance(data, bytes) else data
    if lines and not lines.endswith("\n"):
        raise AssertionError(f"trace: the last line has no end: {lines[-100:]!r}")
    events = []
    for number, line in enumerate(lines.splitlines(), 1):
        match = TRACE_LINE.fullmatch(line)
        if not match:
            raise AssertionError(f"trace:{number}: not a line of a trace: {line!r}")
        time, m, p, g, name, rest = match.groups()
        pairs = [word.split("=", 1) for word in rest.split()]
        ids = [None if i == "-" else int(i) for i in (m, p, g)]
        events.append(Event(int(time), *ids, name, dict(pairs), line))
    return events


def run_traced(program, *args, env=None, **how):
    """run() with a trace to a file: returns the Done and the trace's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "trace"
        done = run(program, *args, env={**(env or {}), "RT0_TRACE": path}, **how)
        return done, path.read_text("ascii") if path.exists() else ""


# --- Masks: parts that differ from run to run, or with every change of the source ------------------------------------


def mask_time(trace):
    return re.sub(r"(?m)^\d+ ", "T ", trace)


def mask_isa(s):
    """A trace names the entry point after the ISA; the golden traces serve all ISAs."""
    return s.replace(f"_rt0_{ROW['go']}", "_rt0_<isa>")


def mask_addresses(s):
    """Masks 0x… numbers except 0x0, and a frame's offset in its function."""
    s = re.sub(r" \+0x[0-9a-f]+$", " +0x?", s, flags=re.M)
    return re.sub(r"\b0x(?!0\b)[0-9a-f]+", "0x?", s)


# --- Test cases ------------------------------------------------------------------------------------------------------


def each_how(cls):
    """Turns a class of tests into one class for each way to run a program; self.how names the way."""
    module = sys.modules[cls.__module__]
    for how in HOWS:
        name = f"{cls.__name__}_{how}"
        setattr(module, name, type(name, (cls,), {"how": how, "__module__": cls.__module__, "__doc__": cls.__doc__}))


class Case(unittest.TestCase):
    how = HOWS[0]
    maxDiff = None

    def run_program(self, program, *args, **options):
        return run(program, *args, how=self.how, **options)

    def assert_status(self, done, status):
        self.assertEqual(done.status, status,
                         f"exit status\nstdout: {text(done.out)[-3000:]}\nstderr: {text(done.err)[-3000:]}")

    def assert_same_text(self, got, expected, what):
        """Compares line by line, so that unittest shows which lines differ."""
        self.assertEqual(text(got).split("\n"), text(expected).split("\n"), what)

    def assert_fatal(self, done, message, status=2):
        """The program ended with this fatal error: its line is on stderr, once and whole; nothing crashed on the
        way."""
        self.assert_status(done, status)
        lines = text(done.err).split("\n")
        self.assertEqual(lines.count(f"fatal error: {message}"), 1, text(done.err))
        self.assertNotIn("SIGSEGV", text(done.err))


def have(tool):
    return shutil.which(tool) is not None


def needs(*paths):
    """For tests that read or write files like /proc/self/status or /dev/null: a system without them skips these tests,
    and says which file is missing."""
    missing = [path for path in paths if not os.path.exists(path)]
    return unittest.skipIf(missing, f"this system has no {' and no '.join(missing)}")


# --- What a test file says at its end --------------------------------------------------------------------------------

SKIPPED = 77  # the exit status of a file whose tests were all skipped: ctest shows it as skipped (SKIP_RETURN_CODE)
retries = collections.Counter()  # what was tried again, and how often


def retried(what, why):
    """A test that tries again says so, by a rule that the test states."""
    retries[what] += 1
    print(f"retry {retries[what]} of {what}: {why}", file=sys.stderr, flush=True)


def summary(result):
    """The lines that say what passed, what was skipped and why, and what was tried again; and the exit status.
    qemu/matrix.sh reads them, so it does not count a skipped test as one that passed."""
    whole = [test for test, _ in result.skipped if isinstance(test, unittest.TestCase)
             and not hasattr(test, "test_case")]
    failed = {test.test_case.id() if hasattr(test, "test_case") else test.id() for test,
              _ in result.failures + result.errors}
    passed = result.testsRun - len(whole) - len(failed)
    lines = [f"summary: {result.testsRun} tests: {passed} passed, {len(whole)} skipped, {len(failed)} failed; "
             f"{sum(retries.values())} retries"]
    for why, n in sorted(collections.Counter(why for _, why in result.skipped).items()):
        lines.append(f"skipped: {why} ({n})")
    lines += [f"retried: {what} ({n})" for what, n in sorted(retries.items())]
    nothing_ran = result.skipped and passed <= 0 and not failed
    return lines, not result.wasSuccessful() or (SKIPPED if nothing_ran else 0)


def main(**options):
    # A shell starts a job in the background with these ignored, and the programs would inherit that.
    for sig in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(sig) == signal.SIG_IGN:
            signal.signal(sig, signal.SIG_DFL)
    options.setdefault("verbosity", int(os.environ.get("RT0_TEST_VERBOSE", "1")))
    done = unittest.main(module="__main__", exit=False, **options)
    lines, status = summary(done.result)
    print("\n".join(lines), file=sys.stderr, flush=True)
    sys.exit(int(status))
