#!/usr/bin/env python3
"""Runs the commands of docs/TRACES.md, in their order, in an empty folder, and compares what they print.

A block ```cpp or ```cmake is written to the file that the line before it names. In the other blocks, a line "$ …" is
a command, and what follows is its output: "..." stands for any text, a line that is "..." for any lines.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "TRACES.md"
COMPILERS = ("aarch64-linux-gnu-g++", "riscv64-linux-gnu-g++", "s390x-linux-gnu-g++", "qemu-aarch64", "qemu-riscv64",
             "qemu-s390x")


def blocks(page):
    """The page's blocks as (language, file that the paragraph before names, text)."""
    for m in re.finditer(r"(?:^`([^`\n]+)`:\n\n)?^```(\w*)\n(.*?)^```$", page, re.M | re.S):
        yield m.group(2), m.group(1), m.group(3)


def pattern(wanted):
    """A regular expression for the output as the page has it."""
    parts = []
    for line in wanted.splitlines():
        parts.append("(?s:.*?)" if line == "..." else ".*".join(re.escape(part) for part in line.split("...")) + "\n")
    return "".join(parts)


class Commands(unittest.TestCase):
    def test_traces(self):
        if not (ROOT / "build/host/bin/rt0-trace").exists():
            self.skipTest("rt0-trace is not built")
        page = PAGE.read_text()
        missing = [c for c in COMPILERS if not shutil.which(c)]
        if missing:
            print(f"docs/TRACES.md: the block about four ISAs is not run: {', '.join(missing)} are missing",
                  file=sys.stderr)
        ran = 0
        with tempfile.TemporaryDirectory() as folder:
            env = {**{k: v for k, v in os.environ.items() if not k.startswith("RT0_")}, "RT0": str(ROOT)}
            for language, name, text in blocks(page):
                if language in ("cpp", "cmake"):
                    self.assertTrue(name, f"a file without a name:\n{text}")
                    (pathlib.Path(folder) / name).write_text(text)
                    continue
                for command, wanted in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                    if command == "ctest --test-dir build" and missing:
                        continue
                    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT,
                                          text=True, errors="replace", check=False, timeout=1500)
                    self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout[-3000:]}")
                    if wanted:
                        self.assertRegex(done.stdout, re.compile(pattern(wanted)), command)
                    ran += 1
        self.assertGreater(ran, 12)


if __name__ == "__main__":
    unittest.main()
