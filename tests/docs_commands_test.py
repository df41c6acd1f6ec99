#!/usr/bin/env python3
"""Runs the commands of the tutorials, in their order, in an empty folder, and compares what they print.

A block ```cpp or ```cmake is written to the file that the line before it names. In the other blocks, a line "$ …" is
a command, which "\\" at its end continues, and what follows is its output: "..." stands for any text, a line that is
"..." for any lines. All commands of a page run in one shell. One that ends with "&" goes on while the next ones run,
as soon as it has printed what the page shows. A command that fails fails the test.

<!-- test: needs NAME... --> before a block: if a command of this name is missing, this block and those after it that
need the same are not run, and the test says so. "user-namespaces" is no command: `unshare -r` must work.

$RT0 is this tree, $HOME the empty folder. Port 7777 stands for a free port.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from harness import rt0test

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRACE_TOOL = ROOT / "build/host/bin/rt0-trace"
LIMIT = 3000  # seconds for one command: some build the runtime


def blocks(page):
    """The page's blocks as (language, file that the paragraph before names, what it needs, text)."""
    before = r"(?:^(?:[^\n]* )?`([^`\n]+)`:\n\n|^<!-- test: needs ([^>]*) -->\n\n)?"
    for m in re.finditer(before + r"^```(\w*)\n(.*?)^```$", page, re.M | re.S):
        yield m.group(3), m.group(1), (m.group(2) or "").split(), m.group(4)


def commands(text):
    """The commands of a block with the output that the page has for each."""
    return re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", text, re.M)


def pattern(wanted):
    """A regular expression for the output as the page has it."""
    parts = []
    for line in wanted.splitlines():
        parts.append("(?s:.*?)" if line == "..." else ".*".join(re.escape(part) for part in line.split("...")) + "\n")
    return re.compile("".join(parts))


def there(name):
    if name == "user-namespaces":
        return shutil.which("unshare") and subprocess.run(["unshare", "-r", "true"], check=False).returncode == 0
    return shutil.which(name)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Shell:
    """A shell that is given one command after the other. Its output is read by a thread of its own."""

    def __init__(self, folder):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("RT0_", "MAKE", "MFLAGS", "GOMAXPROCS"))}
        self.process = subprocess.Popen(["bash"], cwd=folder, env={**env, "RT0": str(ROOT), "HOME": str(folder)},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        self.output, self.changed = b"", threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while data := os.read(self.process.stdout.fileno(), 65536):
            with self.changed:
                self.output += data
                self.changed.notify()

    def until(self, found, limit):
        """Waits until found(output) is something, and returns that; None if it does not come in time."""
        with self.changed:
            if not self.changed.wait_for(lambda: found(self.output), limit):
                return None
            return found(self.output)

    def run(self, command, wanted):
        """What the command has printed, and its status; None instead if there is no end."""
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '@%d@\\n' $?\n".encode())
        self.process.stdin.flush()
        if not (end := self.until(lambda out: re.search(rb"@(\d+)@\n", out), LIMIT)):
            return self.output.decode(errors="replace"), None
        mark = end.group(0)
        # What runs in the background may print before or after the mark of the command's end.
        shown = lambda out: wanted.fullmatch(out.replace(mark, b"").decode(errors="replace"))
        self.until(shown, 60 if command.endswith("&") else 0)
        with self.changed:
            text, self.output = self.output.replace(mark, b""), b""
        return text.decode(errors="replace"), int(end.group(1))

    def close(self):
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.reader.join()
            self.process.stdin.close()
            self.process.stdout.close()


class Commands(unittest.TestCase):
    def run_page(self, name, least, before=None, where="."):
        """least: how many commands must have been run; before: a command that the page assumes to have been run; where:
        the folder in which its commands run."""
        page, ran, missing = (ROOT / "docs" / name).read_text().replace("7777", str(free_port())), 0, {}
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            shell = Shell(folder)
            self.addCleanup(shell.close)
            if before:
                said, status = shell.run(before, pattern(""))
                self.assertEqual(status, 0, said)
            shell.run(f"cd {where}", pattern(""))
            for language, file, needs, text in blocks(page):
                if language in ("cpp", "cmake"):
                    self.assertTrue(file, f"a file without a name:\n{text}")
                    (pathlib.Path(folder) / file).write_text(text)
                    continue
                lacks = [n for n in needs if not missing.setdefault(n, there(n))]
                for command, wanted in commands(text):
                    if lacks:
                        print(f"docs/{name}: not run, because of {', '.join(lacks)}: {command}", file=sys.stderr)
                        continue
                    said, status = shell.run(command, pattern(wanted))
                    self.assertEqual(status, 0, f"{command}\n{said[-3000:]}")
                    if wanted or command.endswith("&"):
                        self.assertRegex(said, pattern(wanted), command)
                    ran += 1
            shell.close()
        self.assertGreaterEqual(ran, least)

    def test_programs(self):
        self.run_page("TUTORIAL_PROGRAMS.md", 12)

    def test_libraries(self):
        self.run_page("LIBRARIES.md", 9)

    @unittest.skipUnless(TRACE_TOOL.exists(), "rt0-trace is not built")
    def test_traces(self):
        self.run_page("TRACES.md", 12)

    @unittest.skipUnless(TRACE_TOOL.exists(), "rt0-trace is not built")
    def test_schedules(self):
        self.run_page("TUTORIAL_SCHEDULES.md", 12, before="make -C $RT0 install PREFIX=$HOME/rt0")

    @unittest.skipUnless(TRACE_TOOL.with_name("rt0-explore").exists(), "rt0-explore is not built")
    def test_explorer(self):
        self.run_page("EXPLORER.md", 8, before="make -C $RT0 install PREFIX=$HOME/rt0")

    @unittest.skipUnless((ROOT / "build/host/bin/mkpclntab").exists(), "mkpclntab is not built")
    @unittest.skipUnless(there("riscv64-linux-gnu-g++"), "riscv64's compiler is missing")
    @unittest.skipUnless(there("qemu-riscv64"), "qemu-riscv64 is missing")
    def test_port(self):
        def ours(folder, names):
            return {".git", "build"} & set(names) if pathlib.Path(folder) == ROOT else ()

        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "rt0"
            shutil.copytree(ROOT, copy, ignore=ours, symlinks=True)
            tools = copy / "build" / "host" / "bin"
            tools.mkdir(parents=True)
            shutil.copy(ROOT / "build/host/bin/mkpclntab", tools)
            self.run_page("TUTORIAL_PORT.md", 7, where=copy)


if __name__ == "__main__":
    rt0test.main()
