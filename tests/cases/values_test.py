#!/usr/bin/env python3
"""Values whose bytes may not be copied, in every way in which rt0 passes or keeps a value."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test


@rt0test.each_how
class Values(rt0test.Case):
    def test_values(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for procs in ("1", "4"):
                done = self.run_program("values", env={"GOMAXPROCS": procs}, build=build)
                self.assert_status(done, 0)
                self.assertEqual(rt0test.text(done.err), "values ok\n")


if __name__ == "__main__":
    rt0test.main()
