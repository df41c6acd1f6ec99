#!/usr/bin/env python3
"""rt0-trace on traces of real programs, and Go's own reader on what it exports. RT0_TRACE_TOOL: the tool,
RT0_TEST_BUILD: programs."""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import rt0test

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = os.environ.get("RT0_TRACE_TOOL", str(ROOT / "build/host/bin/rt0-trace"))
BIN = pathlib.Path(os.environ.get("RT0_TEST_BUILD", str(ROOT / "build/amd64"))) / "bin"
PROGRAMS = ["hello", "goroutines", "syscalls", "order_chan_ping", "order_chan_buf", "order_gosched3",
            "order_mutex_handoff",
            "order_cond_broadcast", "order_sel_wake_order", "order_sleep_order", "order_pipeline_sieve",
            "order_net_eof", "order_fatal_deadlock_recv", "order_context_cancel"]
GO = shutil.which("go")


def tool(*args, **more):
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, text=True, timeout=100, **more)


class Traces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.dir = pathlib.Path(cls.tmp.name)
        cls.traces = []
        for procs in (1, 4):
            for name in PROGRAMS:
                if not (BIN / name).exists():
                    continue
                trace = cls.dir / f"{name}.{procs}"
                subprocess.run([BIN / name], env={"RT0_TRACE": str(trace), "GOMAXPROCS": str(procs)}, timeout=60,
                               stdin=subprocess.DEVNULL, capture_output=True)
                cls.traces.append(trace)
        if len(cls.traces) < 20:
            raise AssertionError(f"{BIN} has too few programs: {cls.traces}")
        cls.traces += sorted((pathlib.Path(__file__).resolve().parent / "golden" / "sim").glob("*.trace"))

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def each(self):
        for trace in self.traces:
            with self.subTest(trace=trace.name):
                yield trace

    def test_check(self):
        for trace in self.each():
            r = tool("check", trace)
            self.assertEqual((r.returncode, r.stderr), (0, ""))

    def test_check_finds_what_cannot_be(self):
        """A line that is left out or doubled, in the boot and among the choices; picks and kinds that do not exist."""
        golden = pathlib.Path(__file__).resolve().parent / "golden" / "sim" / "goroutines_random.trace"
        lines = golden.read_text().splitlines(keepends=True)
        first_gogo = next(i for i, line in enumerate(lines) if line.endswith(" gogo\n"))
        choices = [i for i, line in enumerate(lines) if " Choose " in line]
        bad = {}
        for i in [*range(first_gogo), *choices]:
            name = lines[i].split()[4]
            # A program with a C library has no settls, because that library has set the thread pointer.
            if name not in ("settls", "p.init", "TraceOpen", "ProcsChange", "ProcStart",
                            "GoCreate") and i != choices[-1]:
                bad[f"line {i + 1}, {name}, left out"] = lines[:i] + lines[i + 1:]
            if name not in ("p.init", "ProcsChange"):
                bad[f"line {i + 1}, {name}, twice"] = lines[:i + 1] + lines[i:]
        i = choices[3]
        for what, old, new in (("picked", r"pick=\d+", "pick=9"), ("negative", r"pick=\d+", "pick=-1"),
                               ("of one", r"n=\d+", "n=1"),
                               ("unknown", r"kind=\w+", "kind=luck"), ("number", r"i=\d+", "i=x")):
            bad[what] = lines[:i] + [re.sub(old, new, lines[i])] + lines[i + 1:]
        i = next(i for i, line in enumerate(lines) if line.endswith(" main.main\n"))
        head = " ".join(lines[i].split()[:4])
        bad["Recover without Panic"] = lines[:i + 1] + [head + " Recover\n"] + lines[i + 1:]
        self.assertGreater(len(bad), 200)
        wrong = [what for what, text in bad.items() if tool("check", "-", input="".join(text)).returncode != 1]
        self.assertEqual(wrong, [])

    def test_reasons_are_those_of_the_runtime(self):
        """The reasons to wait that check knows are those of tracebacks."""
        code = (ROOT / "sched" / "status.cc").read_text()
        texts = re.findall(r'"([^"\\]+)\\0"',
                           code[code.index("kWaitReasons[]"):code.index(";", code.index("kWaitReasons[]"))])
        tool_code = (ROOT / "tools" / "rt0-trace" / "rules_chain.cc").read_text()
        table = tool_code[tool_code.index("kReasons[]"):]
        known = re.findall(r'"([^"]+)"', table[:table.index(";")])
        self.assertGreater(len(texts), 15)
        self.assertEqual(known, [text.replace(" ", "%20") for text in texts])

    def test_a_record_has_all_choices(self):
        """A trace from which the last choice was removed could still be true. Compared with its record it is not."""
        record, trace, cut = self.dir / "record", self.dir / "recorded", self.dir / "lost"
        subprocess.run([BIN / "goroutines"], env={"RT0_TRACE": str(trace),
                                                  "RT0_SIM": f"seed=3,strategy=random,record={record}"},
                       timeout=60, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        self.assertEqual(tool("check", "--record", record, trace).returncode, 0)
        lines = trace.read_text().splitlines(keepends=True)
        last = max(i for i, line in enumerate(lines) if " Choose " in line)
        for changed, why in ((lines[:last] + lines[last + 1:], "the record has more choices"),
                             (lines[:last] + [re.sub(r"kind=\w+ n=2 pick=[01]", "kind=random n=9 pick=8",
                                                     lines[last])] + lines[last + 1:],
                              "the record has another choice")):
            cut.write_text("".join(changed))
            r = tool("check", "--record", record, cut)
            self.assertEqual(r.returncode, 1, r.stderr)
            self.assertIn(why, r.stderr)
        self.assertIn("this is no record", tool("check", "--record", trace, trace).stderr)
        self.assertEqual(tool("check", "--record", self.dir / "nowhere", trace).returncode, 2)

    def test_diff_masks_on_the_command_line(self):
        folder = pathlib.Path(__file__).resolve().parent / "golden" / "sim"
        a, b = folder / "goroutines_random.trace", folder / "goroutines_pos.trace"
        r = tool("diff", "--from", "main.main", "--json", a, b)
        self.assertEqual(r.returncode, 1, r.stderr)
        said = json.loads(r.stdout)
        self.assertFalse(said["same"])
        self.assertGreater(len(said["choices_that_differ"]), 10)
        self.assertEqual(tool("diff", "--ignore-time", "--ignore-key", "at", "--ignore", "Choose", a, a).returncode, 0)
        for wrong in (("--from", "nothing"), ("--ignore", "nothing"), ("--ignore-key", "nothing"), ("--choices", "x"),
                      ("--time", "--ignore-time")):
            r = tool("diff", *wrong, a, b)
            self.assertEqual((r.returncode, r.stdout), (2, ""), wrong)
            self.assertIn(wrong[-1], r.stderr)

    def test_what_is_no_trace_gets_a_sentence(self):
        r = tool("frob", "x")
        self.assertEqual((r.returncode, r.stderr),
                         (2, "rt0-trace: frob is no command; give check, diff, stats, show or export\n"))
        r = tool("check", TOOL)
        self.assertEqual(r.returncode, 2)
        self.assertIn("this is no trace", r.stderr)
        binary = self.dir / "binary"
        binary.write_bytes(bytes(range(128, 256)) + b"\n")
        self.assertIn("this is no trace: it holds bytes that are not text", tool("check", binary).stderr)
        self.assertIn("this is no trace: it does not begin with a time", tool("check", __file__).stderr)

    def test_export_spares_its_input(self):
        trace = self.dir / "precious"
        shutil.copy(self.traces[0], trace)
        before = trace.read_bytes()
        (self.dir / "link").symlink_to(trace)
        for out in (trace, self.dir / "link", self.dir / "." / "precious"):
            r = tool("export", "--go", trace, "-o", out)
            self.assertEqual(r.returncode, 2)
            self.assertIn("would be overwritten", r.stderr)
            self.assertEqual(trace.read_bytes(), before)
        # Nor the file beside the export, in which it is written.
        shutil.copy(trace, self.dir / "k.part")
        r = tool("export", "--go", self.dir / "k.part", "-o", self.dir / "k")
        self.assertEqual((r.returncode, (self.dir / "k.part").read_bytes()), (2, before))
        self.assertIn("k.part: this is the trace itself", r.stderr)
        (self.dir / "k.part").unlink()
        # A file that is no trace, and a trace that breaks a rule half-way, do not overwrite an earlier export.
        out, broken = self.dir / "yesterday", self.dir / "broken"
        out.write_text("yesterday's")
        broken.write_text(re.sub(r"(?s)(.*) GoStart id=\d+", r"\1 GoStart id=99", trace.read_text()))
        for form in "--go", "--chrome":
            for file, status in ("/dev/null", 2), (broken, 1):
                r = tool("export", form, file, "-o", out)
                self.assertEqual((r.returncode, out.read_text()), (status, "yesterday's"), r.stderr)
        self.assertEqual(list(self.dir.glob("*.part")), [])
        self.assertEqual(tool("export", "--go", trace, "-o", "/dev/null").returncode, 0)

    def test_lines_fit_the_terminal(self):
        golden = pathlib.Path(__file__).resolve().parent / "golden" / "sim" / "goroutines_random.trace"
        for columns in (80, 200):
            for command in ("show", "stats"):
                main, other = pty.openpty()
                fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
                with subprocess.Popen([TOOL, command, golden], stdout=other) as process:
                    os.close(other)
                    said = b""
                    try:
                        while more := os.read(main, 65536):
                            said += more
                    except OSError:  # a terminal to which no process writes any more
                        pass
                    os.close(main)
                self.assertEqual(process.returncode, 0)
                widest = max(len(line) for line in said.decode().split("\r\n"))
                with self.subTest(columns=columns, command=command):
                    self.assertLessEqual(widest, columns)
                    if command == "show":
                        self.assertGreater(widest, columns - 5)

    def test_check_finds_what_was_damaged(self):
        lines = self.traces[0].read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if " GoStart id=1" in line)
        bad = self.dir / "bad"
        bad.write_text("".join(lines[:at + 1] + lines[at:]))  # goroutine 1 starts although it runs already
        r = tool("check", bad)
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn(f"bad:{at + 2}: ", r.stderr)

    def test_unusable(self):
        whole = self.traces[0].read_bytes()
        third = whole.split(b"\n")[2]
        for what, data, where in (("cut", whole[:-3], ""), ("empty", b"", ""),
                                  ("nul", whole.replace(third, b"\0", 1), ":3: "),
                                  ("long", whole.replace(third, b"1" * 5000, 1), ":3: "),
                                  ("noise", os.urandom(9999), ":1: "),
                                  ("huge", b"0 m99999999999999999999 p- g0 rt0_go\n", ":1: ")):
            bad = self.dir / ("unusable_" + what)
            bad.write_bytes(data)
            for command in (["check"], ["stats"], ["show"], ["export", "--go", "-o", self.dir / "x"],
                            ["export", "--chrome", "-o", self.dir / "x"], ["diff", self.traces[0]]):
                with self.subTest(what=what, command=command[:2]):
                    r = tool(*command, bad)
                    self.assertEqual(r.returncode, 2, r.stderr)
                    self.assertIn(where or "unusable_", r.stderr)
                    self.assertLess(len(r.stderr), 1000)
        self.assertEqual(tool("check", self.dir / "none").returncode, 2)
        self.assertEqual(tool("check", self.dir).returncode, 2)
        self.assertEqual(tool("frobnicate").returncode, 2)

    def test_diff(self):
        a = self.traces[0]
        self.assertEqual(tool("diff", a, a).returncode, 0)
        lines = a.read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if " GoStart id=1" in line)
        b = self.dir / "other"
        b.write_text("".join(lines[:at] + [lines[at].replace("GoStart id=1", "GoStart id=2")] + lines[at + 1:]))
        r = tool("diff", a, b)
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn(str(at + 1), r.stdout)
        self.assertIn("GoStart id=2", r.stdout)
        self.assertNotIn("\x1b", r.stdout)  # stdout is no terminal, so there are no colours

    def test_stats(self):
        for trace in self.each():
            self.assertEqual(tool("stats", trace).returncode, 0)
            r = tool("stats", "--json", trace)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertIsInstance(json.loads(r.stdout), dict)

    def test_show(self):
        for trace in self.each():
            r = tool("show", "--width", 60, trace)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertTrue(r.stdout)

    def test_export_chrome(self):
        for trace in self.each():
            r = tool("export", "--chrome", trace, "-o", "-")
            self.assertEqual(r.returncode, 0, r.stderr)
            open_spans = {}
            events = json.loads(r.stdout)["traceEvents"]
            self.assertTrue(events)
            for e in events:
                self.assertIn(e["ph"], "XBEiICMsftbne")
                self.assertIsInstance(e["pid"], int)
                self.assertIsInstance(e["name"], str) if e["ph"] != "E" else None
                if e["ph"] != "M":
                    self.assertGreaterEqual(e["ts"], 0)
                if e["ph"] == "X":
                    self.assertGreaterEqual(e["dur"], 0)
                key = (e["pid"], e.get("tid"))
                open_spans[key] = open_spans.get(key, 0) + {"B": 1, "E": -1}.get(e["ph"], 0)
                self.assertGreaterEqual(open_spans[key], 0)

    def test_export_go_has_a_header(self):
        for trace in self.each():
            out = self.dir / "out.go"
            r = tool("export", "--go", trace, "-o", out)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertRegex(out.read_bytes()[:16], rb"^go 1\.2[23] trace\0\0\0$")

    @unittest.skipUnless(GO, "no go on PATH: the exports were not read with Go's trace reader")
    def test_export_go_is_read_by_go(self):
        for trace in self.each():
            out = self.dir / "out.go"
            self.assertEqual(tool("export", "--go", trace, "-o", out).returncode, 0)
            r = subprocess.run([GO, "tool", "trace", "-d=parsed", out], capture_output=True, text=True, timeout=100)
            self.assertEqual(r.returncode, 0, r.stderr)
            starts = trace.read_text().count(" GoStart ")
            self.assertGreaterEqual(r.stdout.count("Runnable->Running"), min(starts, 1))


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    rt0test.main(verbosity=2)
