"""Rules for the scenarios of tests/golden/sim/scenarios.txt: what a run may print and do, by what its program and Go's
language promise, whatever the schedule. Nothing here comes from an earlier run. A broken rule is an AssertionError.

RULES has a rule for each scenario; those about time, the network and the C++ library are in sim_rules_time.py. A rule
gets a Run and looks at the output, and at the trace where moments or threads matter.
"""

import collections
import re

from harness import order, rt0test

Run = collections.namedtuple("Run", "procs seed status lines events")
RULES = {}


def rule(*names):
    def enter(function):
        for name in names:
            assert name not in RULES, name
            RULES[name] = function
        return function

    return enter


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def same(got, wanted, what):
    check(got == wanted, f"{what}: {got}, must be {wanted}")


# --- Outputs ----------------------------------------------------------------------------------------------------------


def ends(run, status=0):
    check(run.lines, "nothing is printed")
    same(run.status, status, "exit status")
    same([e.args["status"] for e in run.events if e.name == "Exit"], [str(status)], "status of the event Exit")


def each_once(got, wanted, optional=()):
    """The lines are these, in any order."""
    count = collections.Counter(got)
    for line in wanted:
        same(count.pop(line, 0), 1, f"how often {line!r} is printed")
    for line in optional:
        check(count.pop(line, 0) <= 1, f"{line!r} is printed twice")
    same(dict(count), {}, "other lines")


def in_order(got, *groups):
    """Each line of a group comes before each line of the next. A line that was not printed comes nowhere."""
    place = {line: i for i, line in enumerate(got)}
    last, last_line = -1, None
    for group in groups:
        group = [group] if isinstance(group, str) else group
        places = [(place[line], line) for line in group if line in place]
        if not places:
            continue
        check(min(places)[0] > last, f"{min(places)[1]!r} comes before {last_line!r}")
        last, last_line = max(places)


def go_lines(name):
    return order.go_said(name).splitlines()


def as_go(name):
    """One goroutine prints, or each waits for the one before: there is no other output than Go's."""

    def function(run):
        ends(run, order.go_status(name))
        hide = order.mask_for(order.go_said(name))
        same([hide(line) for line in run.lines], hide(order.go_said(name)).splitlines(), "the output")

    return function


for scenario, program in (("select_nil_closed", "sel_nil_closed"), ("map", "map_basic"), ("recover", "recover_nested"),
                          ("goexit", "goexit_defers"), ("udp", "net_udp"), ("unix", "net_unix"), ("pipe", "os_pipe"),
                          ("netpoll_close", "net_closewakes")):
    RULES[scenario] = as_go(program)


@rule("boot", "boot_random")
def boot(run):
    ends(run)
    same(run.lines, ["Hello World"], "the output")
    same([e.args["new"] for e in run.events if e.name == "GoCreate"], ["1"], "the goroutines")


@rule("goroutines", "goroutines_random", "goroutines_pct", "goroutines_pos", "goroutines_delay", "faults_threads")
def goroutines(run):
    """Five goroutines in any order; main prints the sum when all have ended."""
    ends(run)
    five = ["a plain function", "a callable object: gopher"] + [f"lambda {i} of goroutine true" for i in range(3)]
    each_once(run.lines, [*five, "sum 3"])
    in_order(run.lines, five, "sum 3")
    created(run, 5)


def created(run, n):
    """The program starts n goroutines."""
    same(len(goroutines_of(run)), 1 + n, "how many goroutines there are")


def numbers(n):
    """n goroutines print their numbers on one line, which main ends when all have ended."""

    def function(run):
        ends(run)
        same(len(run.lines), 1, "how many lines")
        each_once(run.lines[0].split(), [str(i) for i in range(n)])
        created(run, n)
        if run.procs == 1:  # under fifo, on one P, the order is Go's
            same(run.lines, go_lines(f"spawn{n}"), "the order")

    return function


RULES["runnext"], RULES["overflow"] = numbers(10), numbers(257)


@rule("tick61")
def tick61(run):
    """main yields eight times and ends the process, whether the 250 others have run or not."""
    ends(run)
    words = re.sub(r"\[main (\d)\]", r"main\1", " ".join(run.lines)).split()
    mains = [f"main{i}" for i in range(8)]
    each_once(words, mains, [str(i) for i in range(250)])
    in_order(words, *mains)
    created(run, 250)
    if run.procs == 1:
        fair(run)


