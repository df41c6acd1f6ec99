#!/usr/bin/python3
"""Programs around files, pipes and sockets, compared with what Go 1.24 printed for the same: tests/oracle/order/. They mask
the ports that the kernel chose themselves. Each one runs alone: some use files of a fixed name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

ORDER = rt0test.ORACLE / "order"
PROGRAMS = rt0test.TESTS / "programs" / "order"
NAMES = "net_refused net_closewakes net_deadline net_addrs net_udp net_unix net_eof os_errors os_pipe".split()


def env_of(program):
    first = (PROGRAMS / f"{program}.cc").read_text().splitlines()[0]
    return dict(word.split("=", 1) for word in first.removeprefix("// env: ").split())


@rt0test.each_how
class OrderNet(rt0test.Case):
    def test_like_go(self):
        for build in (rt0test.BUILD, rt0test.DEV_BUILD):
            for name in NAMES:
                with self.subTest(build=build.name, program=name):
                    done = self.run_program(f"order_{name}", env=env_of(name), build=build)
                    self.assert_same_text(done.out + done.err, (ORDER / f"{name}.out").read_bytes(), name)
                    self.assert_status(done, int((ORDER / f"{name}.exit").read_text()))


if __name__ == "__main__":
    rt0test.main()
