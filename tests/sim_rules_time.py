"""Rules for scenarios, continued from sim_rules.py: moments, the network, tracebacks, the C++ library. And
check_world(), the rules for every trace of the simulated kernel."""

import collections
import re

from harness import rt0test
from sim_rules import RULES, points, as_go, check, each_once, ends, go_lines, goroutines_of, in_order, rule, same

MS, MINUTE = 1_000_000, 60_000_000_000
WAKE = 200_000  # ns: a thread that sleeps is woken 50 us late, and other threads may run before it
POLL = MS + WAKE  # a thread that waits for descriptors can say how long in whole milliseconds only


# --- All traces -------------------------------------------------------------------------------------------------------


def procs_are_used(run):
    same([e.args["n"] for e in run.events if e.name == "ProcsChange"], [str(run.procs)], "the number of Ps")
    check(all(e.p is None or e.p < run.procs for e in run.events), "a P that does not exist")


def wired_stay(run):
    """A goroutine that is locked to its thread runs nowhere else, and its thread runs no other goroutine."""
    wired = {}  # goroutine -> M
    for e in run.events:
        if e.name == "MLock":
            wired[e.args["id"]] = e.m
        elif e.name in ("MUnlock", "GoDestroy"):
            wired.pop(e.args["id"], None)
        elif e.name == "GoStart":
            g = e.args["id"]
            check(wired.get(g, e.m) == e.m, f"{e.line}: it is locked to M {wired.get(g)}")
            check(all(m != e.m for other, m in wired.items() if other != g), f"{e.line}: another goroutine has this M")


def timers_are_true(run):
    """A timer fires when it is due, never earlier; a ticker also a whole number of periods later."""
    dues = []
    for e in run.events:
        if e.name == "TimerStart":
            dues.append(e.time + int(e.args["in"]))
        elif e.name == "TimerFire":
            late, due = int(e.args["late"]), e.time - int(e.args["late"])
            check(late >= 0, f"{e.line}: too early")
            found = any(abs(d - due) <= TOLD or due > d and (due - d) % PERIOD == 0 for d in dues)
            check(found, f"{e.line}: no timer was due then")


TOLD = 50_000  # ns: between a look at the clock and the event that reports it, other threads may run
PERIOD = 5 * MINUTE  # of an_hour's ticker


# How often a goroutine may lose its P before its time slice is over: under delay:3, which the golden scenario has, at
# most three times. Under the other strategies there is no limit; fifo has no such choice.
YIELDS = {"delay": 3}


def few_are_preempted(run, most):
    n = sum(e.args["pick"] != "0" for e in run.events if e.name == "Choose" and e.args["kind"] == "preempt")
    check(n <= most, f"a goroutine is made to yield {n} times, and not {most} at most")


def fifo_picks_no_goroutine(run):
    check(not any(e.args["kind"] in ("goroutine", "preempt") for e in run.events if e.name == "Choose"),
          "under fifo it is a choice which goroutine runs next, or whether one yields")


WORLD = (procs_are_used, wired_stay)
# In these scenarios the program looks at the channel of a timer for which no goroutine waits. Such a timer is on no
# heap, so the trace has no TimerStart for it.
NOT_ON_A_HEAP = ("timers", "ticker")


def check_world(run, scenario, strategy):
    for each in WORLD:
        each(run)
    if scenario not in NOT_ON_A_HEAP:
        timers_are_true(run)
    if strategy in YIELDS:
        few_are_preempted(run, YIELDS[strategy])
    if strategy == "fifo":
        fifo_picks_no_goroutine(run)


# --- Moments ----------------------------------------------------------------------------------------------------------


def waits(run, which, reason):
    """How long the goroutine was blocked for this reason, each time, in ns."""
    g, found, since = goroutines_of(run)[which], [], None
    for e in run.events:
        if e.name == "GoBlock" and e.args["id"] == g and e.args["reason"] == reason.replace(" ", "%20"):
            since = e.time
        elif e.name == "GoUnblock" and e.args["id"] == g and since is not None:
            found.append(e.time - since)
            since = None
    return found