def fair(run):
    """On one P: a goroutine in the global queue waits for at most 61 others per place in that queue."""
    waiting, starts = {}, 0  # goroutine -> the number of starts at which it must have had its turn
    for e in run.events:
        if e.name == "GoStop":
            waiting[e.args["id"]] = starts + 62 * (len(waiting) + 1)
        elif e.name == "GoStart":
            starts += 1
            due = waiting.pop(e.args["id"], starts)
            check(starts <= due, f"{e.line}: start {starts}, but it had its turn at {due}")


@rule("gosched")
def gosched(run):
    ends(run)
    words = " ".join(run.lines).split()
    each_once(words, [f"{name}{i}" for name in "ABC" for i in range(3)])
    for name in "ABC":
        in_order(words, *(f"{name}{i}" for i in range(3)))
    yields = sum(e.name == "GoStop" and e.args["reason"] == "Gosched" for e in run.events)
    same(yields, 9, "how often a goroutine yields")


@rule("nested_go")
def nested_go(run):
    """A goroutine runs after the go statement that starts it. main waits for b11 alone."""
    ends(run)
    others = ["a", "a1", "a11", "a12", "a2", "a end", "b end"]
    each_once(run.lines, ["main blocks", "b", "b1", "b11", "main resumes"], others)
    in_order(run.lines, "a", "a1", ["a11", "a12"])
    in_order(run.lines, "a", ["a2", "a end"])
    in_order(run.lines, "b", "b1", "b11", "main resumes")
    in_order(run.lines, "b", "b end")
    in_order(run.lines, "main blocks", "main resumes")


@rule("lockosthread")
def lockosthread(run):
    ends(run)
    who = ["locked", "free 0", "free 1"]
    each_once(run.lines, [f"{name} {i}" for name in who for i in range(3)])
    for name in who:
        in_order(run.lines, *(f"{name} {i}" for i in range(3)))
    locked = [e for e in run.events if e.name == "MLock" and e.args["id"] != "1"]
    same(len(locked), 1, "how many goroutines beside main lock themselves to their thread")


# --- Channels and select ----------------------------------------------------------------------------------------------


@rule("chan_unbuffered")
def chan_unbuffered(run):
    """A send is over when its value is received, which is after the value before has been printed."""
    ends(run)
    n = range(5)
    lines = [f"{what} {i}" for what in ("send", "sent", "recv") for i in n]
    each_once(run.lines, [*lines, "closed", "range done", "end"])
    in_order(run.lines, *(f"{what} {i}" for i in n for what in ("send", "sent")), "closed", "end")
    in_order(run.lines, *(f"recv {i}" for i in n), "range done", "end")
    in_order(run.lines, "sent 4", "range done")
    for i in n:
        in_order(run.lines, f"send {i}", f"recv {i}")
        in_order(run.lines, f"recv {i - 1}", f"sent {i}")


@rule("chan_buffered")
def chan_buffered(run):
    """With a buffer of three, "p i" means that value i - 3 has been received, so i - 4 has been printed."""
    ends(run)
    n = range(8)
    each_once(run.lines, [f"{who}{i}" for who in ("p ", "   c ") for i in n])
    for who in ("p ", "   c "):
        in_order(run.lines, *(f"{who}{i}" for i in n))
    for i in n:
        in_order(run.lines, f"   c {i - 4}", f"p {i}")
        in_order(run.lines, f"p {i - 1}", f"   c {i}")


@rule("chan_close")
def chan_close(run):
    ends(run)
    all_six = [f"recv {i} 0 false" for i in range(6)]
    each_once(run.lines, ["close", *all_six])
    in_order(run.lines, "close", all_six)


@rule("chan_many_senders")
def chan_many_senders(run):
    """main receives one value; the other two senders panic, unless main ends first. As in Go, a panic that begins while
    another one is being printed is printed after it; with one P nobody runs meanwhile."""
    check(run.lines and run.lines[0] in ("0", "1", "2"), "main receives no value")
    panics = [i for i, line in enumerate(run.lines) if line == "panic: send on closed channel"]
    if run.status == 0:
        same(run.lines[1:], ["closed", "not reached"], "what main prints when no sender has run")
        ends(run)
        return
    ends(run, 2)
    check(1 <= len(panics) <= min(run.procs, 2), f"{len(panics)} panics are printed")
    check(run.lines[1:panics[0]] in ([], ["closed"], ["closed", "not reached"]), "what stands before the panic")
    headers = [re.fullmatch(r"goroutine (\d+) \[running\]:", run.lines[i + 2]) for i in panics]
    check(all(headers), "no traceback follows")
    senders = {header[1] for header in headers}
    check("1" not in senders and len(senders) == len(panics), "whose tracebacks follow")


