#!/usr/bin/python3
"""Every C++ function is entered with its stack aligned as the ABI demands: on g0, on goroutines and on the signal
stack."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Aligned(rt0test.Case):
    def test_every_entry(self):
        for procs in ("1", "4"):
            with self.subTest(procs=procs):
                done = self.run_program("aligned", env={"GOMAXPROCS": procs})
                err = rt0test.text(done.err)
                self.assertNotIn("entered misaligned", err)
                self.assert_status(done, 2)
                self.assertIn("panic: runtime error: invalid memory address or nil pointer dereference", err)
                counts = {k: int(n, 16) for k,
                          n in re.findall(r"^(before g|g0|goroutine|signal|elsewhere|misaligned) ([0-9a-f]+)$", err,
                                          re.M)}
                self.assertEqual(counts.pop("misaligned"), 0)
                self.assertEqual(counts["elsewhere"], 0)
                self.assertGreater(counts["g0"], 500)
                self.assertGreater(counts["goroutine"], 500)
                self.assertGreater(counts["signal"], 10)


if __name__ == "__main__":
    rt0test.main()
