#!/usr/bin/env python3
"""A project outside the tree has golden traces. Its trace test passes; after a change it fails and shows where the
traces differ; one build target writes the golden anew. Bad input is refused."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import installed
import rt0test

HOST = rt0test.TOP / "build" / "host" / "bin"
LISTS = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX ASM)
enable_testing()
add_subdirectory("{top}" rt0)
rt0_add_executable(mine mine.cc)
"""
TEST = "rt0_add_trace_test(NAME mine SIM seed=7,procs=4,strategy=random GOLDEN golden/mine.trace{more})\n"
MINE = """#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  rt0::go([&] { c.send(1); });
  c.recv();
}
"""
# For the first ISA: another one, whose compiler and QEMU are there; "" if there is none.
OTHER = next((isa for isa, compiler, qemu in (("riscv64", "riscv64-linux-gnu-g++", "qemu-riscv64"),
                                              ("s390x", "s390x-linux-gnu-g++", "qemu-s390x"))
              if rt0test.ISA == "amd64" and shutil.which(compiler) and shutil.which(qemu)), "")


# A project with what can make the builds for other ISAs differ from its own: options, a build type, libraries, a
# generated source, parts that FetchContent brings.
PARTS = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX)
enable_testing()
find_package(rt0 REQUIRED)
option(WITH_OPTION "a goroutine more" OFF)
include(FetchContent)
FetchContent_Declare(given URL "${CMAKE_SOURCE_DIR}/no such archive.tar")
FetchContent_Declare(brought URL "${CMAKE_SOURCE_DIR}/brought.tar")
FetchContent_MakeAvailable(given brought)
file(CONFIGURE OUTPUT generated.cc CONTENT "#include <rt0/rt0.h>\\nvoid generated() { rt0::go([] {}); }\\n")
add_library(still STATIC parts/still.cc)
add_library(loose OBJECT parts/loose.cc)
target_link_libraries(still PUBLIC rt0::rt0)
target_link_libraries(loose PUBLIC rt0::rt0)
rt0_add_executable(mine mine.cc "${CMAKE_BINARY_DIR}/generated.cc")
target_link_libraries(mine PRIVATE still loose brought)
target_compile_definitions(mine PRIVATE $<$<BOOL:${WITH_OPTION}>:WITH_OPTION> $<$<BOOL:${PLAIN}>:PLAIN>
  $<$<CONFIG:Debug>:DEBUG>)
rt0_add_trace_test(NAME mine SIM seed=7 GOLDEN golden/mine.trace ISAS twin)
"""
PARTS_MINE = """#include <rt0/rt0.h>
void still();
void loose();
void generated();
void brought();
int main() {
  still();
  loose();
  generated();
  brought();
#ifdef WITH_OPTION
  rt0::go([] {});
#endif
#ifdef PLAIN
  rt0::go([] {});
#endif
#ifdef DEBUG
  rt0::go([] {});
#endif
#ifdef FLAG
  rt0::go([] {});
#endif
}
"""
STARTS_ONE = "#include <rt0/rt0.h>\nvoid {}() {{ rt0::go([] {{}}); }}\n"
ONE = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX)
enable_testing()
find_package(rt0 REQUIRED)
"""
ARGS = """#include <rt0/rt0.h>
#include <string.h>
int main(int argc, char** argv) {
  const char* wanted[] = {"", "a b", "c;d", "$x", "", "back\\\\", "", nullptr};
  bool same = argc == 8;
  for (int i = 1; same && i < argc; i++) same = strcmp(argv[i], wanted[i - 1]) == 0;
  if (same) rt0::go([] {});
}
"""