@rule("select")
def select(run):
    """Each goroutine sends its number to a, or "late" to b. main receives full, a, a, late, a. If two values went to b,
    which then has room for the second, main waits for a third number for ever."""
    sent = [re.fullmatch(r"g (\d) sent ([ab])", line) for line in run.lines]
    sent = {int(m[1]): m[2] for m in sent if m}
    rest = [line for line in run.lines if not re.fullmatch(r"g \d sent [ab]", line)]
    same(len(sent) + len(rest), len(run.lines), "a goroutine sends twice")
    received = [int(line) for line in rest[:5] if re.fullmatch(r"\d", line)]
    check(len(set(received)) == len(received) and set(received) <= set(range(4)), f"received from a: {received}")
    for i, where in sent.items():
        check(where == "b" or i in received, f"{i} was sent to a, and not received")
        check(where == "a" or i not in received, f"{i} was sent to b, and received from a")
    if run.status == 0:
        ends(run)
        same(rest, ["full", *map(str, received[:2]), "late", str(received[2]), "left 0"], "what main prints")
        return
    ends(run, 2)
    same(rest[:4], ["full", *map(str, received), "late"], "what main prints")
    asleep = ["fatal error: all goroutines are asleep - deadlock!", "", "goroutine 1 [chan receive]:"]
    same(rest[4:7], asleep, "how it ends")
    same(sorted(sent.values()), ["a", "a", "b", "b"], "where the four values went")


@rule("select_wake")
def select_wake(run):
    """One goroutine gets a's value, one b's; the others see b closed."""
    ends(run)
    got = sorted(line for line in run.lines if line.startswith("g "))
    same(sorted(line[4:] for line in got), ["a 1 true"] + ["b 0 false"] * 3 + ["b 2 true"], "what is received")
    same([line[2] for line in got], list("01234"), "the goroutines")
    mains = [line for line in run.lines if not line.startswith("g ")]
    check(re.fullmatch(r"sent two [012]", mains[0]), mains[0])
    same(mains[1:], ["closed b", "end 0 10"], "what main prints")
    in_order(run.lines, got, "end 0 10")
    # done has a value only from a goroutine that has printed.
    printed = run.lines.index(mains[0])
    check(int(mains[0][-1]) <= printed, "more goroutines are done than have printed")


@rule("select_sizes")
def select_sizes(run):
    """Two goroutines send 12 values each, and four receive six each."""
    ends(run)
    same(run.lines, ["24"], "the output")
    created(run, 6)


# --- Locks and the like -----------------------------------------------------------------------------------------------


@rule("mutex_handoff")
def mutex_handoff(run):
    """main has the mutex until it unlocks."""
    ends(run)
    n = range(5)
    got = [f"got {i}" for i in n]
    each_once(run.lines, [f"try {i}" for i in n] + got + ["unlock", "unlocked"])
    in_order(run.lines, "unlock", ["unlocked", *got])
    for i in n:
        in_order(run.lines, f"try {i}", f"got {i}")


@rule("rwmutex")
def rwmutex(run):
    """main holds a read lock until it unlocks. A writer has the lock alone. If main's first try_rlock succeeds, because
    no writer has come yet, main never unlocks that second read lock, and all wait for ever."""
    looks = [line for line in run.lines if line.startswith("try ")]
    writers = [f"writer {i} {what}" for i in range(2) for what in ("tries", "has it", "unlocks")]
    readers = [f"reader {i} {what}" for i in range(4) for what in ("tries", "has it", "gone")]
    if looks[:1] == ["try true false"]:
        ends(run, 2)
        check("fatal error: all goroutines are asleep - deadlock!" in run.lines, "how it ends")
        check(not any(re.match(r"writer \d has it", line) for line in run.lines), "a writer has it in spite of main")
        return
    ends(run)
    same(looks, ["try false false", "try true false"], "main's looks")
    each_once(run.lines, [*writers, *readers, "main unlocks", "main waits", *looks])
    for who in [f"writer {i}" for i in range(2)]:
        in_order(run.lines, f"{who} tries", f"{who} has it", f"{who} unlocks", looks[1])
        in_order(run.lines, "main unlocks", f"{who} has it")
        held = run.lines[run.lines.index(f"{who} has it") + 1:run.lines.index(f"{who} unlocks")]
        check(not any(line.endswith("has it") for line in held), f"{who} is not alone: {held}")
    for who in [f"reader {i}" for i in range(4)]:
        in_order(run.lines, f"{who} tries", f"{who} has it", f"{who} gone", looks[1])
    in_order(run.lines, looks[0], readers)
    in_order(run.lines, "main unlocks", "main waits", looks[1])


@rule("waitgroup")
def waitgroup(run):
    ends(run)
    woken = [f"woken {i}" for i in range(5)]
    each_once(run.lines, ["done", *woken])
    in_order(run.lines, "done", woken)


