#!/usr/bin/python3
"""Generated programs give the same traces in every build that there is: this ISA's, release and dev, of both compilers,
and the first ISA's. tools/determinism.py generates and compares; `make determinism` does so with more of them."""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

sys.path.insert(0, str(rt0test.TOP / "tools"))
import determinism

# An ISA that runs natively has 500 pairs in each `make test`. An ISA that runs under QEMU has fewer, and no other ISA
# has the same ones.
ISAS = [line.split()[0] for line in (rt0test.TOP / "arch" / "isas.txt").read_text().splitlines() if line[:1].isalnum()]
PAIRS = 500 if rt0test.NATIVE else 40
TOOL = rt0test.TOP / "build" / "host" / "bin" / "rt0-trace"
FIRST = 0 if rt0test.NATIVE else 1000 * ISAS.index(rt0test.ISA)


def builds():
    """This ISA's build folder comes first."""
    isa = rt0test.ISA
    folders = [rt0test.BUILD, rt0test.DEV_BUILD]
    folders += [rt0test.BUILD.with_name(f"{isa}{end}") for end in ("-clang", "-clang-dev")]
    folders += [rt0test.BUILD.with_name(ISAS[0])] if isa != ISAS[0] else []
    return [determinism.Build(f) for f in dict.fromkeys(folders) if (f / "bin" / "scripted").exists()]


class Determinism(rt0test.Case):
    def test_generated_programs(self):
        found = builds()
        self.assertGreater(len(found), 1, "one build alone has nothing to differ from")
        ends, events, traces = set(), 0, {}
        for number, results in determinism.run(found, range(FIRST, FIRST + PAIRS), 2):
            ends.add(results[0].status)
            events += results[0].trace.count("\n")
            traces[number] = results[0].trace
            for build, result in zip(found[1:], results[1:]):
                with self.subTest(pair=number, builds=(found[0].name, build.name)):
                    self.assertEqual(determinism.difference(results[0], result), "", determinism.pair(number))
        self.assertTrue({0, 2} <= ends <= {0, 1, 2}, "some end well, some in a deadlock or a panic, and none hangs")
        self.assertGreater(events, 100 * PAIRS)
        self.can_be(traces)

    def can_be(self, traces):
        """rt0-trace check must find nothing in the traces."""
        if not TOOL.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            for number, trace in traces.items():
                (pathlib.Path(folder) / f"pair{number}").write_text(trace, "latin-1")
            done = subprocess.run([TOOL, "check", *sorted(pathlib.Path(folder).iterdir())], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
        bad = [line for line in done.stdout.splitlines() if not line.endswith(": fine")]
        self.assertEqual((done.returncode, bad[:20]), (0, []))

    def test_what_cannot_be_compared(self):
        """Exit status 2, and one line that says why; 1 would mean that a difference was found."""
        for folders, why in (((rt0test.BUILD,), "one build alone has nothing to differ from"),
                             ((rt0test.BUILD, rt0test.BUILD / "none"), "no such program")):
            done = subprocess.run([rt0test.TOP / "tools" / "determinism.py", *folders], capture_output=True, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
            self.assertIn(why, done.stderr)

    def test_a_difference_is_told(self):
        a = determinism.Result(0, "x", "one\ntwo\nthree\n")
        self.assertEqual(determinism.difference(a, a), "")
        self.assertEqual(determinism.difference(a, a._replace(status=2)), "status 0 and 2")
        said = determinism.difference(a, a._replace(trace="one\ntwo\nfour\n"))
        self.assertIn("trace, line 3", said)
        self.assertIn("< three", said)
        self.assertIn("> four", said)
        self.assertIn("line 4", determinism.difference(a, a._replace(trace="one\ntwo\nthree\nfour\n")))


if __name__ == "__main__":
    rt0test.main()
