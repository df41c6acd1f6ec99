#!/usr/bin/python3
"""The simulated kernel does as Linux does: the same program, run on both, prints the same lines. Each line begins with
the name of its row, and differences are reported by row. See tests/programs/twin.h.

tests/expected/twin_*.out is what Linux has printed. `twin_test.py --write` writes it anew from the simulation. It does
not check that Linux prints the same: run this test without --write first, on a machine with IPv6; class Live must pass.
"""

import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import rt0test

PROGRAMS = ("twin_files", "twin_net")
SIMS = ("seed=1,procs=2", "seed=7,procs=1", "seed=2,procs=4,strategy=random", "seed=3,procs=2,strategy=pos",
        "seed=4,procs=3,strategy=pct:3", "seed=5,procs=2,strategy=delay:2")
# What the simulated kernel refuses; docs/DETERMINISM.md has the reasons.
DIFFERENT = {"processes: start": ("refused false <nil>", "refused true fork/exec /bin/true: function not implemented")}
IPV6 = {"tcp6: an IPv4 client of a socket for both", "tcp6: only IPv6", "tcp: addresses of other families",
        "udp: IPv4 and IPv6", "udp: sizes"}
LEAST_ROWS = 130
TRIES = 6


def have_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def rows(out):
    """The lines of a program, by row."""
    found = {}
    for line in rt0test.text(out).splitlines():
        name, _, what = line.partition(" | ")
        found.setdefault(name, []).append(what)
    return found


def differences(one, other):
    return {name: (one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)}


def told(different):
    return "".join(f"\n{name}:\n" + "".join(f"  {'-' if a != b else ' '} {a}\n" + (f"  + {b}\n" if a != b else "")
                                             for a, b in zip(pad(x, y), pad(y, x))) for name,
                   (x, y) in different.items())


def pad(x, y):
    return (x or []) + ["(no line)"] * (len(y or []) - len(x or []))


def expected(program):
    return rt0test.EXPECTED / f"{program}.out"


class Twin(rt0test.Case):
    def run_twin(self, program, sim=None):
        """In a folder of its own, where it makes files."""
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_program(program, env={"RT0_SIM": sim} if sim else {}, cwd=folder)
        self.assert_status(done, 0)
        return rows(done.out + done.err)


@rt0test.each_how
class Simulated(Twin):
    def test_as_linux_has_said(self):
        """On every ISA, and whatever the order of goroutines, the simulation prints what Linux has printed."""
        for program in PROGRAMS:
            said = rows(expected(program).read_bytes())
            for sim in SIMS if self.how == "native" else SIMS[:2]:
                with self.subTest(program=program, sim=sim):
                    self.assertEqual(told(differences(said, self.run_twin(program, sim))), "")

    def test_enough(self):
        self.assertGreaterEqual(sum(len(rows(expected(program).read_bytes())) for program in PROGRAMS), LEAST_ROWS)


class Live(Twin):
    how = "native"

    def test_as_this_kernel_does(self):
        """The machine's kernel and the simulated one. A busy machine may be too slow for a row, so Linux has more tries
        there."""
        if not rt0test.NATIVE:
            self.skipTest("QEMU's calls are not quite Linux's")
        skipped = set() if have_ipv6() else IPV6
        for program in PROGRAMS:
            sim = self.run_twin(program, SIMS[0])
            for name, (live_says, sim_says) in DIFFERENT.items():
                if name in sim:
                    self.assertEqual(sim[name], [sim_says])
                    sim[name] = [live_says]
            for name in skipped & sim.keys():
                del sim[name]
            # Rows wait some milliseconds for the kernel to do its part. Only while another process takes the CPU may
            # that be too short.
            for _ in range(TRIES):
                live = self.run_twin(program)
                different = differences({name: live[name] for name in live if name not in skipped}, sim)
                if not different or rt0test.load() < rt0test.BUSY:
                    break
                rt0test.retried(program, f"the machine is busy, and these rows differ: {', '.join(different)}")
            self.assertEqual(told(different), "")
        if skipped:
            self.skipTest("no IPv6 here; not compared: " + ", ".join(sorted(skipped)))


def write():
    for program in PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            case = Twin()
            case.how = "native"
            done = case.run_program(program, env={"RT0_SIM": SIMS[0]}, cwd=folder)
        expected(program).write_bytes(done.out + done.err)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        rt0test.main()
