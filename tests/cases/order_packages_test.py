#!/usr/bin/python3
"""Programs around buffers, texts, directories, random numbers, maps and times, compared with Go."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import order, rt0test

NAMES = "bufio map_rules os_dirs os_env os_paths printed rand rand_dist strconv time_text".split()

# The runtime's random numbers and the orders of a map in a simulated run, the same on every ISA.
NUMBERS = """\
3661566553425651050 635
2693436854168212201 311
10131129077085696011 115
17941533731374144938 912
 4 9 16 25 36 49 64 81 100 121 0 1
 36 49 64 81 100 121 0 1 4 9 16 25
 25 36 49 64 81 100 121 0 1 4 9 16
"""
# What the key's == does while another goroutine's change of the map goes on, and how the program then ends.
MISUSES = {
    "writes": "concurrent map writes",
    "read": "concurrent map read and map write",
    "iteration": "concurrent map iteration and map write",
}


@rt0test.each_how
class OrderPackages(order.OrderCase):
    def test_like_go(self):
        self.like_go(NAMES)

    def test_numbers_of_a_seed(self):
        for build in self.builds:
            done = self.run_program("packages", "numbers", env={"RT0_SIM": "seed=5"}, build=build)
            self.assert_status(done, 0)
            self.assertEqual(rt0test.text(done.out), NUMBERS)

    def test_numbers_differ(self):
        """Without a seed, and without simulation, two runs have different numbers."""
        runs = [rt0test.text(self.run_program("packages", "numbers").out) for _ in range(2)]
        self.assertNotEqual(*runs)

    def test_concurrent_maps(self):
        for build in self.builds:
            for misuse, why in MISUSES.items():
                done = self.run_program("packages", misuse, build=build)
                self.assert_status(done, 2)
                self.assertEqual(rt0test.text(done.err).splitlines()[0], f"fatal error: {why}")

    def test_concurrent_maps_in_a_schedule(self):
        done = self.run_program("packages", "race", env={"RT0_SIM": "seed=1,procs=2,strategy=random"})
        self.assert_status(done, 2)
        self.assertEqual(rt0test.text(done.err).splitlines()[0], "fatal error: concurrent map writes")


if __name__ == "__main__":
    rt0test.main()
