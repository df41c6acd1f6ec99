#!/usr/bin/python3
"""Compares three records of one boot: the witness's log, rt0's own trace, and the order in which Go's runtime boots.

  trace    From the first event to main.main, m0's boot events in the trace are exactly the witness's entries on thread
           0 of boot functions: same names, same order, same number, repeated entries included.
  order    Of the names that rt0 and Go both enter on the first thread up to main.main, rt0's entries are a subsequence
           of Go's (consecutive duplicates merged on both sides), and the order of first occurrences is the same.
  sysmon   The same for the thread that runs sysmon, up to the end of Go's list, if both have such a thread.
  budget   Instructions and system calls from the first instruction to main.main, against --max-instructions,
           --max-syscalls.

Every check runs for which there is input; each failure is printed. Exit status: 0 agreement, 1 mismatch, 2 unusable
input.

Names are compared after these changes. All: `_rt0_<isa>_linux` for any ISA. Symbols: the prefix `runtime.` and suffixes
of compilers, such as `.constprop.N` and `.isra.N`, are removed; symbols without a Go name (C++'s own) are ignored. Go:
`(*mheap).init` becomes `mheap.init`, `findRunnable` becomes `findrunnable`, `_rt0_…` becomes `_rt0`; closures
(`malg.func1`) and packages' init functions exist in Go only.
"""

import argparse
import difflib
import re
import sys

MAIN = "main.main"
SHOWN = 12  # at most so many differences are printed one by one


class Unusable(Exception):
    """Input on which no check can be made: exit status 2."""


class Entry:
    """One entry of a function: its name, and its place in the file it comes from."""

    def __init__(self, name, where):
        self.name = name
        self.where = where


# --- Names -----------------------------------------------------------------------------------------------------------


def any_isa(name):
    """_rt0_amd64_linux and _rt0_arm64_linux are one name, so one list of functions serves all ISAs."""
    return re.sub(r"^_rt0_[^_]+", "_rt0_<isa>", name)


def from_symbol(symbol):
    """The Go name that an ELF symbol stands for; None if it has none."""
    symbol = re.sub(r"(\.(constprop|isra|lto_priv)\.\d+|\.localalias|\.abi0)+$", "", symbol)
    if symbol.startswith("runtime."):
        return without_receiver(symbol[len("runtime."):])
    if symbol == MAIN or symbol.startswith("_rt0_"):
        return any_isa(symbol)
    return None


def from_go(name):
    """The name under which rt0 has the function; None for functions that only Go can have."""
    if re.search(r"\.(func|gowrap)\d+(\.\d+)*$", name):
        return None
    # This is a package's init; a method's has its receiver in parentheses.
    if re.search(r"(^|[^)]\.)init(\.\d+)?$", name):
        return None
    return for_order(without_receiver(name))


def without_receiver(name):
    return re.sub(r"^\(\*(\w+)\)", r"\1", name)


def for_order(name):
    """The name as Go's order is compared with it: _rt0 for all of _rt0_…, and findrunnable for Go's findRunnable."""
    if name.startswith("_rt0"):
        return "_rt0"
    return "findrunnable" if name == "findRunnable" else name


def merged(names):
    out = []
    for name in names:
        if not out or out[-1] != name:
            out.append(name)
    return out


def up_to(names, last):
    return names[:names.index(last) + 1] if last in names else names


# --- Input -----------------------------------------------------------------------------------------------------------


def lines_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if not text.strip():
        raise Unusable(f"{path}: empty")
    return list(enumerate(text.splitlines(), 1))


class Witness:
    """threads: thread number -> entries with Go names; until: the summary at main.main, or None."""

    def __init__(self, path):
        self.threads = {}
        self.until = None
        for number, line in lines_of(path):
            if line.startswith("#"):
                self._remark(path, number, line)
                continue
            match = re.fullmatch(r"(\d+) (\d+|-) (\S+)", line)
            if not match:
                raise Unusable(f"{path}:{number}: not a line of a witness log: {line!r}")
            thread, insns, symbol = match.groups()
            name = from_symbol(symbol)
            if name is not None:
                where = f"thread {thread}, after {insns} instructions"
                self.threads.setdefault(int(thread), []).append(Entry(name, where))
        if not self.threads:
            raise Unusable(f"{path}: no entry of a function with a Go name")

    def _remark(self, path, number, line):
        if not line.startswith("# until "):
            return
        match = re.fullmatch(r"# until (\S+) thread (\d+) instructions (\d+|-) syscalls (\d+)", line)
        if not match:
            raise Unusable(f"{path}:{number}: not an until line: {line!r}")
        if match[1] == MAIN:
            insns = None if match[3] == "-" else int(match[3])
            self.until = (int(match[2]), insns, int(match[4]))


