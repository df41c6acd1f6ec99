#!/usr/bin/python3
"""Programs around texts: buffers, numbers as text, times as text; compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = "bufio strconv".split()


@rt0test.each_how
class OrderText(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
