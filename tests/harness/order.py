"""Programs that Go has run too: tests/programs/order/<name>.cc, and what Go 1.26 printed and returned, 20 times out of 20, in
tests/oracle/order/<name>.out and .exit. The first line of a program has its environment.

Masked in both outputs: goroutine ids, addresses, the argument lists of frames, and the frames' files and lines."""

import re

from . import rt0test

ORDER = rt0test.ORACLE / "order"
PROGRAMS = rt0test.TESTS / "programs" / "order"

# The output depends on time slices (10 ms) and on when a Mutex starves (1 ms): on a busy machine a program may be stopped
# where Go's was not, which could happen to Go's program just as well. So one run of TRIES has to match. A program that ends
# in a fatal error does not depend on time and has one try.
TRIES = 5


def mask(s):
    s = re.sub(r"(?m)^\t\S+:\d+( \+0x[0-9a-f]+)?$", "\t<where>", s)
    s = re.sub(r"(?m)^(\S+)\((?:\{?0x.*|\.\.\.|\{\.\.\.\})?\)$", r"\1(<args>)", s)
    s = re.sub(r"\bgoroutine \d+", "goroutine N", s)
    return re.sub(r"\b0x[0-9a-fN]+", "0xN", s)


def env_of(name):
    path = PROGRAMS / f"{name}.cc"
    first = (path if path.exists() else PROGRAMS / "inside" / f"{name}.cc").read_text().splitlines()[0]
    return dict(word.split("=", 1) for word in first.removeprefix("// env: ").split())


def go_said(name):
    return (ORDER / f"{name}.out").read_text()


def go_status(name):
    """Go's exit status, as the shell recorded it: a number, or "signal 15 (SIGTERM)", which becomes -15."""
    said = (ORDER / f"{name}.exit").read_text().strip()
    return -int(said.split()[1]) if said.startswith("signal") else int(said)


class OrderCase(rt0test.Case):
    builds = (rt0test.BUILD, rt0test.DEV_BUILD)
    mask = staticmethod(mask)

    def run_order(self, name, build):
        """What the program printed. Its exit status must be Go's."""
        done = self.run_program(f"order_{name}", env=env_of(name), build=build)
        self.assert_status(done, go_status(name))
        return rt0test.text(done.out + done.err)

    def like_go(self, names):
        for build in self.builds:
            for name in names:
                with self.subTest(build=build.name, program=name):
                    self.one_like_go(name, build, 1 if name.startswith("fatal_") else TRIES)

    def one_like_go(self, name, build, tries):
        for last in [False] * (tries - 1) + [True]:
            try:
                got = self.run_order(name, build)
                self.assert_same_text(self.mask(got).encode(), self.mask(go_said(name)).encode(), name)
                return
            except AssertionError:
                if last:
                    raise
