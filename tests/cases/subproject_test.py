#!/usr/bin/env python3
"""Projects outside the tree build rt0 programs: by add_subdirectory, FetchContent, find_package and pkg-config, each
with project(… CXX) alone; and what CMake can do with a target works on an rt0 program."""

import json
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

PAGE = (rt0test.TOP / "docs" / "PROJECTS.md").read_text()
HEAD = "cmake_minimum_required(VERSION 3.25)\nproject(mine CXX)\n"
MINE = """#include <rt0/rt0.h>

int main() {
  rt0::go([] { rt0::println("from a goroutine"); });
  rt0::gosched();
}
"""
# A project that does everything to its program that CMake can do to a target.
EVERYTHING = HEAD + """find_package(rt0 REQUIRED)
add_library(still STATIC still.cc)
target_link_libraries(still PUBLIC rt0::rt0)
add_library(loose OBJECT loose.cc)
target_link_libraries(loose PUBLIC rt0::rt0)
add_library(plain STATIC plain.cc)
rt0_add_executable(full full.cc)
target_sources(full PRIVATE more.cc)
target_link_libraries(full PRIVATE plain still loose)
target_compile_definitions(full PRIVATE MINE=1 $<$<CONFIG:Release>:RELEASED=1> $<$<BOOL:0>:NOT_MINE>)
target_compile_options(full PRIVATE -Wall $<$<COMPILE_LANGUAGE:CXX>:-frtti>)
target_include_directories(full PRIVATE inc)
target_precompile_headers(full PRIVATE <string> pre.h)
"""
SOURCES = {
    "full.cc": """int main() {
  struct Base { virtual ~Base() = default; };
  struct Other : Base {};
  Base* b = new Other;
  rt0::fmt::println(more(), still(), loose(), plain(), std::string("precompiled"),
                    dynamic_cast<Other*>(b) != nullptr, optimized());
#if MINE != 1 || defined(NOT_MINE)
#error "a definition is missing, or there is one too many"
#endif
#ifdef RELEASED
  rt0::fmt::println("released");
#endif
}
""",
    "more.cc": "const char* more() { return \"more\"; }\n#ifdef __OPTIMIZE_SIZE__\nconst char* optimized() { return "
    "\"small\"; }\n#elif "
    "defined(__OPTIMIZE__)\nconst char* optimized() { return \"fast\"; }\n#else\nconst char* optimized() { "
    "return \"plain\"; }\n#endif\n",
    "still.cc": "#include <rt0/rt0.h>\nconst char* still() { rt0::gosched(); return \"still\"; }\n",
    "loose.cc": "#include <rt0/rt0.h>\nconst char* loose() { return \"loose\"; }\n",
    "plain.cc": "#include <new>\nint plain() { int* p = new int(7); int v = *p; delete p; return v; }\n",
    "inc/decl.h": "const char* more();\nconst char* still();\nconst char* loose();\nconst char* optimized();\nint "
    "plain();\n",
    "pre.h": "#include <rt0/rt0.h>\n#include <decl.h>\n",
}
OUT = "more still loose 7 precompiled true {}\n"


def checked_library():
    """The library that CHECKED programs are linked with. It exists only if it was built before the installation."""
    return installed.prefix() / "lib" / "rt0" / rt0test.ISA / "librt0_checked.a"


