// Timers: one heap per P, of four children to a node. Go: time.go, timer and timers.
//
//   RtTimer t;
//   timer_init(&t, f, arg);
//   timer_reset(&t, deadline_after(ns), 0);     // f(arg, 0, lateness) in ns from now
//   if (!timer_stop(&t)) …                      // it has fired, or its f is about to run or running
//
// f runs on g0 of an M that has a P, while no timer lock is held. It must not block; it may make goroutines ready, and
// start, stop and change timers, this one too.
//
// Whose is a timer? Each one has a home, the heap of a P, whose lock guards all its fields, also while it is on no
// heap. The home changes under the old home's lock only, while the timer is neither on the heap nor has an f running;
// so a thread that has locked t->home and still finds the timer there owns it.
//
// When may a timer's memory go away? The heap, and the list of those whose f runs, are all that knows it. A timer is on
// the heap from reset to its (last) firing or to stop, which takes it off at once; nothing of a one-shot timer is
// touched once its f has been called. So:
//   * a one-shot timer whose f is what ends its life (sleep: f makes the sleeper ready) needs no more;
//   * otherwise timer_stop_wait: after it the timer is on no heap and no f of it runs or will run, unless it is
//     started again;
//   * or it lies in memory that is never given back, and f looks at seq to see whether it is still wanted (network
//     deadlines).
//
// Go differs: it leaves stopped and changed timers where they are on the heap and tidies up later, which it can, having
// a collector. Here a timer knows its place and leaves at once. Order among equal deadlines is Go's as long as none is
// stopped or moved.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

using TimerFn = void (*)(void* arg, uintptr seq, i64 delta);

struct RtTimer {
  // All [home's lock].
  i64 when;    // ns, as nanotime counts; 0: not active
  i64 period;  // > 0: again at when + period, and so on
  TimerFn f;   // f(arg, seq, now - when)
  void* arg;
  uintptr seq;  // the caller's; of a channel's timer, a number that stop and modify change
  Atomic<Timers*> home;
  u32 pos;  // place on home's heap + 1; 0: not there
  // Of a channel's timer, see chantimer.h.
  bool is_chan;             // it is one. Never changes
  u32 blocked;              // goroutines that wait on the channel
  Atomic<uintptr> sending;  // seq of the last f that was called; 0 once it has decided whether to send
};

// The largest deadline: in 292 years.
inline constexpr i64 kMaxWhen = 0x7fffffffffffffff;

// The moment d ns from now. Not later than kMaxWhen; now if d <= 0. Go: time.when.
i64 deadline_after(i64 d);

// Before anything else, once. On a goroutine or an M with a P.
void timer_init(RtTimer* t, TimerFn f, void* arg);
// Makes t fire at `when` (> 0), and if period > 0 again and again. True if it was active. Go: timer.reset.
bool timer_reset(RtTimer* t, i64 when, i64 period) RT0_SYM("runtime.resetTimer");
// The same, and from then on calls f(arg, seq, …). Go: timer.modify.
bool timer_modify(RtTimer* t, i64 when, i64 period, TimerFn f, void* arg, uintptr seq);
// t fires no more; true if it was active. False: it has fired, or its f is about to run or running. Go: timer.stop.
bool timer_stop(RtTimer* t) RT0_SYM("runtime.stopTimer");
// The same, and waits until no f of it runs. Not from its own f, and not with a lock that its f takes.
bool timer_stop_wait(RtTimer* t);

// For channels' timers. maybe_run: fires t now if it is due and on no heap. block: one goroutine more waits for it,
// so it has to be on a heap; the caller keeps its M. unblock: one goroutine less. Go: maybeRunChan,
// blockTimerChan, unblockTimerChan.
void timer_maybe_run(RtTimer* t);
void timer_block(RtTimer* t);
void timer_unblock(RtTimer* t);

// Stops the calling goroutine for ns nanoseconds; returns at once if ns <= 0. Go: time.Sleep.
void timeSleep(i64 ns) RT0_SYM("time.Sleep");

}  // namespace rt0
