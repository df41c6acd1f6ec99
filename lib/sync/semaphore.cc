// Go: golang.org/x/sync/semaphore. All state is under the lock of sema_, whose queue holds the waiters.
#include "lib/sync/semaphore.h"

#include "rt0/panic.h"
#include "sched/proc.h"

namespace rt0::semaphore {

namespace {

SemaWaiter* first_of(const detail::Sema& s) {
  SemaWaiter* last = static_cast<SemaWaiter*>(s.last);
  return last == nullptr ? nullptr : last->next;
}

}  // namespace

bool Weighted::take(int64_t n) REQUIRES(sema_mutex(&sema_)) {
  const bool ok = sema_.last == nullptr && size_ - cur_ >= n;
  if (ok) cur_ += n;
  return ok;
}

// Grants shares to waiters from the front of the queue, and returns these waiters as a ring, for ready_all. The first
// waiter whose share is not free keeps all later ones waiting; otherwise it might wait for ever.
void* Weighted::grant() REQUIRES(sema_mutex(&sema_)) {
  SemaWaiter* last = nullptr;
  while (SemaWaiter* s = first_of(sema_)) {
    Waiter* w = static_cast<Waiter*>(s);
    if (size_ - cur_ < w->n) break;
    cur_ += w->n;
    w->granted = true;
    w->queued = false;
    (void)sema_dequeue(&sema_);
    w->next = last == nullptr ? w : last->next;  // puts w at the ring's end
    if (last != nullptr) last->next = w;
    last = w;
  }
  return last;
}

void Weighted::wait(Waiter* w) {
  op_point(&sema_);
  sema_lock(&sema_);
  w->granted = !w->given_up && take(w->n);
  if (w->granted || w->given_up) {
    sema_unlock(&sema_);
    return;
  }
  w->queued = true;
  sema_enqueue(&sema_, w);
  sema_park(&sema_, WaitReason::select);  // the reason that Go shows: it waits for the context in the same select
}

void Weighted::give_up(Waiter* w) {
  sema_lock(&sema_);
  if (w->granted) {
    sema_unlock(&sema_);
    return;
  }
  w->given_up = true;
  const bool queued = w->queued;
  if (queued) {  // takes w out: empties the queue and puts all others in again
    SemaWaiter* all = sema_take_all(&sema_);
    for (SemaWaiter *at = all->next, *next;; at = next) {
      next = at->next;
      const bool end = at == all;
      if (at != w) sema_enqueue(&sema_, at);
      if (end) break;
    }
    w->queued = false;
  }
  SemaWaiter* ready = static_cast<SemaWaiter*>(grant());  // later waiters, if w was the one that kept them waiting
  sema_unlock(&sema_);
  ready_all(ready);
  if (queued) goready(w->g);  // last, so that it runs first: in Go it is the goroutine that wakes the later waiters
}

void Weighted::acquire(int64_t n) {
  // Can never be granted: waits for ever. In the queue it would block all later waiters.
  if (n > size_) gopark(nullptr, nullptr, WaitReason::chan_receive_nil);
  Waiter me(n);
  wait(&me);
}

bool Weighted::try_acquire(int64_t n) {
  op_point(&sema_);
  sema_lock(&sema_);
  const bool ok = take(n);
  sema_unlock(&sema_);
  return ok;
}

void Weighted::release(int64_t n) {
  op_point(&sema_);
  sema_lock(&sema_);
  cur_ -= n;
  if (cur_ < 0) {
    sema_unlock(&sema_);
    panic("semaphore: released more than held");
  }
  SemaWaiter* ready = static_cast<SemaWaiter*>(grant());
  sema_unlock(&sema_);
  ready_all(ready);
}

}  // namespace rt0::semaphore
