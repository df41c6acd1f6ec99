// sync.WaitGroup. Go: waitgroup.go. Differs: the waiting goroutines are counted by the queue; state_ only says that it
// is not empty.
//
//   W1  kWaiters is set and cleared under the semaphore's lock only, with the waiter in the queue before the lock is
//       dropped.
//   W2  A goroutine whose add makes the counter 0, and finds kWaiters clear, does not use the object after that:
//       another goroutine that sees 0 may return from wait() and free it.
//   W3  A goroutine whose add makes the counter 0, and finds kWaiters set, owns the queue: no waiter in it returns
//       before that goroutine wakes it.
#include "lib/sync/sema.h"
#include "rt0/panic.h"
#include "sched/proc.h"

namespace rt0::sync {

// Puts the caller into the queue, and waits; false if the counter is 0. A function of its own, because Go's traceback
// has a frame for it.
[[gnu::noinline]] bool runtime_SemacquireWaitGroup(WaitGroup* wg) {
  sema_lock(&wg->sema_);
  for (;;) {  // ends when the counter does not change between the load and the CAS
    const size_t s = wg->state_.load();
    if (WaitGroup::counter(s) == 0) {
      sema_unlock(&wg->sema_);
      return false;
    }
    if ((s & WaitGroup::kWaiters) != 0 || wg->state_.compare_and_swap(s, s | WaitGroup::kWaiters)) break;
  }
  SemaWaiter me{getg(), nullptr, 0};
  sema_enqueue(&wg->sema_, &me);
  sema_park(&wg->sema_, WaitReason::waitgroup_wait);
  return true;
}

void WaitGroup::add(int delta) {
  op_point(&state_);
  const size_t s = state_.add(static_cast<size_t>(static_cast<ptrdiff_t>(delta)) << kShift);
  const int v = counter(s);
  if (v > 0 && (s & kWaiters) == 0) return;
  if (v < 0) panic("sync: negative WaitGroup counter");
  if ((s & kWaiters) == 0) return;
  if (delta > 0 && v == delta) panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  if (v > 0) return;
  sema_lock(&sema_);
  if (state_.load() != s) {  // another goroutine has called add since the counter became 0
    sema_unlock(&sema_);
    panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  state_.store(0);
  SemaWaiter* waiters = sema_take_all(&sema_);
  sema_unlock(&sema_);
  ready_all(waiters);
}

void WaitGroup::wait() {
  op_point(&state_);
  if (counter(state_.load()) == 0 || !runtime_SemacquireWaitGroup(this)) return;
  if (state_.load() != 0) panic("sync: WaitGroup is reused before previous Wait has returned");
}

}  // namespace rt0::sync
