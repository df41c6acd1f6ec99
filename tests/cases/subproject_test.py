#!/usr/bin/env python3
"""Another CMake project takes in rt0 with add_subdirectory and builds a program of its own."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test

LISTS = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX ASM)
add_subdirectory("{top}" rt0)
rt0_add_executable(mine mine.cc)
"""
MINE = """#include <rt0/rt0.h>

int main() {
  rt0::go([] { rt0::println("from a goroutine"); });
  rt0::gosched();
}
"""


class Subproject(unittest.TestCase):
    def test_a_project_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "CMakeLists.txt").write_text(LISTS.format(top=rt0test.TOP))
            (here / "mine.cc").write_text(MINE)
            tool = rt0test.TOP / "build" / "host" / "bin" / "mkpclntab"
            for line in (["cmake", "-G", "Ninja", "-S", here, "-B", here / "build", f"-DRT0_ISA={rt0test.ISA}",
                          f"-DCMAKE_TOOLCHAIN_FILE={rt0test.TOP / 'tools' / 'toolchain.cmake'}", f"-DRT0_MKPCLNTAB={tool}"],
                         ["cmake", "--build", here / "build"]):
                done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                self.assertEqual(done.returncode, 0, done.stdout.decode(errors="replace")[-3000:])
            mine = here / "build" / "bin" / "mine"
            self.assertTrue(os.access(mine, os.X_OK))
            for how in rt0test.HOWS:
                ran = rt0test.run(mine, how=how, env={"GOMAXPROCS": "1"})
                self.assertEqual((ran.status, ran.err), (0, b"from a goroutine\n"), how)


if __name__ == "__main__":
    unittest.main()