def last(got, wanted, what, early=0, late=WAKE):
    """The waits last as long as the program says, and a little longer. The deadline is computed up to 10 us before the
    goroutine blocks. early: by how much more a wait may be shorter, since the wait before it was longer."""
    same(len(got), len(wanted), f"how often: {what}")
    for is_, must in zip(got, wanted):
        check(must - 10_000 - early <= is_ <= must + late, f"{what}: {is_} ns; it must be {must}")


def lasts(run, which, reason, wanted, **more):
    last(waits(run, which, reason), wanted, f"goroutine {which} waits for: {reason}", **more)


@rule("sleep")
def sleep(run):
    as_go("sleep_order")(run)
    for i, ms in enumerate((50, 10, 40, 20, 30)):
        lasts(run, 1 + i, "sleep", [ms * MS])


@rule("preemption")
def preemption(run):
    """Both loops end, the first one not before the other goroutine has slept for 5 ms."""
    ends(run)
    same(run.lines, ["flag", "turn"], "the output")
    # On one P the sleeper runs when main's time slice of 10 ms is over, and sysmon looks again after 10 ms.
    lasts(run, 1, "sleep", [5 * MS], late=WAKE if run.procs > 1 else 20 * MS)


@rule("timers")
def timers(run):
    as_go("timer_stop_reset")(run)
    lasts(run, 0, "sleep", [5 * MS] * 4)
    lasts(run, 0, "chan receive", [1 * MS, 2 * MS])


@rule("ticker")
def ticker(run):
    """A tick comes at a multiple of the period, so a wait is shorter if the program comes to it late."""
    as_go("ticker_drops")(run)
    lasts(run, 0, "sleep", [ms * MS for ms in (55, 25, 15, 15)])
    lasts(run, 0, "chan receive", [ms * MS for ms in (5, 10, 10, 5, 5, 5)], early=WAKE)


@rule("an_hour")
def an_hour(run):
    ends(run)
    wanted = ["slept an hour true", "waited for a day true", "read read |0: i/o timeout", "ticks 12 hours 27"]
    same(run.lines, wanted, "the output")
    lasts(run, 0, "sleep", [60 * MINUTE])
    lasts(run, 0, "select", [24 * 60 * MINUTE])
    lasts(run, 0, "IO wait", [90 * MINUTE], late=POLL)
    lasts(run, 0, "chan receive", [5 * MINUTE] * 12, early=POLL, late=POLL)


@rule("context_deadline")
def context_deadline(run):
    as_go("context_deadline")(run)
    lasts(run, 0, "chan receive", [20 * MS, 10 * MS])


@rule("netpoll_deadline")
def netpoll_deadline(run):
    as_go("net_deadline")(run)
    # Short waits are left out: main waits for a goroutine by sleeping 0.2 ms again and again, and a connection is made
    # at once.
    for reason, wanted in (("sleep", (20, 20, 50)), ("IO wait", (30, 10))):
        long_ones = [ns for ns in waits(run, 0, reason) if ns > 5 * MS]
        last(long_ones, [ms * MS for ms in wanted], f"main waits: {reason}", late=POLL)


# --- The network ------------------------------------------------------------------------------------------------------


@rule("tcp", "faults_net")
def tcp(run):
    """The client and the server each print in their order; they wait for each other's bytes."""
    ends(run)
    go = go_lines("net_eof")
    each_once(run.lines, go)
    client = [line for line in go if line.startswith(("closewrite", "write after", "client"))]
    server = [line for line in go if line not in client]
    in_order(run.lines, *client)
    in_order(run.lines, *server)
    in_order(run.lines, "nothing <nil>", client[2])
    in_order(run.lines, client[-1], next(line for line in server if line.startswith("reset")))


# --- The ends of programs ---------------------------------------------------------------------------------------------


RULES["deadlock"] = as_go("fatal_deadlock_recv")


@rule("panic_goroutine")
def panic_goroutine(run):
    """The goroutine's panic ends the process, unless main has ended it before."""
    if run.status == 0:
        ends(run)
        same(run.lines, ["not reached"], "the output")
        return
    lines = run.lines[1:] if run.lines[:1] == ["not reached"] else run.lines
    as_go("fatal_panic_goroutine")(run._replace(lines=lines))


