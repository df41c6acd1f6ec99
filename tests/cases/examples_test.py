#!/usr/bin/python3
"""The examples do what their comments say: stdout, stderr and exit status are those in tests/expected.

GOMAXPROCS=1 where an example's comment says that the order depends on it. Tracebacks are compared by function and
file:line. Addresses are masked, and so are line numbers in the runtime's own files, which move with every change of the
runtime; for those the test checks that the file exists and has that line.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

FRAME = re.compile(r"((?:[\w.*~<>{}-]+)\(\)|panic\(\{\.\.\.\}\)|[\w.*~<>{}-]+\(\.\.\.\)|created by .*)\n\t(\S+):(\d+)( "
                   r"\+0x[0-9a-f]+)?\n")


def normal_traceback(case, err):
    """Frames as `function()` and `file:line`. The compiler decides which calls are inlined; the traceback must mark
    those correctly."""

    def frame(match):
        function, file, line, offset = match.groups()
        if not function.startswith("created by"):
            case.assertEqual(function.endswith("(...)"), offset is None, f"{match[0]}: only real frames have an offset")
        source = rt0test.TOP / file
        case.assertTrue(source.is_file(), f"{match[0]}: no such file")
        case.assertLessEqual(int(line), len(source.read_text().splitlines()), f"{match[0]}: no such line")
        case.assertGreater(int(line), 0, match[0])
        if not file.startswith(("examples/", "tests/")):
            line = "?"
        file = re.sub(rf"^arch/({rt0test.ISA}|generic|x86)/", "arch/<isa>/", file)
        return f"{function.replace('(...)', '()')}\n\t{file}:{line}\n"

    text = rt0test.text(err)
    # The pattern leaves a frame without its file line as it is, and a file line without its frame; the
    # comparison then fails.
    text = FRAME.sub(frame, text)
    # On ISAs that pass arguments on the stack, a call at a function's end cannot be a tail call, so this
    # frame remains.
    text = text.replace("runtime.yield()\n\tsched/park.cc:?\n", "")
    # On some ISAs clang leaves these frames below a goroutine that has yielded; g++ never does.
    text = text.replace("runtime.leave()\n\tsched/proc.cc:?\n", "")
    text = text.replace("runtime.Gosched()\n\tsched/park.cc:?\n", "")
    text = re.sub(r"\bgp=0x[0-9a-f]+", "gp=0x?", text)
    text = re.sub(r"\bmp=0x[0-9a-f]+", "mp=0x?", text)
    return re.sub(r"\bpc=0x[0-9a-f]+", "pc=0x?", text).encode()


@rt0test.each_how
class Examples(rt0test.Case):
    def check(self, name, *args, expected=None, env=None, normal=lambda err: err):
        done = self.run_program(name, *args, env=env)
        expected = expected or name
        read = lambda kind: (rt0test.EXPECTED / f"{expected}.{kind}").read_bytes()
        self.assert_same_text(normal(done.err), read("err"), f"{expected}: stderr")
        self.assert_same_text(done.out, read("out"), f"{expected}: stdout")
        self.assert_status(done, int(read("status")))

    def test_hello(self):
        for env in ({}, {"GOMAXPROCS": "1"}, {"GOMAXPROCS": "4"}):
            with self.subTest(env=env):
                self.check("hello", env=env)

    def test_goroutines(self):
        self.check("goroutines", env={"GOMAXPROCS": "1"})

    def test_workers(self):
        for procs in ("1", "4"):
            done = self.run_program("workers", env={"GOMAXPROCS": procs})
            self.assert_status(done, 0)
            self.assertEqual((done.out, done.err), (b"the sum is 30\n", b""))

    def test_turns(self):
        self.check("turns", env={"GOMAXPROCS": "1"})

    def test_init_order(self):
        for procs in ("1", "2", "4"):
            with self.subTest(procs=procs):
                self.check("init_order", env={"GOMAXPROCS": procs})

    def test_goroutines_on_many_threads(self):
        """On several threads the order is not fixed, and main waits only for the lambdas."""
        for _ in range(5):
            done = self.run_program("goroutines", env={"GOMAXPROCS": "4"})
            self.assert_status(done, 0)
            lines, expected = done.err.splitlines(), (rt0test.EXPECTED / "goroutines.err").read_bytes().splitlines()
            self.assertEqual(len(lines), len(set(lines)))
            self.assertLessEqual(set(lines), set(expected))
            self.assertLessEqual({line for line in expected if line.startswith((b"lambda", b"done"))}, set(lines))

    def check_traceback(self, *args, expected, env=None):
        self.check("traceback", *args, expected=expected,
                   env={"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1", **(env or {})},
                   normal=lambda err: normal_traceback(self, err))

    def test_traceback(self):
        self.check_traceback(expected="traceback")

    def test_traceback_g0(self):
        self.check_traceback("g0", expected="traceback.g0")

    def test_traceback_panic(self):
        self.check_traceback("panic", expected="traceback.panic")

    def test_traceback_nil(self):
        self.check_traceback("nil", expected="traceback.nil")

    def test_gotraceback(self):
        """GOTRACEBACK, as in Go: none, single (the default), all, system. test_gotraceback_crash has crash."""
        for level, expected in (("none", "traceback.panic.none"), ("single", "traceback.panic"),
                                ("", "traceback.panic"), ("all", "traceback.panic.all"), ("1", "traceback.panic.all"),
                                ("0", "traceback.panic.none"),
                                ("system", "traceback.panic.system"), ("2", "traceback.panic.system"),
                                ("nonsense", "traceback.panic.none")):
            with self.subTest(level=level):
                self.check_traceback("panic", expected=expected, env={"GOTRACEBACK": level})

    def test_gotraceback_crash(self):
        done = self.run_program("traceback", "panic", env={"GOMAXPROCS": "1", "GOTRACEBACK": "crash"})
        self.assert_status(done, -6)
        got = rt0test.text(normal_traceback(self, done.err))
        self.assertTrue(got.startswith((rt0test.EXPECTED / "traceback.panic.system.err").read_text()), got)


if __name__ == "__main__":
    rt0test.main()
