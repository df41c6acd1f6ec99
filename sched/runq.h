// Local run queue: a ring of 256 and runnext. One producer, the owning P; many consumers, the owner and any thief.
// Go: proc.go runqput … runqsteal.
//
//   R1  tail - head (mod 2^32) ≤ 256.          R2  Only the owner stores tail; anybody may move head, by CAS alone.
//   R3  Slots in [head, tail) are the queue's; all others are the owner's to overwrite.
//   R4  runnext is taken by exchange or CAS; only the owner stores a G there, thieves only take it away.
//
// store_release(tail) publishes the slot written before it to a consumer's load_acquire(tail). cas_release(head) tells
// the owner's load_acquire(head) that the slot has been read. Weaken either and a slot is refilled under a thief's
// eyes. Thieves copy before the CAS: a lost CAS means the copy is rubbish, so drop it. Hence slots are atomic, relaxed.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

struct Runnable {
  G* gp = nullptr;
  bool inherit_time = false;  // runs in the time slice of the goroutine before it
  bool try_wake_p = false;    // it is no ordinary goroutine: see that somebody keeps looking for those
};

// Whether there is but one P: then nobody can be a thief, and what thieves make necessary is left out. Asked by the
// owner of a P inside the runtime: GOMAXPROCS changes with the world stopped only, and that waits for us.
RT0_INLINE bool alone() { return gomaxprocs.load_relaxed() == 1; }

// The owner only. next: gp runs next, and who was to run next goes to the end of the queue; a full queue sheds half of
// itself to the global queue.
void runqput(P* pp, G* gp, bool next) RT0_SYM("runtime.runqput");
// The owner only.
Runnable runqget(P* pp) RT0_SYM("runtime.runqget");
// The same, but a goroutine that is wired to an M stays on the queue, and the result is null. The owner only.
Runnable runqget_unwired(P* pp);
bool runqempty(P* pp);
// The goroutine that would run last, runnext being the first; null if there is none. The world is stopped.
G* runq_pop_tail(P* pp);
// Puts a list of n on the local queue, what does not fit on the global one. The owner only; takes sched.lock if needed.
void runqputbatch(P* pp, GQueue* q, u32 n);

// Of a P which somebody wants to enter the scheduler: who would inherit the time slice goes where preempted goroutines
// go.
void end_slice(P* pp);

// Moves half of `from`'s queue, at most 128, to pp's own and returns one of them; runnext only if steal_runnext. Called
// by pp's owner, on any `from`. null if there was nothing.
G* runqsteal(P* pp, P* from, bool steal_runnext) RT0_SYM("runtime.runqsteal");

// The global queue.
void globrunqput(G* gp) REQUIRES(sched.lock);
void globrunqputhead(G* gp) REQUIRES(sched.lock);
void globrunqputbatch(GQueue* batch, u32 n) REQUIRES(sched.lock);
// Takes a fair share, at most max if max > 0; returns one, the others go to pp's local queue.
G* globrunqget(P* pp, u32 max) RT0_SYM("runtime.globrunqget") REQUIRES(sched.lock);
// Is the first goroutine of the global queue wired to an M?
bool globrunq_wired_next() REQUIRES(sched.lock);
// What globrunqget would return, and queue on pp, if `self`, which is running, had been put at the global queue's end
// before. If the share takes `self` in, *self_local says that its place is now the end of pp's queue. For gosched.
G* globrunqget_behind(P* pp, bool* self_local) REQUIRES(sched.lock);

}  // namespace rt0