class Commands(unittest.TestCase):
    """A folder for a project, and the commands of CMake."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.here = pathlib.Path(temporary.name)
        self.build = self.here / "build"

    def line(self, *words, fails=False):
        """Runs a command that must succeed, or fail if `fails`. Returns what it printed."""
        done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)
        self.assertEqual(done.returncode != 0, fails, done.stdout[-3000:])
        return done.stdout

    def make(self, target="all", fails=False):
        return self.line("cmake", "--build", self.build, "--target", target, fails=fails)

    def ctest(self, *more, fails=False):
        return self.line("ctest", "--test-dir", self.build, "--output-on-failure", *more, fails=fails)


@unittest.skipUnless((HOST / "rt0-trace").exists(), "rt0-trace is not built")
class Goldens(Commands):
    def configure(self, lists, fails=False):
        (self.here / "CMakeLists.txt").write_text(LISTS.format(top=rt0test.TOP) + lists)
        (self.here / "mine.cc").exists() or (self.here / "mine.cc").write_text(MINE)
        return self.line("cmake", "-G", "Ninja", "-Wno-dev", "-S", self.here, "-B", self.build,
                         f"-DRT0_ISA={rt0test.ISA}",
                         f"-DCMAKE_TOOLCHAIN_FILE={rt0test.TOP / 'tools' / 'toolchain.cmake'}",
                         f"-DRT0_MKPCLNTAB={HOST / 'mkpclntab'}", fails=fails)

    def test_from_nothing_to_a_change(self):
        self.configure(TEST.format(more=f" ISAS {rt0test.ISA} {OTHER}"))
        self.make()
        golden = self.here / "golden" / "mine.trace"
        text = self.ctest("-R", "^trace.mine$", fails=True)
        self.assertIn("golden/mine.trace is not there: write it by `cmake --build", text)
        self.assertIn("golden/mine.trace: written", self.make("rt0_write_traces"))
        self.assertRegex(golden.read_text(), r"(?m)^\d+ m0 p0 g1 GoCreate new=2 at=mine\.cc:5$",
                         "no path of this machine is in it")
        self.assertIn("golden/mine.trace: unchanged", self.make("rt0_write_traces"))
        self.assertIn("100% tests passed", self.ctest())
        if OTHER:
            self.assertRegex(self.ctest("-N"), rf"trace\.mine\.{OTHER}\b")
        # Another program: it waits in a select now, and its go statement moves.
        before = golden.read_text()
        (self.here / "mine.cc").write_text(MINE.replace("  c.recv();", "  rt0::gosched();\n  c.recv();"))
        self.make()
        text = self.ctest("-R", "^trace.mine$", fails=True)
        self.assertRegex(text, r"the traces differ, from line \d+ of A and line \d+ of B on")
        self.assertRegex(text, r"B: \S+/trace\n +> \d+: \d+ m\d p\d g1 GoStop id=1 reason=Gosched")
        self.assertIn("if it is right so, write that anew by", text)
        self.assertEqual(golden.read_text(), before, "a test writes nothing")
        self.assertIn("golden/mine.trace: written", self.make("rt0_write_traces"))
        self.assertIn("100% tests passed", self.ctest("-R", "^trace.mine$"))
        # What the simulated kernel refuses, in its words.
        self.configure(TEST.format(more="").replace("seed=7", "colour=red"))
        text = self.ctest(fails=True)
        self.assertEqual(len(re.findall(r"(?m)^trace test: rt0: RT0_SIM: .*colour", text)), 1, text)

    def test_bad_input(self):
        for wrong, why in ((TEST.format(more="").replace("NAME mine", "NAME yours"), "there is no program yours"),
                           (TEST.format(more=" COLOUR red"), "COLOUR;red: known are NAME, PROGRAM, SIM"),
                           (TEST.format(more="").replace("GOLDEN golden/mine.trace", ""), "GOLDEN is missing"),
                           (TEST.format(more="").replace("SIM seed=7,procs=4,strategy=random", ""), "SIM is missing"),
                           (TEST.format(more=" ISAS vax"), "ISA=vax is not known")):
            with self.subTest(why=why):
                self.assertIn(why, re.sub(r"\s+", " ", self.configure(wrong, fails=True)))


@functools.cache
def twins():
    """An installed rt0 with more ISAs: twin, which is the ISA under test by another name, and lost, whose compiler is
    not there. So tests of ISAS need no other ISA's build."""
    folder = installed.prefix()
    table = folder / "share" / "rt0" / "arch" / "isas.txt"
    row = next(line.split() for line in table.read_text().splitlines() if line.startswith(f"{rt0test.ISA} "))
    with table.open("a") as out:
        out.write(" ".join(["twin", *row[1:]]) + "\n")
        out.write(" ".join(["lost", row[1], "lost-linux-gnu", "g++-lost", *row[4:]]) + "\n")
    for place in ("lib/rt0", "share/rt0/arch"):
        for name in ("twin", "lost"):
            shutil.copytree(folder / place / rt0test.ISA, folder / place / name)
    return folder


