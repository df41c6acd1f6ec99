#!/usr/bin/python3
"""qemu/witness.cc on programs whose sources number every instruction: counted.S and the others here.

Builds the plugin and the programs with g++ (GNU as for amd64) in a temporary directory, and runs them under qemu-x86_64
with an empty environment. WITNESS_PLUGIN=FILE tests that plugin instead; WITNESS_CLANG and WITNESS_LLD name a clang and
an lld for the programs of other ISAs. Without a qemu-x86_64 that loads the plugin everything is skipped; without an
ISA's QEMU or compiler, that ISA.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

HERE = pathlib.Path(__file__).resolve().parent
QEMU_DIR = HERE.parent.parent / "qemu"
QEMU = shutil.which("qemu-x86_64")
CLANG = os.environ.get("WITNESS_CLANG") or shutil.which("clang-19") or shutil.which("clang")
LLD = os.environ.get("WITNESS_LLD") or shutil.which("ld.lld-19") or shutil.which("ld.lld")
PLUGIN_FLAGS = ["-std=c++20", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-fno-exceptions", "-Wall", "-Wextra",
                "-Werror"]

# One program for every ISA: word size, byte order and the meaning of a symbol's address differ.
ANY_ISA = """
void check(int *) __asm__("runtime.check");
void main_main(int *) __asm__("main.main");
void start(void) __asm__("_rt0_any_linux");
__attribute__((noinline)) void check(int *p) { __asm__ volatile("" : : "r"(p) : "memory"); }
__attribute__((noinline)) void main_main(int *p) { __asm__ volatile("" : : "r"(p) : "memory"); }
void start(void) { check((int *)8); main_main((int *)16); __builtin_trap(); }
"""

# ppc64 ELFv1, where symbols point at descriptors in data. No linker at hand writes such files, so the test sets e_flags
# itself.
DESCRIPTORS = """
        .text
code_start: bl code_check
        bl code_main
        trap
code_check: nop
        blr
code_main: trap
        .section .opd, "aw"
        .balign 8
        .globl _rt0_any_linux, runtime.check, main.main
        .type _rt0_any_linux, @function
        .type runtime.check, @function
        .type main.main, @function
