#!/usr/bin/python3
"""Puts one fault at a time into the code, a mutant, and shows which test sees it.

tests/mutants/<area>.toml is the table. A row is a [[mutant]] with these keys:
  fault   what is wrong with the mutant, in a few words, which are also its name
  file    the file that is changed
  was     a text that occurs exactly once in the file
  now     the text that replaces it
  tests   the tests that are run, in this order, until one fails
  equal   in place of tests: why no test can see the change
  slow    true: trying it takes more than about 40 seconds, so `make test` leaves it out
  untried true: it is not known yet whether its tests see it each time, so `make test` leaves it out
A test is written as
  unit.NAME[.VARIANT] [FILTER]   a test of tests/unit, "asan" if no variant is named; FILTER is GoogleTest's
  order PROGRAM…                 programs of tests/programs/order, whose output must be Go's
  NAME [WORD]                    tests/cases/NAME_test.py or tests/NAME_test.py; only tests with WORD in their name
Tests that compare with earlier output of rt0 itself are not admitted: if the goldens were made anew, they would contain
the fault, and the tests would pass.

The work is done in a copy of the sources, build/mutants/tree, with builds of its own: the first ISA's (release) and the
host's. Only what the tests need is built. Each test must first pass without a mutant. A test that does not end in time
has seen the mutant, too. A mutant lives if all of its tests pass RUNS times. The exit status is 1 if a mutant lives, if
it does not build, or if one of its tests does not pass without it.

build/mutants/results.json keeps each result, with its date and a hash of the code and the row. A result counts as long
as this hash is the same. So the table can be tried in parts, and docs/MUTANTS.md be written from all their results.
`make mutants` tries all rows anew.
"""

import argparse
import collections
import datetime
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import platform
import random
import re
import signal
import subprocess
import sys
import time
import tomllib

import mutants_page

TOP = pathlib.Path(__file__).resolve().parent.parent
TABLES = TOP / "tests" / "mutants"
WORK = TOP / "build" / "mutants"
RESULTS = WORK / "results.json"
ROW = next(line.split() for line in (TOP / "arch" / "isas.txt").read_text().splitlines() if line[:1].isalnum())
ISA, NATIVE = ROW[0], ROW[6] == platform.machine()  # the table's first ISA
DOC = TOP / "docs" / "MUTANTS.md"
RUNS = 2
NOT_COPIED = {"build", ".git", "__pycache__"}
OWN_OUTPUT = {"golden", "sim_golden", "trace_goldens"}
TOOLS = {"rt0-trace": "RT0_TRACE_TOOL", "witness": "boot_cost"}  # host tools, and the word of a case that needs one
KEYS = {"fault", "file", "was", "now", "tests", "equal", "slow", "untried"}
SKIPPED = 77

# A change may leave a variable without a use. That is no error here. The lines keep their numbers.
NO_WARNINGS = "".join(f'#pragma GCC diagnostic ignored "-W{w}"\n' for w in (
    "unused-variable", "unused-parameter", "unused-function", "unused-const-variable", "unused-but-set-variable",
                                                                            "unused-value",
    "empty-body", "duplicated-branches", "sign-compare", "tautological-compare")) + "#line 1\n"

Mutant = collections.namedtuple("Mutant", "area fault file was now tests equal sampled")
# What: killed, hang, lives, equal, broken.
Result = collections.namedtuple("Result", "what by seconds date hash", defaults=("", ""))


class Copy:
    """The copy of the sources that this run works in, and the run's files. --copy names another copy, so that two runs
    can work at the same time."""

    def __init__(self, name):
        self.tree, self.output, self.passed, self.lock = (WORK / f"{name}{end}"
                                                          for end in ("", ".output", ".passed", ".lock"))
        self.host, self.target = self.tree / "build" / "host", self.tree / "build" / ISA


COPY = Copy("tree")


