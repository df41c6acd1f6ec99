// Go: golang.org/x/sync/semaphore. All state is under the lock of sema_, whose queue holds the waiting goroutines.
#include "rt0/semaphore.h"

#include "lib/sync/sema.h"
#include "rt0/panic.h"
#include "sched/proc.h"

namespace rt0::semaphore {

namespace {
struct Waiter : SemaWaiter {
  i64 n;
};

SemaWaiter* first_of(const detail::Sema& s) {
  SemaWaiter* last = static_cast<SemaWaiter*>(s.last);
  return last == nullptr ? nullptr : last->next;
}
}  // namespace

void Weighted::acquire(int64_t n) {
  sema_lock(&sema_);
  if (sema_.last == nullptr && size_ - cur_ >= n) {
    cur_ += n;
    sema_unlock(&sema_);
    return;
  }
  Waiter me{{getg(), nullptr, 0}, n};
  sema_enqueue(&sema_, &me);
  sema_park(&sema_, WaitReason::semacquire);  // until a release has given us our share
}

bool Weighted::try_acquire(int64_t n) {
  sema_lock(&sema_);
  const bool ok = sema_.last == nullptr && size_ - cur_ >= n;
  if (ok) cur_ += n;
  sema_unlock(&sema_);
  return ok;
}

void Weighted::release(int64_t n) {
  sema_lock(&sema_);
  cur_ -= n;
  if (cur_ < 0) {
    sema_unlock(&sema_);
    panic("semaphore: released more than held");
  }
  // Those at the front whose share is free now. The first that has to wait on keeps the others waiting, or it might for
  // ever.
  SemaWaiter* last = nullptr;
  for (SemaWaiter* w; (w = first_of(sema_)) != nullptr && size_ - cur_ >= static_cast<Waiter*>(w)->n;) {
    cur_ += static_cast<Waiter*>(w)->n;
    (void)sema_dequeue(&sema_);
    w->next = last == nullptr ? w : last->next;  // to the ring's end
    if (last != nullptr) last->next = w;
    last = w;
  }
  sema_unlock(&sema_);
  ready_all(last);
}

}  // namespace rt0::semaphore