@rule("once")
def once(run):
    """One goroutine runs the function, once; all others leave after its end."""
    ends(run)
    by = [line[-1] for line in run.lines if line.startswith("once by ")]
    same(len(by), 1, "how many goroutines run the function")
    enters, leaves = ([f"{what} {i}" for i in range(4)] for what in ("enter", "leave"))
    each_once(run.lines, [*enters, *leaves, f"once by {by[0]}", f"once end {by[0]}", "recovered x", "end"])
    in_order(run.lines, f"enter {by[0]}", f"once by {by[0]}", f"once end {by[0]}", leaves, "recovered x", "end")
    for i in range(4):
        in_order(run.lines, f"enter {i}", f"leave {i}")


@rule("pool")
def pool(run):
    """A value that comes out of a pool is new, or was put in before and has not come out since. On one P the order is
    Go's."""
    ends(run)
    same(len(run.lines), 4, "how many lines")
    first, got, *rest = run.lines
    same(first, "100 200", "two new ones")
    got = [int(word) for word in got.split()]
    olds, news = [i for i in got if i < 100], [i for i in got if i >= 100]
    check(len(set(olds)) == len(olds) and set(olds) <= set(range(1, 6)), f"out of the pool: {olds}")
    same(news, [300 + 100 * i for i in range(7 - len(olds))], "new ones")
    same(rest, ["true", "true true"], "a pool without a function")
    if run.procs == 1:
        same(run.lines, go_lines("pool_order"), "the order on one P")


@rule("context")
def context(run):
    """c's goroutine may print as soon as main has cancelled c, the two others after main has printed c's line."""
    ends(run)
    go = go_lines("context_cancel")
    each_once(run.lines, go)
    done = [next(line for line in go if line.startswith(f"done {i}")) for i in range(3)]
    mains = [line for line in go if line not in done]
    in_order(run.lines, *mains)
    in_order(run.lines, mains[1], done[2])
    c_line, causes = next(line for line in mains if line.startswith("c ")), "enough enough context canceled"
    in_order(run.lines, c_line, done[:2], causes)
    in_order(run.lines, done[2], causes)


@rule("lost_update")
def lost_update(run):
    """An addition is lost if, and only if, both goroutines have read before one has written. On one P the trace shows
    when they do."""
    created(run, 2)
    if run.procs == 1:
        # Each goroutine comes to three points: its load, its store, and its WaitGroup::done.
        (read, write, _), (other_read, other_write, _) = (points(run.events, g, 3) for g in goroutines_of(run)[1:])
        same(run.status, 2 if max(read, other_read) < min(write, other_write) else 0, "exit status")
    if run.status == 0:
        ends(run)
        same(run.lines, ["both are there"], "the output")
    else:
        ends(run, 2)
        same(run.lines[:3], ["panic: an addition is lost", "", "goroutine 1 [running]:"], "the output")


def goroutines_of(run):
    """The ids of main and of the goroutines that the program starts, in their order."""
    return ["1"] + [e.args["new"] for e in run.events if e.name == "GoCreate" and e.args["at"] != "runtime"]


def points(events, g, n):
    """The places in the trace of goroutine g's n operations, on one P. Before each operation the simulated kernel
    chooses whether the goroutine yields. The operation follows at once, or when the goroutine runs again. If no other
    goroutine can run there is no choice: then the last operations come one after another before the goroutine's end."""
    places, asked = [], False
    for i, e in enumerate(events):
        if e.name == "Choose" and e.args["kind"] == "preempt" and e.args["on"] == f"g{g}":
            asked = e.args["pick"] == "1"
            if not asked:
                places.append(i)
        elif e.name == "GoStart" and e.args["id"] == g and asked:
            places.append(i)
            asked = False
    end = next(i for i, e in enumerate(events) if e.name == "GoDestroy" and e.args["id"] == g)
    check(len(places) <= n, f"goroutine {g} comes to {len(places)} operations")
    return [(place, k) for k, place in enumerate(places + [end] * (n - len(places)))]


@rule("handoff")
def handoff(run):
    """Four goroutines find eight zeroes each, with a system call for each read; main yields 50 times."""
    ends(run)
    same(run.lines, ["read true zeroes 32 counted 50"], "the output")
    calls = collections.Counter(e.args["id"] for e in run.events if e.name == "GoSysCall")
    readers = [e.args["new"] for e in run.events if e.name == "GoCreate" and e.args["at"] != "runtime"]
    same(len(readers), 4, "how many goroutines read")
    for g in readers:
        check(calls[g] >= 8, f"goroutine {g} has made {calls[g]} system calls")
