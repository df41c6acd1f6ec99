#!/usr/bin/env python3
"""`make deb`: the packages have what a user needs, are the same bytes when made again, and lintian finds no error in
them. Installed and tried here in a folder of their own; the manual pages name every option."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import rt0test

TOP = rt0test.TOP
ISA = next(row.split()[0] for row in (TOP / "arch/isas.txt").read_text().splitlines() if row[:1].isalnum())


os.environ["DPKG_DEB_COMPRESSOR_LEVEL"] = "0"  # to compress the packages would take most of the time


def run(*line, **more):
    return subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)


@unittest.skipUnless(shutil.which("dpkg-shlibdeps"), "dpkg-dev is not installed")
class Deb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name) / "deb"
        cls.said = run(TOP / "tools/deb/build.sh", cls.out, ISA)
        cls.files = sorted(cls.out.glob("*.deb")) if cls.out.exists() else []
        cls.root = pathlib.Path(cls.folder.name) / "root"
        for file in cls.files:
            run("dpkg-deb", "-x", file, cls.root)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_packages(self):
        self.assertEqual(self.said.returncode, 0, self.said.stdout)
        names = {file.name.split("_")[0] for file in self.files}
        self.assertEqual(names, {"rt0", "rt0-doc", f"rt0-runtime-{ISA}"})
        for file in self.files:
            fields = run("dpkg-deb", "-f", file).stdout
            for field in ("Package", "Version", "Architecture", "Maintainer", "Installed-Size", "Section",
                          "Description"):
                self.assertRegex(fields, rf"(?m)^{field}: \S")
        runtime = next(self.out.glob("rt0-runtime-*"))
        self.assertRegex(run("dpkg-deb", "-f", runtime, "Depends").stdout, r"\Art0 \(= [0-9.]+\), g\+\+")

    def test_a_program(self):
        """What the packages install compiles a program and checks its trace."""
        program = pathlib.Path(self.folder.name) / "hello"
        done = run(self.root / "usr/bin/rt0-c++", "--isa", ISA, TOP / "examples/hello.cc", "-o", program)
        self.assertEqual(done.returncode, 0, done.stdout)
        trace = f"{program}.trace"
        done = rt0test.run(program, how=rt0test.HOWS[0], env={"RT0_SIM": "seed=1", "RT0_TRACE": trace})
        self.assertEqual((done.status, done.out), (0, b"Hello World\n"))
        self.assertEqual(run(self.root / "usr/bin/rt0-trace", "check", trace).returncode, 0)
        how = [] if rt0test.NATIVE else ["--how", rt0test.ROW["qemu"]]
        done = run(self.root / "usr/bin/rt0-explore", program, "--runs", "100", *how)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("explored 100 schedules in ", done.stdout)

    def test_the_same_again(self):
        again = pathlib.Path(self.folder.name) / "again"
        run(TOP / "tools/deb/build.sh", again, ISA)
        for file in self.files:
            self.assertEqual(file.read_bytes(), (again / file.name).read_bytes(), file.name)

    def test_manual_pages(self):
        """Each option that a command's own help names is in its page, and the page can be read."""
        for command in ("rt0-c++", "rt0-trace", "rt0-explore"):
            page = (TOP / "docs/man" / f"{command}.1").read_text().replace("\\-", "-")
            path = self.root / "usr/bin" / command
            helps = [run(path, "--help").stdout]
            if command == "rt0-trace":
                helps += [run(path, sub, "--help").stdout for sub in ("check", "diff", "stats", "export", "show")]
            options = set(re.findall(r"(?m)^ +(--?[a-z][a-z-]*)", "\n".join(helps))) - {"-h"}
            self.assertGreater(len(options), 2)
            for option in options:
                self.assertIn(option, page, command)
            self.assertTrue((self.root / "usr/share/man/man1" / f"{command}.1.gz").exists())

    def test_what_is_not_built(self):
        done = run(TOP / "tools/deb/build.sh", self.out, "pdp11")
        self.assertEqual((done.returncode, done.stdout), (2, "deb: build/pdp11 is not built: make deb ISA=pdp11\n"))

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian(self):
        done = run("lintian", "--fail-on", "error,warning", *self.files)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    rt0test.main()
