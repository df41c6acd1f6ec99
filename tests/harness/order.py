"""Programs that Go has run too: tests/programs/order/<name>.cc, and tests/oracle/order/<name>.go with what it printed
and returned, 20 times out of 20, in <name>.out and .exit. tests/oracle/VERSION is the version of Go; `make oracle`
records anew. The first line of a program has its environment.

Masked in outputs with a traceback: goroutine ids, addresses, the argument lists of frames, and the frames' files and
lines.

The rule for repetitions. A program that is not in TIMED has one run, and one in which the simulated kernel changes
between goroutines by chance: its output must be Go's in both. The output of a program in TIMED depends on moments: on a
busy machine it may be stopped where Go's was not, which could happen to Go's program just as well. So it is run in two
ways.
  - On the simulated kernel, whose time does not depend on the machine, with SEEDS seeds: each run must give Go's
    output.
  - On the real one: one run of TRIES must give Go's output. Each run must have Go's exit status, or the end that TIMED
    names; a run that crashes or hangs fails at once. Each other output is printed and counted. Where the words of the
    output do not depend on moments, only their order, each run must print Go's words. If no run gives Go's output while
    another process takes the CPU, which rt0test.load() measures, the rest of this case counts as skipped, and the
    summary says so.
A test also checks that TIMED is right: on the simulated kernel with SHAKEN, which stops the running goroutine at up to
eight moments, each run must do what TIMED says that a run on a busy machine may do.
tests/harness/harness_test.py shows what this rule finds, with programs that are wrong in three of five runs."""

import collections
import os
import re

from . import rt0test

ORDER = rt0test.ORACLE / "order"
PROGRAMS = rt0test.TESTS / "programs" / "order"

TRIES = 20
SEEDS = range(1, 4 if rt0test.FIRST else 2)  # the runs are the same on all ISAs
STRICT = "seed={},procs=1,strategy=fifo,spin=300"  # no goroutine is preempted early
CHANCE = "seed={},procs=2,strategy=random,spin=300"
CHANCES = range(1, 4) if rt0test.FIRST else ()
SHAKEN = "seed={},procs=1,strategy=delay:8"
SHAKES = range(1, 41) if rt0test.FIRST else ()

# why: what the output depends on. words: whether each run prints the same words. other: the other status that a run may
# end with, and the line that it then prints.
Timed = collections.namedtuple("Timed", "why words other", defaults=(True, None))
ASLEEP = (2, "fatal error: all goroutines are asleep - deadlock!")
SLICES = Timed("where a time slice ends")
SLICES_AND_WORDS = Timed("where a time slice ends", words=False)


def timed(what, names):
    return {name: what for name in names.split()}


TIMED = {
    **timed(SLICES, """chan_buf chan_close_wake chan_ping chan_send_fifo context_after finalizer goexit_main
            gosched3 lockosthread mutex_handoff mutex_starve nb_ops net_eof once_value reflect_select
            select_single sleep_not spawn10 spawn257 spawn300 tick61 wg_phases wg_wake"""),
    **timed(SLICES_AND_WORDS, """close_range_many close_senders cond_rlocker fatal_deadlock_rwmutex
            fatal_not_yet_run fatal_repanic_chain goid main_return_kills nested_go once once_goexit os_exit rlocker
            sel_send_wake sel_wake_order"""),
    **timed(Timed("whether a wait begins before the signal", other=ASLEEP), "cond_broadcast cond_signal"),
    "sel_same_chan": Timed("whether a send finds its receiver", other=ASLEEP),
    "token_ring": Timed("whether a token meets a goroutine that has ended", words=False, other=(0, ".*\\| done \\d")),
    "semaphore_give_up": Timed("whether the waiter is in the queue when main tries", other=ASLEEP),
    "fatal_wg_reuse": Timed("whether the waiter runs before the counter is used again", other=(0, "(not reached)?")),
    "workers_order": Timed("whether a send finds its receiver", words=False, other=(0, "worker \\d quits")),
    "rw_prefer": Timed("whether the writers wait before main looks", words=False, other=ASLEEP),
    "mutex_barge": Timed("whether a waiter overtakes main", other=(2, "fatal error: sync: unlock of unlocked mutex")),
    "sleep_same": Timed("eight sleeps of equal length"),
    "sleep_order": Timed("sleeps 10 ms apart"),
    "afterfunc_goroutine": Timed("timers 1 ms apart", words=False),
    "after_select": Timed("time-outs 5 ms apart", words=False),
    "context_deadline": Timed("a look before 20 ms are over", words=False),
    "net_deadline": Timed("a deadline moved before 40 ms are over", words=False),
    "ticker_drops": Timed("ticks of 5 ms counted", words=False),
    "timer_no_deadlock": Timed("timers 20 ms apart", words=False),
    "timer_poll": Timed("a timer of 1 ms looked at in time", words=False),
    "timer_reset_order": Timed("timers 2 ms apart", words=False),
    "timer_stop_reset": Timed("timers of 1 ms within 5 ms", words=False),
}
# The output depends on the order in which the run queue gives goroutines back, which every strategy but fifo changes.
QUEUE_ORDER = "context_cancel init_order timer_afterfunc_faketime timer_equal_many".split()
# fatal_sigterm is ended by a signal, for which the simulated kernel has a message of its own. gc() with finalizers is
# refused in a simulation: what is reachable depends on what lies on stacks.
LIVE_ONLY = ("fatal_sigterm", "finalizer")


