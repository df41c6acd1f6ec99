#!/usr/bin/python3
"""Programs around buffers, texts, directories, random numbers and times, compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = "bufio os_dirs rand strconv".split()


@rt0test.each_how
class OrderPackages(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