def mutants():
    for path in sorted(TABLES.glob("*.toml")):
        for row in tomllib.loads(path.read_text())["mutant"]:
            if wrong := row.keys() - KEYS:
                sys.exit(f"{path.name}: {row.get('fault')}: no such key: {', '.join(wrong)}")
            yield Mutant(path.stem, row["fault"], row["file"], row["was"], row["now"], row.get("tests", []),
                         row.get("equal"), not row.get("slow") and not row.get("untried"))


# --- The table is checked without building anything -------------------------------------------------------------------


def case_file(name):
    return next((p for p in (TOP / "tests" / "cases" / f"{name}_test.py", TOP / "tests" / f"{name}_test.py")
                 if p.exists()), None)


def order_case(program):
    """The case whose table has the program."""
    return next((p for p in sorted((TOP / "tests" / "cases").glob("order_*_test.py"))
                 if re.search(rf"\b{program}\b", p.read_text())), None)


def why_no_test(test):
    """What is wrong with a test's name; None if nothing is."""
    name, _, rest = test.partition(" ")
    if name in OWN_OUTPUT:
        return "compares with output of this program itself"
    if name.startswith("unit."):
        unit, variant = (name.split(".") + ["asan"])[1:3]
        row = re.search(rf"rt0_unit_test\({unit} VARIANTS ((?:\w+ )+)",
                        (TOP / "tests/unit/CMakeLists.txt").read_text().replace("\n", " "))
        return None if row and variant in row[1].split() else "there is no such unit test"
    if name == "order":
        lost = [p for p in rest.split() if not order_case(p)]
        return f"no test has the program {lost[0]}" if lost or not rest else None
    path = case_file(name)
    if path is None:
        return "there is no such file"
    named = [a or b for a, b in re.findall(r'(?:def|class) (\w+)|"(\w+)": Row', path.read_text())]
    return None if not rest or any(rest in n for n in named) else f"no test in {path.name} has a name with {rest}"


def check(table):
    """The table's errors, as lines."""
    seen = collections.Counter(m.fault for m in table)
    for m in table:
        where = f"{m.area}: {m.fault}"
        if seen[m.fault] > 1:
            yield f"{where}: two rows have this name"
        path = TOP / m.file
        n = path.read_text().count(m.was) if path.is_file() else None
        if n != 1:
            yield f"{where}: {m.file} " + ("does not exist" if n is None else f"has {n} times the text {m.was!r}")
        if m.was == m.now:
            yield f"{where}: changes nothing"
        if bool(m.tests) == bool(m.equal):
            yield f"{where}: has either tests or the reason why none can see it"
        for test in m.tests:
            if why := why_no_test(test):
                yield f"{where}: {test}: {why}"


# --- The copy and its builds ------------------------------------------------------------------------------------------


@functools.cache
def sources():
    found = []
    for folder, folders, files in os.walk(TOP):
        folders[:] = [f for f in folders if f not in NOT_COPIED]
        paths = [pathlib.Path(folder) / file for file in files]
        found += [p.relative_to(TOP) for p in paths if p.is_file() and not p.is_symlink()]
    return sorted(found)


def copy_tree():
    """Files that have not changed keep their times, so that little is built anew."""
    wanted = set(sources())
    for name in sources():
        source, copied = TOP / name, COPY.tree / name
        data = source.read_bytes()
        if not copied.is_file() or copied.read_bytes() != data:
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(data)
        copied.chmod(source.stat().st_mode)
    for folder, folders, files in os.walk(COPY.tree):
        folders[:] = [f for f in folders if f not in NOT_COPIED]
        for file in files:
            path = pathlib.Path(folder) / file
            if path.relative_to(COPY.tree) not in wanted:
                path.unlink()


@functools.cache
def hash_of_file(name):
    return hashlib.sha256((TOP / name).read_bytes()).hexdigest()


def hash_of(*places):
    """A hash of the files of these folders, and of these files."""
    starts = tuple(f"{p}/" for p in places)
    text = "".join(f"{n} {hash_of_file(n)}\n" for n in map(str, sources()) if n.startswith(starts) or f"{n}/" in starts)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def hash_of_code():
    return hash_of(*(p.name for p in sorted(TOP.iterdir()) if p.name not in NOT_COPIED | {"docs", "tests"}
                     and p.suffix != ".md"))