def mask(s):
    s = re.sub(r"(?m)^\t\S+:\d+( \+0x[0-9a-f]+)?$", "\t<where>", s)
    s = re.sub(r"(?m)^(\S+)\((?:\{?0x.*|\.\.\.|\{\.\.\.\})?\)$", r"\1(<args>)", s)
    s = re.sub(r"\bgoroutine \d+", "goroutine N", s)
    return re.sub(r"\b0x[0-9a-fN]+", "0xN", s)


def mask_for(text):
    """The mask for an output: only what has a traceback, or the header of one, has something to mask. Else each byte
    counts: a number that strconv prints as 0x1p-2 is no address."""
    return mask if re.search(r"\bgoroutine \d+ ", text) else str


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


def only(names):
    """All names, or those that RT0_TEST_ORDER lists: tests/mutants.py runs single programs."""
    wanted = os.environ.get("RT0_TEST_ORDER", "").split()
    return [name for name in names if name in wanted or not wanted]


class OrderCase(rt0test.Case):
    builds = tuple(dict.fromkeys((rt0test.BUILD, rt0test.DEV_BUILD)))

    def run_order(self, name, build, sim=None):
        """What the program printed. Its exit status must be Go's."""
        done = self.run_program(f"order_{name}", env=self.env(name, sim), build=build)
        self.assert_status(done, go_status(name))
        return rt0test.text(done.out + done.err)

    @staticmethod
    def env(name, sim=None):
        return {**env_of(name), **({"RT0_SIM": sim} if sim else {})}

    def like_go(self, names):
        for build in self.builds:
            for name in only(names):
                with self.subTest(build=build.name, program=name):
                    if name not in LIVE_ONLY:
                        self.simulated_like_go(name, build)
                    if name in TIMED:
                        if self.how == "native" and build == self.builds[0] and name not in LIVE_ONLY:
                            for sim in (SHAKEN.format(i) for i in SHAKES):
                                self.one_that_may_be(name, build, TIMED[name], sim)
                        self.one_of_many_like_go(name, build, TIMED[name])
                    else:
                        self.assert_like_go(name, self.run_order(name, build))

    def assert_like_go(self, name, got, what=""):
        hide = mask_for(go_said(name))
        self.assert_same_text(hide(got).encode(), hide(go_said(name)).encode(), f"{name} {what}")

    def simulated_like_go(self, name, build):
        strict = name in TIMED or name in QUEUE_ORDER
        for sim in [STRICT.format(i) for i in SEEDS] if strict else [CHANCE.format(i) for i in CHANCES]:
            self.assert_like_go(name, self.run_order(name, build, sim), f"RT0_SIM={sim}")

    def one_that_may_be(self, name, build, timed, sim=None):
        """A run that must do what TIMED allows. Returns its exit status and output."""
        done = self.run_program(f"order_{name}", env=self.env(name, sim), build=build)
        hide = mask_for(go_said(name))
        got = hide(rt0test.text(done.out + done.err))
        if timed.other is None or done.status != timed.other[0] or not re.search(f"(?m)^{timed.other[1]}$", got):
            self.assert_status(done, go_status(name))
            if timed.words:
                self.assertEqual(sorted(got.split()), sorted(hide(go_said(name)).split()),
                                 f"{name} {sim or 'live'}: other words, not only another order")
        return done.status, got

    def one_of_many_like_go(self, name, build, timed):
        """One of TRIES live runs must give Go's output; see above for what each of them must do."""
        right = go_status(name), mask_for(go_said(name))(go_said(name))
        for _ in range(TRIES):
            status, got = self.one_that_may_be(name, build, timed)
            if (status, got) == right:
                return
            rt0test.retried(name, f"{timed.why}; status {status}")
        busy = rt0test.load()
        if busy > rt0test.BUSY:
            self.skipTest(f"{name}, live: {timed.why}, and the machine is busy; its simulated runs gave Go's output")
        self.assert_like_go(name, got, f"in none of {TRIES} runs, on a machine that is not busy ({busy:.2f})")
