#!/usr/bin/env python3
"""new and delete: contents, alignment, reuse, objects larger than an arena, several threads."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import rt0test


class Heap(unittest.TestCase):
    def test_objects_of_all_sizes(self):
        for how in rt0test.HOWS:
            for procs in ("1", "4"):
                with self.subTest(how=how, procs=procs):
                    # Natively in an address space that is too small for all huge objects at once: they must be given back.
                    inner = ("prlimit", "--as=8000000000") if how == "native" else ()
                    done = rt0test.run("heap", how=how, env={"GOMAXPROCS": procs}, inner=inner)
                    self.assertEqual((done.status, done.err), (0, b"heap ok\n"))


if __name__ == "__main__":
    unittest.main()