class Trace:
    """ms: M -> events. Events before the first known M are m0's: no other M exists yet."""

    LINE = re.compile(r"-?\d+ m(\d+|-) p(?:\d+|-) g(?:\d+|-) (\S+)((?: [^ =]+=\S*)*)")

    def __init__(self, path):
        self.ms = {}
        known = False
        for number, line in lines_of(path):
            if line.startswith("#"):
                continue
            match = self.LINE.fullmatch(line)
            if not match:
                raise Unusable(f"{path}:{number}: not a line of a trace: {line!r}")
            known = known or match[1] != "-"
            if match[1] == "-" and known:
                continue
            m = 0 if match[1] == "-" else int(match[1])
            self.ms.setdefault(m, []).append(Entry(any_isa(match[2]), f"line {number}"))

    def boot_events(self, m):
        """Boot functions' names begin with a lower-case letter or '_', other events' names with a capital."""
        return [e for e in self.ms.get(m, []) if not e.name[0].isupper()]


def read_functions(path):
    return {any_isa(line.strip()) for _, line in lines_of(path) if line.strip() and not line.startswith("#")}


def read_go_order(path):
    """Thread number -> (names as rt0 spells them, names that only Go has)."""
    threads = {}
    current = None
    for number, line in lines_of(path):
        match = re.match(r"## thread (\d+)\b", line)
        if match:
            current = threads.setdefault(int(match[1]), ([], []))
        elif line.startswith("#") or not line.strip():
            continue
        elif current is None:
            raise Unusable(f"{path}:{number}: {line!r} comes before the first '## thread N'")
        else:
            name = from_go(line.strip())
            if name == "main" and current[0] == ["_rt0"]:  # some ISAs have an assembly label of this name
                name = None
            current[name is None].append(name or line.strip())
    if not threads.get(0, ([], []))[0]:
        raise Unusable(f"{path}: no '## thread 0' with names under it")
    return threads


# --- Checks ----------------------------------------------------------------------------------------------------------


class Report:
    def __init__(self, verbose):
        self.failed = False
        self.verbose = verbose

    def fail(self, check, text):
        self.failed = True
        print(f"{check}: FAILED: {text}")

    def ok(self, check, text):
        print(f"{check}: {text}")

    def detail(self, check, text):
        if self.verbose:
            print(f"{check}: {text}")


def cut_at_main(entries):
    for i, entry in enumerate(entries):
        if entry.name == MAIN:
            return entries[:i + 1], True
    return entries, False


def check_trace(report, witness, trace, functions):
    """Both sides have the same boot functions, one by one; neither has more."""
    told, told_main = cut_at_main(trace.boot_events(0))
    seen_all, seen_main = cut_at_main(witness.threads.get(0, []))
    for name in sorted({e.name for e in told} - functions):
        report.fail("trace", f"the trace has {name}, which is not in the list of boot functions")
    names = functions | {e.name for e in told}
    seen = [e for e in seen_all if e.name in names]
    before = report.failed
    if not told_main:
        report.fail("trace", f"the trace does not get to {MAIN} on m0")
    if not seen_main:
        report.fail("trace", f"the witness did not see {MAIN} entered on thread 0")
    matcher = difflib.SequenceMatcher(None, [e.name for e in seen], [e.name for e in told], autojunk=False)
    differences = []
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "equal":
            continue
        after = f" (after {seen[i1 - 1].name})" if i1 else " (at the start)"
        for e in seen[i1:i2]:
            differences.append(f"the witness saw {e.name} entered ({e.where}), the trace does not have it here{after}")
        for e in told[j1:j2]:
            differences.append(f"the trace has {e.name} ({e.where}), the witness saw no entry of it here{after}; "
                               "was the function inlined, or the event written elsewhere?")
    for text in differences[:SHOWN]:
        report.fail("trace", text)
    if len(differences) > SHOWN:
        report.fail("trace", f"and {len(differences) - SHOWN} more differences")
    if report.failed == before and not differences:
        report.ok("trace", f"{len(told)} boot events up to {MAIN}, all as the witness saw them")