@functools.cache
def hash_of_test(test):
    """A hash of the files that are a test's own. Files that it shares with other tests, such as tests/harness, do not
    count. The programs of a case are those that its text names."""
    name, _, rest = test.partition(" ")
    if name.startswith("unit."):
        return hash_of(f"tests/unit/{name.split('.')[1]}_test.cc")
    own = str(case_of(test).relative_to(TOP))
    if name == "order":
        return hash_of(own, *(f"tests/{f}/{p}.{e}" for p in rest.split() for f, e in
                       (("programs/order", "cc"), ("programs/order/inside", "cc"), ("oracle/order", "out"),
                        ("oracle/order", "exit"))))
    words = set(re.findall(r"\w+", case_of(test).read_text()))
    programs = [n for n in sources() if n.parts[:2] == ("tests", "programs") and n.stem in words
                and n.suffix in (".cc", ".S")]
    words = set(re.findall(r'"(\w+\.h)"', "".join((TOP / n).read_text() for n in programs)))
    headers = [n for n in sources() if n.parts[:2] == ("tests", "programs") and n.name in words]
    return hash_of(own, *map(str, programs + headers))


def hash_of_row(m, what):
    """A hash on which the result depends. A mutant that was killed counts as killed, even if its tests have changed
    since. A mutant that lived may be killed by a changed test, so its hash contains the hashes of its tests."""
    tests = [x for t in m.tests for x in (t, "" if what in ("killed", "hang", "equal") else hash_of_test(t))]
    text = "\0".join([hash_of_code(), m.file, m.was, m.now, m.equal or "", *tests])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run(line, limit=None, **options):
    """Runs a command with all processes that it starts, and ends all of them. Returns its status, None if it did not
    end in time, and its output."""
    with COPY.output.open("wb") as out, subprocess.Popen([str(x) for x in line], stdout=out, stderr=subprocess.STDOUT,
                                                         stdin=subprocess.DEVNULL,
                                                 start_new_session=True, **options) as process:
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    return status, COPY.output.read_text(errors="backslashreplace")


def must(line):
    status, said = run(line)
    if status != 0:
        sys.exit(f"{said}\nmutants: {' '.join(map(str, line))}: status {status}")


def configure():
    cmake = ("cmake", "-G", "Ninja", "-Wno-dev", "-S", COPY.tree, "-B")
    must([*cmake, COPY.host, "-DRT0_HOST=ON", "-DCMAKE_BUILD_TYPE=Release"])
    must([*cmake, COPY.target, f"-DRT0_ISA={ISA}", "-DRT0_COMPILER=gcc", "-DRT0_DEV=OFF",
          f"-DCMAKE_TOOLCHAIN_FILE={COPY.tree}/tools/toolchain.cmake", f"-DRT0_MKPCLNTAB={COPY.host}/bin/mkpclntab"])


def build(tests):
    """Builds what is needed before any of the tests runs. A test of programs builds each just before it starts it
    (RT0_TEST_NINJA). Returns why it does not build, or None."""
    units = ["unit_{}_{}".format(*(t.split()[0].split(".") + ["asan"])[1:3]) for t in tests if t.startswith("unit.")]
    cases = [case_of(t).read_text() for t in tests if not t.startswith("unit.")]
    tools = [tool for tool, word in TOOLS.items() if any(word in text for text in cases)]
    if cases or "unit_pclntab_asan" in units:
        tools.append("mkpclntab")
    for folder, targets in (COPY.host, units + tools), (COPY.target, ["rt0"] if cases else []):
        if targets:
            status, said = run(["cmake", "--build", folder, "--target", *targets])
            if status != 0:
                return said
    return None


def case_of(test):
    name, _, rest = test.partition(" ")
    return order_case(rest.split()[0]) if name == "order" else case_file(name)


