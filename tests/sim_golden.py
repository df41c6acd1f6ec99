#!/usr/bin/python3
"""The simulated kernel's golden traces: one file serves all ISAs, compilers, machines and ways to run.

  sim_golden.py --write [NAME…]   runs the scenarios natively on the first ISA and writes tests/golden/sim/ anew
  sim_golden.py --check [NAME…]   exit status 0: all runs give the golden bytes; 1: some do not, and the first
                                  differences are printed

tests/golden/sim/scenarios.txt lists the scenarios.
"""

import argparse
import collections
import difflib
import hashlib
import sys

from harness import rt0test

FOLDER = rt0test.TESTS / "golden" / "sim"
DIGESTS = FOLDER / "digests.txt"
PROCS, SEEDS = (1, 2, 4), (1, 2, 3)
SHOWN = (2, 1)  # procs and seed of the run whose trace is kept whole; of others only a digest
DIFFERENCE = 40  # lines of a difference that are printed

Scenario = collections.namedtuple("Scenario", "name program sim env")
Run = collections.namedtuple("Run", "trace digest")


def scenarios(names=()):
    found = []
    for line in (FOLDER / "scenarios.txt").read_text("ascii").splitlines():
        if line and not line.startswith("#"):
            name, program, sim, *env = line.split()
            found.append(Scenario(name, program, sim, dict(word.split("=", 1) for word in env)))
    unknown = set(names) - {s.name for s in found}
    if unknown:
        raise SystemExit(f"sim_golden.py: no scenario {', '.join(sorted(unknown))}")
    return [s for s in found if not names or s.name in names]


def run(scenario, procs, seed, how, build=None, **options):
    """The trace, and its digest."""
    env = {**scenario.env, "RT0_SIM": f"seed={seed},procs={procs},{scenario.sim}"}
    done, trace = rt0test.run_traced(scenario.program, env=env, how=how, build=build, **options)
    return Run(trace, digest(done, trace))


def digest(done, trace):
    """A digest of the trace, the exit status and the output with addresses masked."""
    said = rt0test.mask_addresses(rt0test.text(done.out) + rt0test.text(done.err))
    printed = "\n".join(line for line in said.splitlines() if not line.startswith("\t"))
    return hashlib.sha256(f"{done.status}\n{printed}\n{trace}".encode()).hexdigest()[:16]


def golden_digests():
    words = (line.split() for line in DIGESTS.read_text("ascii").splitlines() if not line.startswith("#"))
    return {(name, int(procs), int(seed)): digest for name, procs, seed, digest in words}


def difference(golden, got, what):
    lines = difflib.unified_diff(golden.splitlines(), got.splitlines(), "golden", what, lineterm="")
    return "\n".join(line for _, line in zip(range(DIFFERENCE), lines))


def check(scenario, how, build=None, everything=True):
    """The differences between the scenario's runs and the golden ones; empty if there are none."""
    golden, wrong = golden_digests(), []
    for procs in PROCS if everything else SHOWN[:1]:
        for seed in SEEDS if everything else SHOWN[1:]:
            what = f"{scenario.name}, procs={procs}, seed={seed}, {how}"
            got = run(scenario, procs, seed, how, build)
            if (procs, seed) == SHOWN:
                wrong.append(difference((FOLDER / f"{scenario.name}.trace").read_text("ascii"), got.trace, what))
            if got.digest != golden.get((scenario.name, procs, seed)):
                wrong.append(f"{what}: trace or output differ from the golden digest, {got.digest} now")
    return "\n".join(w for w in wrong if w)


def write(chosen):
    how = rt0test.HOWS[-1]
    digests = golden_digests() if DIGESTS.exists() else {}
    known = {s.name for s in scenarios()}
    for scenario in chosen:
        for procs in PROCS:
            for seed in SEEDS:
                got, again = (run(scenario, procs, seed, how) for _ in range(2))
                if got != again:
                    raise AssertionError(f"{scenario.name}: two runs, two traces:\n" + difference(got.trace,
                                                                                                  again.trace, "again"))
                digests[scenario.name, procs, seed] = got.digest
                if (procs, seed) == SHOWN:
                    (FOLDER / f"{scenario.name}.trace").write_text(got.trace, "ascii")
    lines = [f"{name} {procs} {seed} {d}\n" for (name, procs, seed), d in sorted(digests.items()) if name in known]
    DIGESTS.write_text("# scenario procs seed digest\n" + "".join(lines), "ascii")
    for path in FOLDER.glob("*.trace"):
        if path.stem not in known:
            path.unlink()


def main():
    parser = argparse.ArgumentParser(description="The golden traces of the simulated kernel.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write tests/golden/sim/ anew")
    mode.add_argument("--check", action="store_true", help="compare")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these scenarios")
    args = parser.parse_args()
    chosen = scenarios(args.names)
    if args.write:
        write(chosen)
        return 0
    failed = 0
    for how in rt0test.HOWS:
        for scenario in chosen:
            wrong = check(scenario, how)
            print(wrong or f"{scenario.name}, {how}: golden")
            failed |= bool(wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main())