@rule("stacks", "stacks_faults")
def stacks(run):
    """48 whole tracebacks, each with the frames of its depth. On one P the trace shows the order of loads and stores,
    from which the number at the end follows."""
    ends(run)
    blocks = re.split(r"(?m)^goroutine (\d+) \[running\]:$", "\n".join(run.lines))
    head, blocks = blocks[0], list(zip(blocks[1::2], blocks[2::2]))
    seen = collections.Counter()
    order_of_start = goroutines_of(run)[1:]
    same(len(order_of_start), 4, "how many goroutines print")
    for g, text in blocks:
        i, j = order_of_start.index(g), seen[g]
        seen[g] += 1
        what = f"traceback {j} of goroutine {g}"
        same(len(re.findall(r"(?m)^main\.deeper\(", text)), 1 + (i + j) % 3 + 12 + 1, f"frames in {what}")
        check("\ncreated by sync.(*WaitGroup).Go in goroutine 1\n" in text, f"{what} has no end")
    same(seen, collections.Counter(dict.fromkeys(order_of_start, 12)), "tracebacks by goroutine")
    total = re.fullmatch(r"x = (\d+)\s*", head)
    check(total and 2 <= int(total[1]) <= 48, f"the number at the end: {head}")
    if run.procs == 1:
        same(int(total[1]), additions(run, order_of_start), "the number at the end")


def additions(run, goroutines):
    """The sum at the end, if each addition is a load and a store, in the order in which the trace shows them. The last
    point of a goroutine is its WaitGroup::done."""
    steps = [(place, g, i % 2) for g in goroutines for i, place in enumerate(points(run.events, g, 25)[:24])]
    x, loaded = 0, {}
    for _, g, is_store in sorted(steps):
        if is_store:
            x = loaded[g] + 1
        else:
            loaded[g] = x
    return x


# --- The C++ library --------------------------------------------------------------------------------------------------


def sums(seed):
    """What work() of tests/programs/cxx/containers.cc computes, with Python's dicts and sets."""
    by_name, many, values, seen = collections.Counter(), [], [], set()
    for i in range(200):
        v = (i * 7919 + seed) % 101
        by_name[str(v)] += i
        many.append((v % 7, i))
        values.append(v)
        seen.add(v)
    hashed = sum(by_name.values()) + sum(v for v in seen if v >= 50)
    kept = {name: n for name, n in by_name.items() if int(name) >= 50}

    def fold(numbers):
        total = 0
        for n in numbers:
            total = (total * 31 + n) % 1000003
        return total

    of_map = fold([kept[name] for name in sorted(kept)] + [i for _, i in sorted(many, key=lambda pair: pair[0])])
    # The shared pointer's value, 3, and its two owners; the last digit says that it has no owner at the end.
    return of_map, fold(sorted(set(values))), fold(sorted(v for v in seen if v >= 50)), hashed, (3 + 2) * 10 + 1


@rule("cxx_containers")
def cxx_containers(run):
    ends(run)
    same(run.lines, [" ".join(map(str, (i, *sums(i)))) for i in range(4)] + ["1 3"], "the output")


@rule("cxx_atomics")
def cxx_atomics(run):
    """Four goroutines add 1,000 times, one time in ten behind a mutex, too; a count of eight bits overflows."""
    ends(run)
    n = 4 * 1000
    counts = f"{n} {n} {2 * n % 256} {n} {2 * n} {n} {n // 10} abcde"
    same(run.lines, [counts, "true true", "true true", "true"], "the output")
    lasts(run, 0, "sleep", [20 * MS])


@rule("cxx_numbers")
def cxx_numbers(run):
    """One goroutine: the same as without simulation, where cxx_test.py compares it."""
    ends(run)
    same(run.lines, (rt0test.EXPECTED / "cxx_numbers.out").read_text().splitlines(), "the output")


@rule("cxx_threads_throw")
def cxx_threads_throw(run):
    """One thread throws, one is asynchronous, four call call_once, three have variables with destructors."""
    ends(run)
    same(run.lines, (rt0test.EXPECTED / "cxx_threads_throw.out").read_text().splitlines(), "the output")
    threads = [e.args["new"] for e in run.events if e.name == "GoCreate" and e.args["new"] != "1"]
    same(len(threads), 1 + 1 + 4 + 3, "the number of threads")
