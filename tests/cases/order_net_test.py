#!/usr/bin/python3
"""Programs around files, pipes and sockets, compared with Go. The programs themselves mask the ports that the kernel
chose. Each one runs alone, because some use files with fixed names."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = """
errors net_refused net_closewakes net_deadline net_addrs net_udp net_unix net_eof os_errors os_pipe
""".split()


@rt0test.each_how
class OrderNet(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)


if __name__ == "__main__":
    rt0test.main()