def run_test(test, limit):
    """Returns the status, None if the test did not end in time, and what it said."""
    name, _, rest = test.partition(" ")
    if name.startswith("unit."):
        unit, variant = (name.split(".") + ["asan"])[1:3]
        line = [COPY.host / "tests" / "unit" / f"unit_{unit}_{variant}", "--gtest_brief=1",
                *([f"--gtest_filter={rest}"] if rest else [])]
        return run(line, limit, env={**os.environ, "RT0_MKPCLNTAB": str(COPY.host / "bin" / "mkpclntab")})
    env = {**os.environ, "RT0_TEST_ISA": ISA, "RT0_TEST_BUILD": str(COPY.target),
           "RT0_TEST_DEV_BUILD": str(COPY.target),
           "RT0_TEST_HOWS": "native", "RT0_TEST_NINJA": "1", "RT0_TEST_TIMEOUT": "10",
           "RT0_TRACE_TOOL": str(COPY.host / "bin" / "rt0-trace"),
           "WITNESS_PLUGIN": str(COPY.host / "bin" / "libwitness.so")}
    path = case_of(test)
    if name == "order":
        rest, env["RT0_TEST_ORDER"] = "", rest
    return run(["python3", COPY.tree / path.relative_to(TOP), "-f", *(["-k", rest] if rest else [])], limit, env=env,
               cwd=COPY.tree)


# --- The tests pass without a mutant ----------------------------------------------------------------------------------


def baseline(tests):
    """How long each test takes on the unchanged code. What has passed is kept as long as the code and the test are the
    same. A test that does not pass is not in the result."""
    kept = json.loads(COPY.passed.read_text()) if COPY.passed.exists() else {}
    took = {}
    for test in tests:
        key = f"{test} {hash_of_code()} {hash_of_test(test)}"
        if key not in kept:
            seconds = time_of(test)
            if seconds is None:
                continue
            kept[key] = seconds
            print(f"passes unchanged in {seconds:.1f} s: {test}", flush=True)
            COPY.passed.write_text(json.dumps(kept))
        took[test] = kept[key]
    return took


def time_of(test):
    if (said := build([test])) is not None:
        sys.exit(f"{said}\nmutants: the unchanged code does not build")
    for _ in range(2):  # the first time builds the programs, too
        start = time.monotonic()
        status, said = run_test(test, 600)
        seconds = time.monotonic() - start
        if status != 0 or re.search(r"^summary: .* 0 passed|\b0 tests from 0 test suites|^Ran 0 tests", said, re.M):
            print(f"{said}\nmutants: {test}: must pass on the unchanged code; status {status}", flush=True)
            return None
        if seconds < 5:
            break
    return seconds


# --- A mutant ---------------------------------------------------------------------------------------------------------


def what_failed(said):
    """The first failed test's name, from unittest's or GoogleTest's output."""
    found = re.search(r"^(?:FAIL|ERROR): (\w+)|^\[  FAILED  \] ([\w./]+)", said, re.M)
    return (found[1] or found[2]) if found else ""


def try_one(m, took):
    start = time.monotonic()
    path = COPY.tree / m.file
    original = path.read_text()
    before = NO_WARNINGS if path.suffix in (".cc", ".h") else ""

    def result(what, by):
        return Result(what, by, time.monotonic() - start)

    if lost := [t for t in m.tests if t not in took]:
        return result("broken", f"{lost[0]} does not pass without a mutant")
    path.write_text(before + original.replace(m.was, m.now))
    try:
        if (said := build(m.tests)) is not None:
            return result("broken", said)
        for _ in range(RUNS):
            for test in m.tests:
                status, said = run_test(test, (10 if test.startswith("unit.") else 30) + 5 * took[test])
                if "RT0_TEST_NINJA: does not build" in said:
                    return result("broken", said)
                if status is None:
                    return result("hang", test)
                if status not in (0, SKIPPED):
                    failed = what_failed(said)
                    return result("killed", test + (f": {failed}" if failed and failed not in test else ""))
        return result("lives", ", ".join(m.tests))
    finally:
        path.write_text(original)


