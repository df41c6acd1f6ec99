// Local run queue: a ring of 256 and runnext. One producer, the owning P; many consumers, the owner and any thief.
// Go: proc.go runqput … runqsteal.
//
//   R1  tail - head (mod 2^32) ≤ 256.
//   R2  Only the owner stores tail. Any M may move head, by CAS alone (with one P there are no thieves, and no CAS).
//   R3  Slots in [head, tail) hold goroutines; the owner may overwrite all others.
//   R4  runnext is taken by exchange or CAS; only the owner stores a G there, thieves only take it away.
//
// store_release(tail) publishes the slot written before it to a consumer's load_acquire(tail). cas_release(head) tells
// the owner's load_acquire(head) that the slot has been read. If either were weaker, the owner could refill a slot
// while a thief still reads it. A thief copies slots before its CAS. If the CAS fails, the owner may have overwritten
// them meanwhile, so the thief drops the copy. That is why slots are atomic; relaxed is enough.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

struct Runnable {
  G* gp = nullptr;
  bool inherit_time = false;  // runs in the time slice of the goroutine before it
};

// Whether there is only one P. Then there are no thieves, and the precautions against them are left out. Called by the
// owner of a P inside the runtime: GOMAXPROCS changes only with the world stopped, which waits until the caller stops.
RT0_INLINE bool alone() { return gomaxprocs.load_relaxed() == 1; }

// The owner only. next: gp becomes runnext, and the goroutine that was runnext goes to the end of the queue. Half of a
// full queue goes to the global queue.
void runqput(P* pp, G* gp, bool next) RT0_SYM("runtime.runqput");
// The owner only.
Runnable runqget(P* pp) RT0_SYM("runtime.runqget");
// The same, but a goroutine that is wired to an M stays on the queue, and the result is null. The owner only.
Runnable runqget_unwired(P* pp);
bool runqempty(P* pp);
// The goroutine that would run last, runnext being the first; null if there is none. The world is stopped.
G* runq_pop_tail(P* pp);
// Puts a list of n goroutines on the local queue, and those that do not fit on the global one. The owner only; takes
// sched.lock if needed.
void runqputbatch(P* pp, GQueue* q, u32 n);

// Ends the time slice of a P that was asked to enter the scheduler: the goroutine that would inherit the slice goes to
// the global queue, as preempted goroutines do.
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
// Does what globrunqget would do if `self`, the running goroutine, had been put at the global queue's end before. If
// pp's share would have included `self`, *self_local becomes true: `self` belongs at the end of pp's queue. For
// gosched.
G* globrunqget_behind(P* pp, bool* self_local) REQUIRES(sched.lock);

}  // namespace rt0
