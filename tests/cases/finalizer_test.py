#!/usr/bin/python3
"""set_finalizer and gc: a reachable object stays, wherever the pointer to it is; an unreachable one is finalized once.
Texts are Go's."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test


@rt0test.each_how
class OrderFinalizer(order.OrderCase):
    def test_like_go(self):
        self.like_go(["finalizer"])


@rt0test.each_how
class Finalizers(rt0test.Case):
    def each(self, *args):
        return [self.run_program("finalizers", *args, env={"GOMAXPROCS": n}, build=build)
                for build in (rt0test.BUILD, rt0test.DEV_BUILD) for n in (1, 4)]

    def says(self, text, *args):
        for done in self.each(*args):
            self.assertEqual((done.status, rt0test.text(done.err)), (0, text))

    def test_kept_from_anywhere(self):
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder) / "fifo"
            os.mkfifo(fifo)
            self.says("global true\nheap true\nchain true\ninterior true\nwaits true\nruns true\nkernel true\nall 8\n",
                      "kept", fifo)

    def test_reachable_again_and_cleared(self):
        self.says("first 1 true\nsecond 1\ncleared 0\n", "again")

    def test_many_from_many(self):
        self.says("finalized all but a few true none twice true\n", "many")

    def test_misuse(self):
        for how, text in (("nil", "first argument is nil"), ("stack", "pointer not in heap"),
                          ("middle", "pointer not at beginning of allocated block"),
                          ("twice", "finalizer already set")):
            for done in self.each("misuse", how):
                self.assert_fatal(done, "runtime.SetFinalizer: " + text)
        self.says("global 0\n", "misuse", "global")


if __name__ == "__main__":
    rt0test.main()
