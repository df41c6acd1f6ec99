// Semaphores that goroutines sleep on. Package sync is built on them. Go: sema.go.
//
// Differs: Go's semaphores have four bytes, and Go finds the queue by the semaphore's address in a hashed tree. rt0's
// semaphores contain their queue, so there is no search, and no lock is shared with other semaphores. The order is
// Go's:
//   * waiters are woken first in, first out; a waiter that was woken in vain (lifo) goes to the front again;
//   * a woken waiter that has no ticket competes for the count with goroutines that have not slept.
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
  u32 ticket;  // semaphores: 1 if the releaser has handed over the count; Cond: the waiter's number
};

// Takes one from the count, waiting while it is 0. lifo: it goes to the front of the queue.
void semacquire1(Sema* s, bool lifo, WaitReason reason) RT0_SYM("runtime.semacquire1");
inline void semacquire(Sema* s) { semacquire1(s, false, WaitReason::semacquire); }
// Adds one to the count and wakes the first waiter. handoff: gives it the count and the rest of the caller's time
// slice.
void semrelease1(Sema* s, bool handoff) RT0_SYM("runtime.semrelease1");
inline void semrelease(Sema* s) { semrelease1(s, false); }

// For WaitGroup and weighted semaphores, which guard state of their own with the semaphore's lock, and use its queue.
inline Mutex* sema_mutex(Sema* s) { return reinterpret_cast<Mutex*>(s); }
void sema_lock(Sema* s) ACQUIRE(sema_mutex(s));
void sema_unlock(Sema* s) RELEASE(sema_mutex(s));
// sema_enqueue puts w at the end of the queue. sema_dequeue takes the first waiter out. sema_take_all takes all waiters
// out, as a ring, and returns the last one.
void sema_enqueue(Sema* s, SemaWaiter* w) REQUIRES(sema_mutex(s));
SemaWaiter* sema_dequeue(Sema* s) REQUIRES(sema_mutex(s));
SemaWaiter* sema_take_all(Sema* s) REQUIRES(sema_mutex(s));
// Parks the caller, which is in the queue, until another goroutine makes it ready. Called with the lock, returns
// without it.
void sema_park(Sema* s, WaitReason reason) RELEASE(sema_mutex(s));
// Makes all waiters of the ring ready, from the first to the last. Called without the lock. last may be null.
void ready_all(SemaWaiter* last);

}  // namespace rt0