@unittest.skipUnless((HOST / "rt0-trace").exists(), "rt0-trace is not built")
@unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
class Installed(Commands):
    """ISAS in projects that use an installed rt0. The folders' names have blanks and letters that are not ASCII."""

    def setUp(self):
        super().setUp()
        self.here = self.here / "my prüfung"
        self.build = self.here / "build"

    def write(self, files):
        for name, text in files.items():
            (self.here / name).parent.mkdir(parents=True, exist_ok=True)
            (self.here / name).write_text(text)

    def configure(self, *more, find=True, fails=False):
        more = (f"-DCMAKE_PREFIX_PATH={twins()}", *more) if find else more
        return self.line("cmake", "-G", "Ninja", "-Wno-dev", "-S", self.here, "-B", self.build, *more, fails=fails)

    def test_ways_to_find_rt0(self):
        self.write({"CMakeLists.txt": ONE + "rt0_add_executable(mine mine.cc)\n" + TEST.format(more=" ISAS twin"),
                    "mine.cc": MINE})
        for way in (f"-DCMAKE_PREFIX_PATH={twins()}", f"-DCMAKE_PREFIX_PATH=/nowhere;{twins()}",
                    f"-Drt0_DIR={twins() / 'lib' / 'cmake' / 'rt0'}", f"-Drt0_ROOT={twins()}"):
            with self.subTest(way=way):
                shutil.rmtree(self.build, ignore_errors=True)
                self.configure(way, find=False)
                self.assertIn("100% tests passed", self.ctest("-R", "^trace.configure"))

    def test_the_same_program(self):
        """The other build gets the cache variables, the build type and the parts of this one; when they change here,
        they change there. No path in the golden depends on where the project lies."""
        self.write({"CMakeLists.txt": PARTS, "mine.cc": PARTS_MINE, "parts/still.cc": STARTS_ONE.format("still"),
                    "parts/loose.cc": STARTS_ONE.format("loose"), "given/CMakeLists.txt": "",
                    "brought/brought.cc": STARTS_ONE.format("brought"),
                    "brought/CMakeLists.txt": "add_library(brought STATIC brought.cc)\n"
                                              "target_link_libraries(brought PUBLIC rt0::rt0)\n"})
        shutil.make_archive(str(self.here / "brought"), "tar", self.here, "brought")
        settings = (f"-DFETCHCONTENT_SOURCE_DIR_GIVEN={self.here / 'given'}", "-DWITH_OPTION=ON", "-DPLAIN=ON",
                    "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-DFLAG -mtune=generic")
        self.configure(*settings)
        (self.here / "brought.tar").rename(self.here / "kept.tar")
        self.make()
        self.make("rt0_write_traces")
        places = re.findall(r"GoCreate new=\d+ at=(\S+?):", (self.here / "golden" / "mine.trace").read_text())
        self.assertEqual(places, ["parts/still.cc", "parts/loose.cc", "generated.cc",
                                  "_deps/brought-src/brought.cc", *["mine.cc"] * 4])
        self.assertIn("100% tests passed", self.ctest("-j8"))
        self.assertIn("100% tests passed", self.ctest("-j8"), "once more")
        cache = (self.build / "rt0-isas" / "twin" / "CMakeCache.txt").read_text()
        self.assertNotIn("-mtune", cache, "an option for one ISA")
        # Another checkout.
        other = self.here.parent / "other"
        (self.here / "kept.tar").rename(self.here / "brought.tar")
        shutil.copytree(self.here, other, ignore=shutil.ignore_patterns("build"))
        self.here, self.build = other, other / "out"
        self.configure(*settings)
        self.make()
        self.assertIn("100% tests passed", self.ctest())
        # Variables that change, or are gone.
        self.configure("-DWITH_OPTION=OFF", "-UPLAIN", "-DCMAKE_BUILD_TYPE=", "-DCMAKE_CXX_FLAGS=")
        self.make()
        self.assertIn("golden/mine.trace: written", self.make("rt0_write_traces"))
        self.assertNotIn("at=mine.cc", (self.here / "golden" / "mine.trace").read_text())
        self.assertIn("100% tests passed", self.ctest())

    def test_where_the_program_is(self):
        """Ninja Multi-Config, and a project that says where its program is and how it is called; two tests of it, one
        in another folder of the project."""
        lists = (ONE + "if(ELSEWHERE)\n  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY \"${CMAKE_BINARY_DIR}/else where\")\n"
                 "endif()\nrt0_add_executable(mine mine.cc)\n"
                 "set_target_properties(mine PROPERTIES OUTPUT_NAME yours)\n"
                 + TEST.format(more=" ISAS twin") + "add_subdirectory(sub)\n")
        self.write({"CMakeLists.txt": lists, "mine.cc": MINE, "sub/CMakeLists.txt":
                    TEST.format(more=" ISAS twin").replace("NAME mine", "NAME second PROGRAM mine")})
        for generator, kind in (("Ninja", ""), ("Unix Makefiles", ""), ("Ninja Multi-Config", "Release")):
            with self.subTest(generator=generator):
                shutil.rmtree(self.build, ignore_errors=True)
                self.line("cmake", "-G", generator, "-S", self.here, "-B", self.build, "-DELSEWHERE=ON",
                          f"-DCMAKE_PREFIX_PATH={twins()}")
                config = ("--config", kind) if kind else ()
                self.line("cmake", "--build", self.build, *config)
                self.line("cmake", "--build", self.build, *config, "--target", "rt0_write_traces")
                said = self.ctest("-j8", *(("-C", kind) if kind else ()))
                self.assertIn("100% tests passed", said)
                self.assertEqual(len(re.findall(r"Test +#\d+: trace\.configure", said)), 1, said)
                self.assertEqual(len(re.findall(r"Test +#\d+: trace\.(mine|second)\b", said)), 4, said)
        self.assertTrue((self.here / "sub" / "golden" / "mine.trace").exists())

    def test_arguments(self):
        """Every argument arrives, whether it is empty, or has what is special to CMake or a shell; one empty one
        alone, too."""
        lists = ONE + "rt0_add_executable(mine mine.cc)\n" + TEST.format(
            more=' ARGS "" "a b" "c;d" "$x" "" "back\\\\" "" ISAS twin')
        lists += "rt0_add_executable(alone alone.cc)\n" + TEST.format(more=' ARGS ""').replace("mine", "alone")
        self.write({"CMakeLists.txt": lists, "mine.cc": ARGS, "alone.cc":
                    "#include <rt0/rt0.h>\nint main(int argc, char**) { if (argc == 2) rt0::go([] {}); }\n"})
        self.configure()
        self.make()
        self.make("rt0_write_traces")
        for name in ("mine", "alone"):
            self.assertIn(f"at={name}.cc:", (self.here / "golden" / f"{name}.trace").read_text())
        self.assertIn("100% tests passed", self.ctest())

    def test_a_compiler_that_is_missing(self):
        self.write({"CMakeLists.txt": ONE + "rt0_add_executable(mine mine.cc)\n" + TEST.format(more=" ISAS lost"),
                    "mine.cc": MINE})
        self.configure()
        said = self.ctest("-R", "lost", fails=True)
        self.assertEqual(re.findall(r"(?m)^trace test: .*|^CMake Error.*", said),
                         ["trace test: lost-linux-gnu-g++ is not there: Debian has it in g++-lost"], said)

    def test_a_name_twice(self):
        self.write({"CMakeLists.txt": ONE + "rt0_add_executable(mine mine.cc)\n" + TEST.format(more="") * 2,
                    "mine.cc": MINE})
        self.assertIn("there is a trace test of this name already",
                      re.sub(r"\s+", " ", self.configure(fails=True)))


if __name__ == "__main__":
    os.environ.pop("RT0_SIM", None)
    rt0test.main()