def check_order(report, check, rt0, go, go_only):
    """rt0 and go: the names on one thread, in rt0's spelling."""
    shared = set(rt0) & set(go)
    r = merged(n for n in rt0 if n in shared)
    g = merged(n for n in go if n in shared)
    report.detail(check, f"{len(shared)} names shared: {' '.join(sorted(shared))}")
    report.detail(check, f"only Go: {' '.join(sorted((set(go) | set(go_only)) - shared)) or '-'}")
    report.detail(check, f"only rt0: {' '.join(sorted(set(rt0) - shared)) or '-'}")
    if not shared:
        return report.fail(check, "rt0 and Go have no name in common")
    good = True
    at = 0
    for i, name in enumerate(r):
        try:
            at = g.index(name, at) + 1
        except ValueError:
            good = False
            report.fail(check, f"rt0's entry of {name}, number {i + 1} of the shared ones, comes after "
                               f"[{' '.join(r[max(0, i - 4):i])}]; Go goes on with [{' '.join(g[at:at + 6])}] "
                               "and does not enter it there")
            break
    for a, b in zip(dict.fromkeys(r), dict.fromkeys(g)):
        if a != b:
            good = False
            report.fail(check, f"rt0 enters {a} for the first time where Go enters {b} for the first time")
            break
    if good:
        report.ok(check, f"{len(r)} entries of {len(shared)} shared names, in Go's order")
    return None


def thread_with(threads, name):
    return next((n for n in sorted(threads) if name in threads[n]), None)


def check_go(report, threads, go):
    """threads: of rt0, number -> names as the trace has them."""
    rt0 = {n: [for_order(name) for name in names] for n, names in threads.items()}
    check_order(report, "order", up_to(rt0.get(0, []), MAIN), up_to(go[0][0], MAIN), go[0][1])
    theirs = thread_with({n: names for n, (names, _) in go.items()}, "sysmon")
    ours = thread_with(rt0, "sysmon")
    if theirs is None or ours is None:
        report.ok("sysmon", f"{'rt0' if ours is None else 'Go'} does not run it here; nothing to compare")
        return
    names, go_only = go[theirs]
    check_order(report, "sysmon", up_to(rt0[ours], names[-1]), names, go_only)


def check_budget(report, until, args):
    thread, insns, syscalls = until
    if args.max_instructions is not None or args.summary:
        if insns is None:
            raise Unusable(f"{args.witness}: counts no instructions (insns=off)")
    if thread != 0:
        report.fail("budget", f"{MAIN} was entered on thread {thread}, not on the first")
    for what, n, most in (("instructions", insns, args.max_instructions),
                          ("system calls", syscalls, args.max_syscalls)):
        if most is None:
            continue
        if n > most:
            report.fail("budget", f"{n} {what} to {MAIN}, {n - most} more than the {most} allowed")
        else:
            report.ok("budget", f"{n} {what} to {MAIN}, of {most} allowed")
    if args.summary:
        print(f"{MAIN}: instructions {insns} syscalls {syscalls}")


# --- The command -----------------------------------------------------------------------------------------------------


def parse(argv):
    parser = argparse.ArgumentParser(description="Compare the witness's log, rt0's trace and Go's order of one boot.")
    parser.add_argument("--witness", metavar="LOG", help="the log that libwitness.so wrote")
    parser.add_argument("--trace", metavar="FILE", help="the trace that RT0_TRACE=FILE wrote in the same run")
    parser.add_argument("--functions", metavar="FILE", help="the boot functions that a trace records, one per line")
    parser.add_argument("--go", metavar="FILE", help="Go's order: tests/oracle/go-boot-order.<isa>.txt")
    parser.add_argument("--max-instructions", metavar="N", type=int)
    parser.add_argument("--max-syscalls", metavar="N", type=int)
    parser.add_argument("--summary", action="store_true", help="print the counts at main.main")
    parser.add_argument("--verbose", action="store_true", help="print the names that were compared")
    args = parser.parse_args(argv)
    budget = args.summary or args.max_instructions is not None or args.max_syscalls is not None
    if args.trace and args.witness and not args.functions:
        parser.error("--trace and --witness need --functions")
    if budget and not args.witness:
        parser.error("--summary, --max-instructions and --max-syscalls need --witness")
    if not budget and not (args.witness and args.trace) and not (args.go and (args.witness or args.trace)):
        parser.error("nothing to compare: give two of --witness, --trace, --go, or a budget")
    return args, budget


def run(argv):
    args, budget = parse(argv)
    witness = Witness(args.witness) if args.witness else None
    trace = Trace(args.trace) if args.trace else None
    functions = read_functions(args.functions) if args.functions else None
    go = read_go_order(args.go) if args.go else None
    if witness and witness.until is None:
        raise Unusable(f"{args.witness}: no '# until {MAIN}' line: the program did not get there, "
                       f"or the witness ran without until={MAIN}")
    report = Report(args.verbose)
    if witness and trace:
        check_trace(report, witness, trace, functions)
    if go:
        if witness:
            threads = {n: [e.name for e in entries] for n, entries in witness.threads.items()}
        else:
            threads = {m: [e.name for e in trace.boot_events(m)] for m in trace.ms}
        check_go(report, threads, go)
    if budget:
        check_budget(report, witness.until, args)
    return 1 if report.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except Unusable as unusable:
        print(f"boot_order.py: {unusable}", file=sys.stderr)
        sys.exit(2)
