// Semaphores that goroutines sleep on: what package sync is made of. Go: sema.go.
//
// Differs: Go finds the queue by the semaphore's address in a hashed tree, since its semaphores are four bytes; ours
// carry their queue, so that there is nothing to search, and no other semaphore's lock to wait for. Order is Go's:
//   * waiters are woken first in, first out; one that has been woken in vain before (lifo) goes to the front again;
//   * a woken waiter owns nothing unless it was handed a ticket: it competes for the count with goroutines that have
//     not slept.
#pragma once

#include "rt0/sync.h"
#include "sched/gmp.h"

namespace rt0 {

using detail::NotifyList;
using detail::Sema;

// A goroutine that waits in a semaphore or a Cond. It lies on the waiter's own stack.
struct SemaWaiter {
  G* g;
  SemaWaiter* next;
  u32 ticket;  // semaphores: 1 if the count was handed over; Cond: whose turn it is
};

// Takes one from the count, waiting while it is 0. lifo: it goes to the front of the queue.
void semacquire1(Sema* s, bool lifo, WaitReason reason) RT0_SYM("runtime.semacquire1");
inline void semacquire(Sema* s) { semacquire1(s, false, WaitReason::semacquire); }
// Adds one to the count and wakes the first waiter. handoff: gives it the count, and the rest of our time slice.
void semrelease1(Sema* s, bool handoff) RT0_SYM("runtime.semrelease1");
inline void semrelease(Sema* s) { semrelease1(s, false); }

// For WaitGroup and weighted semaphores, which guard more than a count with the semaphore's lock and queue.
inline Mutex* sema_mutex(Sema* s) { return reinterpret_cast<Mutex*>(s); }
void sema_lock(Sema* s) ACQUIRE(sema_mutex(s));
void sema_unlock(Sema* s) RELEASE(sema_mutex(s));
// With the lock: puts w at the end of the queue; takes the first out of it, or all, as a ring of which the last is
// returned.
void sema_enqueue(Sema* s, SemaWaiter* w) REQUIRES(sema_mutex(s));
SemaWaiter* sema_dequeue(Sema* s) REQUIRES(sema_mutex(s));
SemaWaiter* sema_take_all(Sema* s) REQUIRES(sema_mutex(s));
// Parks the caller, which is in the queue, until another goroutine makes it ready. Called with the lock, returns
// without.
void sema_park(Sema* s, WaitReason reason) RELEASE(sema_mutex(s));
// Without the lock: makes those in the ring ready, the first first. Null is allowed.
void ready_all(SemaWaiter* last);

}  // namespace rt0