class Outside(rt0test.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = pathlib.Path(folder.name)

    def write(self, files):
        for name, text in files.items():
            (self.here / name).parent.mkdir(exist_ok=True)
            (self.here / name).write_text(text)

    def configure(self, *args, build="build", share=rt0test.TOP, generator="Ninja"):
        installed.cmake("-G", generator, "-Wno-dev", "-S", self.here, "-B", self.here / build,
                        f"-DRT0_ISA={rt0test.ISA}", f"-DCMAKE_TOOLCHAIN_FILE={share / 'tools' / 'toolchain.cmake'}",
                        f"-DRT0_MKPCLNTAB={installed.HOST_TOOL}", *args)
        return self.here / build

    def find_package(self, *args, **how):
        return self.configure(f"-DCMAKE_PREFIX_PATH={installed.prefix()}", *args,
                              share=installed.prefix() / "share" / "rt0", **how)

    def check(self, program, out=b"", err=b"from a goroutine\n"):
        self.assertTrue(os.access(program, os.X_OK))
        for how in rt0test.HOWS:
            ran = rt0test.run(program, how=how, env={"GOMAXPROCS": "1"})
            self.assertEqual((ran.status, ran.out, ran.err), (0, out, err), how)

    def test_add_subdirectory(self):
        self.write({"CMakeLists.txt": HEAD +
                    f'add_subdirectory("{rt0test.TOP}" rt0)\nrt0_add_executable(mine mine.cc)\n', "mine.cc": MINE})
        installed.cmake("--build", self.configure())
        self.check(self.here / "build" / "bin" / "mine")

    def test_fetch_content(self):
        """Only configured: the build is that of add_subdirectory."""
        self.write({"CMakeLists.txt": HEAD +
                    f'include(FetchContent)\nFetchContent_Declare(rt0 SOURCE_DIR "{rt0test.TOP}")\n'
                    "FetchContent_MakeAvailable(rt0)\nrt0_add_executable(mine mine.cc)\n", "mine.cc": MINE})
        self.configure()

    def test_find_package(self):
        """The CMakeLists.txt of docs/PROJECTS.md."""
        self.write({"CMakeLists.txt": re.search(r"```cmake\n(.*?)```", PAGE, re.S).group(1), "mine.cc": MINE})
        installed.cmake("--build", self.find_package(generator="Unix Makefiles"))
        self.check(self.here / "build" / "bin" / "mine")

    @unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
    def test_places_in_tracebacks(self):
        """File names are relative to the project's folder, for each build folder and generator, and for a source in
        that folder as for one below it, of the program as of its libraries; a generated one's to the build folder."""
        lists = (HEAD + "find_package(rt0 REQUIRED)\nadd_library(far STATIC sub/far.cc)\n"
                 "file(WRITE \"${CMAKE_BINARY_DIR}/made/made.cc\"\n"
                 "  \"void far(); void made() { far(); asm(\\\"\\\"); }\")\n"
                 "add_library(made OBJECT \"${CMAKE_BINARY_DIR}/made/made.cc\")\n"
                 "target_link_libraries(far PUBLIC rt0::rt0)\ntarget_link_libraries(made PUBLIC rt0::rt0)\n"
                 "rt0_add_executable(mine mine.cc)\ntarget_link_libraries(mine PRIVATE made far)\n")
        self.write({"CMakeLists.txt": lists, "head.h": "inline void near() { made(); asm(\"\"); }\n",
                    "mine.cc": "void made();\n#include \"head.h\"\nint main() {\n  near();\n  asm(\"\");\n}\n",
                    "sub/far.cc": "#include <rt0/rt0.h>\nvoid far() { rt0::panic(1); }\n"})
        with tempfile.TemporaryDirectory() as outside:
            for build in ("build", pathlib.Path(outside) / "out"):
                for generator in ("Ninja", "Unix Makefiles"):
                    with self.subTest(build=build, generator=generator):
                        shutil.rmtree(self.here / build, ignore_errors=True)
                        folder = self.find_package(build=build, generator=generator)
                        installed.cmake("--build", folder)
                        ran = rt0test.run(folder / "bin" / "mine")
                        places = re.findall(r"\t(\S+):\d+", rt0test.text(ran.err))
                        self.assertEqual(places, ["sub/far.cc", "made/made.cc", "head.h", "mine.cc"], ran.err)

    def test_everything(self):
        """Sources, libraries, definitions, options, a precompiled header; each build type's optimization; the
        database."""
        self.write({"CMakeLists.txt": EVERYTHING, **SOURCES})
        for kind, optimized, more in (("", "small", ""), ("Release", "fast", "released\n"), ("Debug", "plain", "")):
            if kind and not rt0test.FIRST:
                continue
            with self.subTest(kind):
                build = self.find_package(f"-DCMAKE_BUILD_TYPE={kind}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                                          build=f"build{kind}")
                installed.cmake("--build", build)
                self.check(build / "bin" / "full", (OUT.format(optimized) + more).encode(), b"")
                database = json.loads((build / "compile_commands.json").read_text())
                command = {pathlib.Path(row["file"]).name: row["command"] for row in database}["more.cc"]
                self.assertEqual("-O2" in command and " -Oz" not in command, kind == "Release", command)

    @unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
    def test_users_optimization(self):
        """A program's own -O1, and the user's flags for a release, win over rt0's -O2."""
        lists = (HEAD + "find_package(rt0 REQUIRED)\nrt0_add_executable(a a.cc)\n"
                 "target_compile_options(a PRIVATE -O1)\nrt0_add_executable(b b.cc)\n")
        self.write({"CMakeLists.txt": lists, "a.cc": MINE, "b.cc": MINE})
        build = self.find_package("-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        of = {pathlib.Path(r["file"]).name: r["command"].split()
              for r in json.loads((build / "compile_commands.json").read_text())}
        last = {name: [w for w in words if w.startswith("-O")][-1] for name, words in of.items()}
        self.assertEqual(last, {"a.cc": "-O1", "b.cc": "-O2"})
        build = self.find_package("-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O3",
                                  "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        words = json.loads((build / "compile_commands.json").read_text())[-1]["command"].split()
        self.assertEqual([w for w in words if w.startswith("-O")][-1], "-O3")

    @unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
    def test_multi_config(self):
        self.write({"CMakeLists.txt": EVERYTHING, **SOURCES})
        build = self.find_package(generator="Ninja Multi-Config")
        for kind, optimized, more in (("Release", "fast", "released\n"), ("Debug", "plain", "")):
            installed.cmake("--build", build, "--config", kind)
            self.check(build / "bin" / kind / "full", (OUT.format(optimized) + more).encode(), b"")

    @unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
    def test_another_isas_compiler(self):
        """RT0_ISA in a project for which CMake has already picked a compiler that is not that ISA's: the message says
        what to write."""
        self.write({"CMakeLists.txt": HEAD + "find_package(rt0 REQUIRED)\n"})
        others = ["s390x"]
        if subprocess.run(["c++", "-m32", "-x", "c++", "-fsyntax-only", "-include", "stdint.h", "/dev/null"],
                          stderr=subprocess.DEVNULL, check=False).returncode != 0:
            others.append("386")  # without gcc-multilib the machine's compiler cannot compile for it
        for isa in others:
            with self.subTest(isa=isa):
                done = subprocess.run(["cmake", "-S", self.here, "-B", self.here / isa, f"-DRT0_ISA={isa}",
                                       f"-DCMAKE_PREFIX_PATH={installed.prefix()}"], capture_output=True, text=True,
                                      check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("-DCMAKE_TOOLCHAIN_FILE=", done.stderr)
                self.assertIn(f"RT0_ISA={isa}", done.stderr)

    @unittest.skipUnless(shutil.which("pkg-config"), "needs pkg-config")
    def test_pkg_config(self):
        self.write({"mine.cc": MINE})
        (self.here / "prefix").symlink_to(installed.prefix())  # pkg-config cannot have a blank in a path
        env = {**os.environ, "PKG_CONFIG_PATH": str(self.here / "prefix" / "lib" / "pkgconfig")}

        def ask(what):
            return subprocess.run(["pkg-config", what, f"rt0-{rt0test.ISA}"], env=env, capture_output=True, text=True,
                                  check=True).stdout.strip()

        script = (f"set -e; CXX={rt0test.ROW['triple']}-g++; eval \"$CXX {ask('--cflags')} -c mine.cc\"; "
                  f"eval \"{ask('--variable=rt0_link')} $CXX mine.o -o mine {ask('--libs')}\"")
        done = subprocess.run(["sh", "-c", script], cwd=self.here, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check(self.here / "mine")


class Tool(rt0test.Case):
    """rt0-c++, as a user calls it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = pathlib.Path(folder.name)
        (self.here / "mine.cc").write_text(MINE)

    def tool(self, *args, **how):
        return installed.tool(*args, cwd=self.here, **how)

    def run_it(self, program="a.out"):
        for how in rt0test.HOWS:
            ran = rt0test.run(self.here / program, how=how, env={"GOMAXPROCS": "1"})
            self.assertEqual((ran.status, ran.err), (0, b"from a goroutine\n"), how)

    def test_one_command(self):
        done = self.tool("mine.cc", "-o", "mine", "-O2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.run_it("mine")

    def test_documents_commands(self):
        """The calls of rt0-c++ in docs/PROJECTS.md."""
        (self.here / "hello.cc").write_text(MINE)
        (self.here / "main.cc").write_text(MINE)
        (self.here / "parser.cc").write_text("int parser() { return 1; }\n")
        lines = [re.split("   +", line)[0] for line in re.findall("^rt0-c\\+\\+.*", PAGE, re.M)]
        self.assertEqual(len(lines), 6)
        for line in lines:
            isa = re.search(r"--isa (\w+)", line)
            if not (installed.prefix() / "lib" / "rt0" / (isa.group(1) if isa else rt0test.FIRST and rt0test.ISA
                                                          or "-")).exists():
                continue  # another ISA than the one under test
            if "--checked" in line and not checked_library().exists():
                continue
            env = {**os.environ, "PATH": f"{installed.prefix() / 'bin'}:{os.environ['PATH']}"}
            done = subprocess.run(line, shell=True, cwd=self.here, env=env, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), line)

    def test_files(self):
        """Several files, one with a blank in its name; objects; a library; a definition with quotes."""
        (self.here / "the main.cc").write_text("const char* text();\n#include <rt0/rt0.h>\nint main() { "
                                               "rt0::println(text()); }\n")
        (self.here / "text.cc").write_text("const char* text() { return TEXT; }\n")
        self.assertEqual(self.tool("-c", "text.cc", "-DTEXT=\"from a goroutine\"").returncode, 0)
        subprocess.run([f"{rt0test.ROW['triple']}-ar", "rcs", "libtext.a", "text.o"], cwd=self.here, check=True)
        for words in (("the main.cc", "text.o"), ("the main.cc", "-L.", "-ltext")):
            self.assertEqual(self.tool(*words).returncode, 0)
            self.run_it()

    def test_checked(self):
        if not checked_library().exists():
            self.skipTest("librt0_checked.a has not been built")
        self.assertEqual(self.tool("--checked", "mine.cc").returncode, 0)
        self.run_it()

    @unittest.skipUnless(rt0test.FIRST, "does not depend on the ISA")
    def test_wrong(self):
        """One line each, and status 2."""
        plain = self.here / "file"
        plain.write_text("")
        for words, said, env in ((("--foo", "mine.cc"), "--foo is no option", {}), (("-foo", "mine.cc"), "-foo", {}),
                                 (("--isa", "vax", "mine.cc"), "Known: amd64", {}), ((), "no file", {}),
                                 (("none.cc",), "none.cc: no such file", {}),
                                 (("-race", "mine.cc"), "not there yet", {}),
                                 (("-shared", "mine.cc"), "static", {}),
                                 (("mine.cc", "-o", "/dev/null/x"), "cannot write", {}),
                                 (("mine.cc",), "Debian has it in g++", {"RT0_CXX": "no-such-compiler"})):
            with self.subTest(words=words):
                done = self.tool(*words, env=env)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(said, done.stderr)
        (self.here / "bad.cc").write_text("int main() { return x; }\n")
        self.assertEqual(self.tool("bad.cc").returncode, 1)
        self.assertFalse((self.here / "a.out").exists())


if __name__ == "__main__":
    rt0test.main()
