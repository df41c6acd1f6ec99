// Parts of the scheduler that only some programs need: timers, the network poller and the scavenger of stacks. A
// program that uses none of them is not linked with them. So the scheduler calls them through these tables, which each
// part stores here when the program first uses it.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

struct TimerHooks {
  // Runs the timers that are due on pp's heap. now: the time, or 0: then the clock is read if that is necessary. Called
  // on g0 of the M that owns pp, or of an M that looks for work to steal; without locks. Go: timers.check.
  struct Checked {
    i64 now;         // the time that was given or read; 0 if the clock was not read
    i64 poll_until;  // ns of the next deadline on this heap; 0: none
    bool ran;        // a timer was due: there may be new goroutines on pp's queue
  };
  Checked (*check)(P* pp, i64 now);
  // The earliest deadline on pp's heap, 0 for none. Any thread.
  i64 (*wake_time)(P* pp);
  // Moves all timers of `from`, a P that GOMAXPROCS no longer covers, to `to`. The world is stopped.
  void (*take)(P* to, P* from);
};

// Called by sysmon alone.
struct ScavengeHooks {
  // stack_scavenge (newproc.h): gives back the memory of at most `most` dead goroutines' stacks, and of pooled stacks.
  u32 (*some)(u32 most);
  // Gives back some stacks' memory if GOMEMLIMIT is near, at a bounded rate. now: sysmon's clock. The result is 0
  // unless there may be more.
  u32 (*near_limit)(i64 now);
};

struct NetpollHooks {
  // Returns goroutines whose descriptors have become ready. delay_ns < 0: waits until there are some; 0: does not wait;
  // > 0: waits at most that long. Their status is still waiting and no list holds them: the caller makes them runnable.
  // Go: netpoll.
  GList (*poll)(i64 delay_ns);
  // Ends the poll that waits now; if none does, the next one does not wait. Go: netpollBreak.
  void (*wake)();
  // How many goroutines wait for the network. Go: netpollWaiters.
  u32 (*waiters)();
};

// From now on sysmon gives free stacks' memory back (newproc.h, stack_scavenge): of all free stacks when all Ps have
// been idle for a minute, of some every minute otherwise, and of some when GOMEMLIMIT is near. Linked into programs
// that may be idle for a minute because they have timers or a network, that have stacks of several sizes, or that set
// the limit themselves.
void stack_scavenge_enable();

// A moment in one word, in units of 2^20 ns (about a millisecond). It wraps every 52 days, so two of them must not be
// compared; poll_age says how long ago one was. The answer is right up to 26 days. A longer time counts modulo 52 days,
// so a process that was stopped for longer may once look at the network 10 ms late.
constexpr u32 poll_time(i64 ns) { return static_cast<u32>(static_cast<u64>(ns) >> 20); }
// Negative if `then` is later than `now`, which can happen when two threads have read the clock.
constexpr i32 poll_age(i64 now, u32 then) { return static_cast<i32>(poll_time(now) - then); }
static_assert(poll_age(i64{12} << 52, poll_time((i64{12} << 52) - (i64{11} << 20))) == 11);
static_assert(poll_age(i64{12} << 52, poll_time((i64{12} << 52) + (i64{1} << 20))) == -1);

// Null until the program uses them. Never changed back.
extern Atomic<const TimerHooks*> timer_hooks;
extern Atomic<const NetpollHooks*> netpoll_hooks;
extern Atomic<const ScavengeHooks*> scavenge_hooks;

// These three are in poller.cc.
//
// Stores the network poller's table and wakes an M that waits for a timer, so that it waits in the poller from now on.
void netpoll_install(const NetpollHooks* hooks);

// The M waits, without a P, until a goroutine can go on with the network, or until `deadline` (ns), whichever comes
// first. now: the time if the caller has asked the clock, else 0; deadline: 0 for none. False, at once, if another M
// waits already or there is nothing to wait for. *list: the goroutines that the network has made ready; see
// NetpollHooks::poll.
bool poll_until(i64 now, i64 deadline, GList* list);
// A timer with an earlier deadline than all others was put on some P's heap: an M that sleeps until a later one, or for
// the network, must look again. Go: wakeNetPoller.
void wakeNetPoller(i64 when) RT0_SYM("runtime.wakeNetPoller");

}  // namespace rt0