_rt0_any_linux: .quad code_start, 0, 0
runtime.check: .quad code_check, 0, 0
main.main: .quad code_main, 0, 0
"""


def run(command, env=None):
    return subprocess.run([str(c) for c in command], env=env or {}, stdin=subprocess.DEVNULL, text=True, timeout=120,
                          capture_output=True, check=False)


def build(command):
    path = {"PATH": os.environ.get("PATH", os.defpath)}
    done = run(command, env=path)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr}")


def plugins_work():
    """QEMU 7.2 (Debian 12) has plugins of version 1; others may lack the option, or demand version 2."""
    if QEMU is None:
        return False
    version = re.search(r"version (\d+)\.(\d+)", run([QEMU, "--version"]).stdout)
    usable = version is not None and (7, 2) <= (int(version[1]), int(version[2])) < (9, 0)
    return usable and "-plugin" in run([QEMU, "-h"]).stdout


@unittest.skipUnless(plugins_work(), "no qemu-x86_64 with plugins of version 1")
class WitnessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.dir = pathlib.Path(cls.temporary.name)
        cls.plugin = os.environ.get("WITNESS_PLUGIN")
        if not cls.plugin:
            cls.plugin = cls.dir / "libwitness.so"
            build(["g++", *PLUGIN_FLAGS, "-o", cls.plugin, QEMU_DIR / "witness.cc", "-lelf"])
        for name in ("counted", "threads", "faults", "forks"):
            build(["g++", "-nostdlib", "-static", "-no-pie", "-Wl,-e,_rt0_amd64_linux", "-o", cls.dir / name,
                   HERE / f"{name}.S"])

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def witness(self, program, options="", args=(), qemu=QEMU):
        """Runs a program; returns the Done and the log's lines without the header."""
        log = self.dir / "log"
        log.unlink(missing_ok=True)
        program = self.dir / program
        done = run([qemu, "-plugin", f"{self.plugin},elf={program},out={log}{options}", program, *args])
        lines = log.read_text().splitlines() if log.exists() else []
        if lines:
            self.assertRegex(lines[0], r"^# witness 1 \w+$")
        return done, lines[1:]

    def test_every_entry_has_its_number(self):
        done, lines = self.witness("counted", ",until=main.main,all=on")
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertEqual(lines, [
            "0 0 _rt0_amd64_linux",
            "0 23 runtime.check",
            "0 24 bare_label_inside",
            "0 25 runtime.args",        # entered without a call
            "0 28 local_function",
            "0 33 runtime.fill",        # logged once, though it begins with a rep
            "0 53 runtime.check",
            "0 54 bare_label_inside",
            "0 55 runtime.args",
            "0 58 main.main",           # not "main" or "another_name"
            "# until main.main thread 0 instructions 58 syscalls 2",
            "0 59 runtime.check",
            "0 60 bare_label_inside",
            "0 61 runtime.args",
            "# exit thread 0 instructions 66 syscalls 3",
        ])

    def test_log_ends_at_until(self):
        _, lines = self.witness("counted", ",until=main.main")
        self.assertEqual(lines[-3:], ["0 58 main.main", "# until main.main thread 0 instructions 58 syscalls 2",
                                      "# exit thread 0 instructions 66 syscalls 3"])

    def test_an_alias_names_the_function_too(self):
        _, lines = self.witness("counted", ",until=another_name")
        self.assertIn("# until another_name thread 0 instructions 58 syscalls 2", lines)

    def test_from_is_number_0(self):
        _, lines = self.witness("counted", ",from=runtime.fill,until=main.main")
        self.assertEqual(lines, ["0 0 runtime.fill", "0 20 runtime.check", "0 21 bare_label_inside",
                                 "0 22 runtime.args",
                                 "0 25 main.main", "# until main.main thread 0 instructions 25 syscalls 2",
                                 "# exit thread 0 instructions 33 syscalls 3"])

    def test_prefixes_choose_what_is_logged(self):
        _, lines = self.witness("counted", ",prefix=runtime.f,prefix=local,until=main.main")
        self.assertEqual(lines[:3], ["0 28 local_function", "0 33 runtime.fill", "0 58 main.main"])

    def test_without_counting(self):
        _, lines = self.witness("counted", ",prefix=runtime.,until=main.main,insns=off")
        self.assertEqual(lines[0], "0 - runtime.check")
        self.assertEqual(lines[-2:], ["# until main.main thread 0 instructions - syscalls 2",
                                      "# exit thread 0 instructions - syscalls 3"])

    def test_one_instruction_per_block_gives_the_same_numbers(self):
        """QEMU's own log of single instructions agrees. There a rep ends with its last iteration: two reps, two
        fewer."""
        log = self.dir / "exec.log"
        run([QEMU, "-singlestep", "-d", "exec,nochain", "-D", log, self.dir / "counted"])
        self.assertEqual(len(re.findall(r"^Trace 0:", log.read_text(), re.M)), 66 - 2)

    def test_threads_are_numbered_as_created_and_count_for_themselves(self):
        done, lines = self.witness("threads", ",until=main.main")
        self.assertEqual(done.returncode, 0, done.stderr)
        for thread in (1, 2, 3):
            mine = [line for line in lines if re.match(rf"{thread} |# exit thread {thread} ", line)]
            self.assertEqual(mine, [f"{thread} 3 runtime.mstart", f"# exit thread {thread} instructions 9 syscalls 2"])
        self.assertEqual(len([line for line in lines if line.startswith("# exit")]), 4)

    def test_a_fault_in_the_middle_of_a_block_counts_exactly(self):
        done, lines = self.witness("faults", ",until=main.main,all=on", args=["handle"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(lines, ["0 0 _rt0_amd64_linux", "0 9 main.main",
                                 "# until main.main thread 0 instructions 9 syscalls 1",
                                 "0 12 runtime.sighandler", "# exit thread 0 instructions 15 syscalls 2"])

    def test_death_by_signal_leaves_the_log(self):
        done, lines = self.witness("faults", ",until=main.main")
        self.assertEqual(done.returncode, -11)
        self.assertEqual(lines, ["0 0 _rt0_amd64_linux", "0 3 main.main",
                                 # No totals: QEMU calls no plugin then.
                                 "# until main.main thread 0 instructions 3 syscalls 0"])

    def test_a_child_process_is_not_logged_and_descriptors_stay_the_guests(self):
        plain = run([QEMU, self.dir / "forks"])
        done, lines = self.witness("forks", ",until=main.main,all=on")
        self.assertEqual(done.returncode, plain.returncode)
        self.assertEqual([line.split()[-1] for line in lines if line[0] != "#"], ["_rt0_amd64_linux", "main.main"])

    def assert_refused(self, options, *words):
        log = self.dir / "log"
        program = self.dir / "counted"
        done = run([QEMU, "-plugin", f"{self.plugin}{options.format(elf=program, out=log, dir=self.dir)}", program])
        self.assertEqual(done.returncode, 1, done.stderr)  # the program itself would exit with 7
        ours = [line for line in done.stderr.splitlines() if line.startswith("witness: ")]
        self.assertEqual(len(ours), 1, done.stderr)
        for word in words:
            self.assertIn(word, ours[0])

    def test_bad_arguments_stop_qemu(self):
        self.assert_refused("", "out=FILE is missing")
        self.assert_refused(",out={out}", "elf=FILE is missing")
        self.assert_refused(",elf={elf},out={out},color=red", "unknown argument 'color=red'", "until")
        self.assert_refused(",elf={elf},out={out},all=maybe", "all=maybe", "on or off")
        self.assert_refused(",elf={elf},out={dir}/no/log", "out=", "No such file")
        self.assert_refused(",elf={dir}/none,out={out}", "elf=", "No such file")
        self.assert_refused(f",elf={__file__},out={{out}}", "not an ELF file")
        self.assert_refused(",elf={elf},out={out},until=main.mian", "until=main.mian", "no such function")
        self.assert_refused(",elf={elf},out={out},from=nowhere", "from=nowhere", "no such function")
        self.assert_refused(",elf={dir}/threads,out={out}", "is not the program that runs")

    def test_a_stripped_program_is_refused(self):
        shutil.copy(self.dir / "counted", self.dir / "stripped")
        build(["strip", self.dir / "stripped"])
        self.assert_refused(",elf={dir}/stripped,out={out}", "no function symbols")

    @unittest.skipUnless(CLANG and LLD, "no clang and lld for other ISAs")
    def test_other_isas(self):
        (self.dir / "any.c").write_text(ANY_ISA)
        isas = [("aarch64", "aarch64", []), ("aarch64_be", "aarch64_be", []), ("arm", "armv7", ["-marm"]),
                ("arm", "armv7", ["-mthumb"]), ("i386", "i386", []), ("mips", "mips", []), ("mipsel", "mipsel", []),
                ("ppc", "powerpc", []), ("ppc64", "powerpc64", ["-mabi=elfv2"]), ("ppc64le", "powerpc64le", []),
                ("riscv32", "riscv32", []), ("riscv64", "riscv64", []), ("s390x", "s390x", []),
                ("loongarch64", "loongarch64", [])]
        for isa, target, flags in isas:
            qemu = shutil.which(f"qemu-{isa}")
            if qemu is None:
                continue
            with self.subTest(isa=isa, flags=flags):
                build([CLANG, f"--target={target}-linux-gnu", *flags, "-O1", "-ffreestanding", "-nostdlib", "-static",
                       "-fno-pic", f"--ld-path={LLD}", "-Wl,-e,_rt0_any_linux", "-o", self.dir / "any",
                       self.dir / "any.c"])
                _, lines = self.witness("any", ",until=main.main", qemu=qemu)
                self.assertEqual([line.split()[-1] for line in lines[:3]],
                                 ["_rt0_any_linux", "runtime.check", "main.main"])
                numbers = [int(line.split()[1]) for line in lines[:3]]
                # ppc64's functions begin with two instructions that set up r2; their entry is the instruction after
                # these.
                self.assertEqual(numbers[0], 2 if isa in ("ppc64", "ppc64le") else 0)
                self.assertLess(numbers[1], numbers[2])
                self.assertTrue(lines[3].startswith("# until main.main thread 0 instructions "), lines)

    @unittest.skipUnless(CLANG and LLD and shutil.which("qemu-ppc64"), "no clang, lld or qemu-ppc64")
    def test_function_descriptors(self):
        (self.dir / "opd.S").write_text(DESCRIPTORS)
        program = self.dir / "opd"
        build([CLANG, "--target=powerpc64-linux-gnu", "-mabi=elfv2", "-c", "-o", self.dir / "opd.o",
               self.dir / "opd.S"])
        build([LLD, "-m", "elf64ppc", "-static", "-e", "_rt0_any_linux", "-o", program, self.dir / "opd.o"])
        image = bytearray(program.read_bytes())
        image[48:52] = bytes([0, 0, 0, 1])  # e_flags: ABI version 1
        program.write_bytes(image)
        _, lines = self.witness("opd", ",until=main.main", qemu=shutil.which("qemu-ppc64"))
        self.assertEqual(lines, ["0 0 _rt0_any_linux", "0 1 runtime.check", "0 4 main.main",
                                 "# until main.main thread 0 instructions 4 syscalls 0"])


if __name__ == "__main__":
    rt0test.main()
