// Timers: one heap per P, of four children to a node. Go: time.go, timer and timers.
//
//   RtTimer t;
//   timer_init(&t, f, arg);
//   timer_reset(&t, deadline_after(ns), 0);     // calls f(arg, 0, lateness) when `ns` nanoseconds have passed
//   if (!timer_stop(&t)) …                      // the timer has fired: its f has run, runs, or is about to run
//
// f runs on g0 of an M that has a P, while no timer lock is held. It must not block; it may make goroutines ready, and
// start, stop and change timers, also its own.
//
// Which lock guards a timer? Each timer has a home, the heap of a P, whose lock guards all its fields, also while the
// timer is on no heap. The home changes only under the old home's lock, while the timer is not on the heap and its f
// does not run. So a thread that has locked t->home, and finds it unchanged then, owns the timer.
//
// When may a timer's memory be freed? Only the heap and the list of running fs refer to a timer. It is on the heap from
// reset until it fires for the last time, or until stop, which takes it off at once. A one-shot timer is not used once
// its f has been called. So there are three ways:
//   * the f of a one-shot timer ends the timer's life itself (sleep: f makes the sleeper ready);
//   * timer_stop_wait: after it the timer is on no heap, and its f neither runs nor will run, unless it is started
//     again;
//   * the memory is never freed, and f compares seq to see whether the timer is still wanted (network deadlines).
//
// Go differs: it leaves stopped and changed timers on the heap and removes them later, which it can because it has a
// collector. Here a timer knows its place on the heap and is removed at once. The order among equal deadlines is Go's
// as long as none of these timers is stopped or changed.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

using TimerFn = void (*)(void* arg, uintptr seq, i64 delta);

struct RtTimer {
  // The home's lock guards all fields.
  i64 when;    // ns, as nanotime counts; 0: not active
  i64 period;  // ns; > 0: fires again at when + period, and so on
  TimerFn f;   // f(arg, seq, now - when)
  void* arg;
  uintptr seq;  // a number of the caller's; in a channel's timer, a number that stop and modify change
  Atomic<Timers*> home;
  u32 pos;  // its place on home's heap + 1; 0: it is on no heap
  // For a channel's timer: see chantimer.h.
  bool is_chan;             // this is a channel's timer. Never changes
  u32 blocked;              // how many goroutines wait on the channel
  Atomic<uintptr> sending;  // the seq with which f was called last; 0 when f has decided whether to send
};

// The largest deadline, 292 years after the clock's start.
inline constexpr i64 kMaxWhen = 0x7fffffffffffffff;

// The time d ns from now, at most kMaxWhen; the present time if d <= 0. Go: time.when.
i64 deadline_after(i64 d);

// To be called once, before any other use of t, on a goroutine or an M with a P.
void timer_init(RtTimer* t, TimerFn f, void* arg);
// Makes t fire at `when` (> 0), and then, if period > 0, every `period` ns. True if it was active. Go: timer.reset.
bool timer_reset(RtTimer* t, i64 when, i64 period) RT0_SYM("runtime.resetTimer");
// The same, and from then on calls f(arg, seq, …). Go: timer.modify.
bool timer_modify(RtTimer* t, i64 when, i64 period, TimerFn f, void* arg, uintptr seq);
// Stops t; true if it was active. False: it was not started, or it has fired and its f has run, runs, or is about to
// run. Go: timer.stop.
bool timer_stop(RtTimer* t) RT0_SYM("runtime.stopTimer");
// The same, and waits until its f does not run. Must not be called from its own f, nor with a lock that its f takes.
bool timer_stop_wait(RtTimer* t);

// For channels' timers. maybe_run: runs t now if it is due and on no heap. block: one more goroutine waits for t, so t
// must be on a heap; the caller keeps its M. unblock: one goroutine less waits. Go: maybeRunChan, blockTimerChan,
// unblockTimerChan.
void timer_maybe_run(RtTimer* t);
void timer_block(RtTimer* t);
void timer_unblock(RtTimer* t);

// Stops the calling goroutine for ns nanoseconds; returns at once if ns <= 0. Go: time.Sleep.
void timeSleep(i64 ns) RT0_SYM("time.Sleep");

}  // namespace rt0