def run_all(chosen):
    results = []
    took = baseline(list(dict.fromkeys(t for m in chosen for t in m.tests)))
    # After a mutant its file is built again. So mutants of one file come one after another.
    for m in sorted(chosen, key=lambda m: (m.area, m.file)):
        done = try_one(m, took) if m.tests else Result("equal", m.equal, 0.0)
        results.append(done)
        remember(m, done)
        print(f"{m.area}: {m.fault}: {mutants_page.SHOWN[done.what]} {done.by} ({done.seconds:.0f} s)", flush=True)
    return results


def saved(table):
    """The results that still count, by fault."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = {fault: Result(**fields) for fault, fields in kept.items()}
    return {m.fault: kept[m.fault] for m in table if m.fault in kept
            and kept[m.fault].hash == hash_of_row(m, kept[m.fault].what)}


def remember(m, done):
    with (WORK / "results.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        kept[m.fault] = done._replace(date=f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
                                      hash=hash_of_row(m, done.what))._asdict()
        RESULTS.write_text(json.dumps(kept, indent=1))


def main():
    parser = argparse.ArgumentParser(description="Puts single faults into the code and shows which tests see them.")
    parser.add_argument("areas", nargs="*", help="files of tests/mutants without .toml; all of them if none is named")
    parser.add_argument("--check", action="store_true", help="checks the table only")
    parser.add_argument("--only", help="only mutants whose fault has this text")
    parser.add_argument("--new", action="store_true", help="only mutants without a result that still counts")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants at random, none of them slow or untried")
    parser.add_argument("--seed", type=int, help="which ones; chosen at random and printed if it is not given")
    parser.add_argument("--copy", default="tree", help="the folder of build/mutants to work in")
    parser.add_argument("--page", action="store_true",
                        help="writes docs/MUTANTS.md from the kept results, and tries none")
    parser.add_argument("--write", action="store_true", help="writes docs/MUTANTS.md afterwards")
    args = parser.parse_args()
    table = list(mutants())
    if errors := list(check(table)):
        sys.exit("\n".join(errors))
    if unknown := set(args.areas) - {m.area for m in table}:
        sys.exit(f"mutants: no area {', '.join(unknown)}. Known: {' '.join(sorted({m.area for m in table}))}")
    if args.page:
        DOC.write_text(mutants_page.page(table, saved(table)))
    if args.check or args.page:
        return 0
    if not NATIVE:
        print(f"skipped: programs of {ISA} do not run natively here (1)", file=sys.stderr)
        return SKIPPED
    chosen = [m for m in table if (not args.areas or m.area in args.areas) and (args.only or "") in m.fault]
    if args.new:
        known = saved(table)
        chosen = [m for m in chosen if m.fault not in known]
    if args.sample is not None:
        seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
        print(f"mutants: --sample {args.sample} --seed {seed}", flush=True)
        killable = [m for m in chosen if m.tests and m.sampled]
        chosen = random.Random(seed).sample(killable, min(args.sample, len(killable)))
    global COPY
    COPY = Copy(args.copy)
    WORK.mkdir(parents=True, exist_ok=True)
    with COPY.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs in one copy would see each other's mutants
        status = try_all(chosen)
    if args.write:
        DOC.write_text(mutants_page.page(table, saved(table)))
    return status


def try_all(chosen):
    start = time.monotonic()
    copy_tree()
    for m in chosen:
        # Computes the hashes now, so that their parts are cached: the sources may change while the copy is tried.
        hash_of_row(m, "lives")
    configure()
    print(f"configured and copied in {time.monotonic() - start:.0f} s", flush=True)
    results = run_all(chosen)
    n = collections.Counter(r.what for r in results)
    print(f"summary: {len(results)} mutants: {n['killed'] + n['hang']} killed ({n['hang']} by a hang), {n['equal']} "
          f"equal, {n['lives']} live, "
          f"{n['broken']} do not build; {time.monotonic() - start:.0f} s")
    return 1 if n["lives"] or n["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
