// Go: sema.go. Differs: see sema.h; and the count changes only under the lock, with one exception.
//
// Why no wake-up is lost: a waiter looks at the count and enters the queue under the lock, and leaves its stack before
// the lock is released (goparkunlock); a releaser raises the count and looks at the queue under the same lock.
//
// Because of the lock a semaphore's memory may be freed as soon as it is no longer needed. Go has a fast path that
// takes the count without the lock. With it the goroutine that took the count could go on, unlock the object that
// contains the semaphore, and free it, while the releaser still has to look at the queue. Here the taker sees the
// raised count only under the lock, and so after the releaser's last access. The exception: a woken waiter takes its
// count without the lock; but goready() comes after the releaser's unlock. All this costs nothing, because package sync
// calls semrelease only if there is a waiter.
#include "lib/sync/sema.h"

#include "sched/proc.h"

namespace rt0 {

namespace {

static_assert(sizeof(Mutex) == 2 * sizeof(u32) && offsetof(Sema, lock_rank) == sizeof(u32),
              "a public semaphore begins with a runtime lock");

Atomic<u32>* count_of(Sema* s) { return reinterpret_cast<Atomic<u32>*>(&s->value); }

bool cansemacquire(Sema* s) {
  Atomic<u32>* count = count_of(s);
  for (;;) {  // ends when the count does not change between the load and the CAS
    const u32 v = count->load_acquire();
    if (v == 0) return false;
    if (count->cas_acquire(v, v - 1)) return true;
  }
}

// The queue is a ring; s->last is its end, and last->next its front.
void enqueue(Sema* s, SemaWaiter* w, bool front) REQUIRES(sema_mutex(s)) {
  SemaWaiter* last = static_cast<SemaWaiter*>(s->last);
  if (last == nullptr) {
    w->next = w;
    s->last = w;
    return;
  }
  w->next = last->next;
  last->next = w;
  if (!front) s->last = w;
}

}  // namespace

SemaWaiter* sema_dequeue(Sema* s) {
  SemaWaiter* last = static_cast<SemaWaiter*>(s->last);
  if (last == nullptr) return nullptr;
  SemaWaiter* first = last->next;
  if (first == last) s->last = nullptr;
  else last->next = first->next;
  return first;
}

void sema_enqueue(Sema* s, SemaWaiter* w) { enqueue(s, w, false); }

void sema_lock(Sema* s) { lockWithRank(sema_mutex(s), LockRank::semaroot); }

void sema_unlock(Sema* s) { unlock(sema_mutex(s)); }

void semacquire1(Sema* s, bool lifo, WaitReason reason) {
  G* gp = getg();
  check(gp == gp->m->curg.load_relaxed(), "semacquire not on the G stack");
  SemaWaiter me{gp, nullptr, 0};
  for (;;) {
    sema_lock(s);
    if (cansemacquire(s)) {
      sema_unlock(s);
      return;
    }
    enqueue(s, &me, lifo);
    goparkunlock(sema_mutex(s), reason);
    if (me.ticket != 0 || cansemacquire(s)) return;
  }
}

void semrelease1(Sema* s, bool handoff) {
  sema_lock(s);
  (void)count_of(s)->add_acqrel(1);
  SemaWaiter* w = sema_dequeue(s);
  bool ticket = false;
  if (w != nullptr && handoff) ticket = cansemacquire(s);
  if (ticket) w->ticket = 1;
  sema_unlock(s);  // the last access to *s
  if (w == nullptr) return;
  goready(w->g);  // *w is gone
  // goready has made the waiter this P's next goroutine. With a ticket it runs now, in the caller's time slice, and the
  // caller goes to the end of the queue. Without a ticket the caller goes on: by the time the waiter ran, another
  // goroutine might have taken the count.
  if (ticket && getg()->m->locks == 0) goyield();
}

void sema_park(Sema* s, WaitReason reason) { goparkunlock(sema_mutex(s), reason); }

SemaWaiter* sema_take_all(Sema* s) {
  SemaWaiter* last = static_cast<SemaWaiter*>(s->last);
  s->last = nullptr;
  return last;
}

void ready_all(SemaWaiter* last) {
  if (last == nullptr) return;
  for (SemaWaiter* w = last->next;;) {
    SemaWaiter* next = w->next;  // read now: *w is gone when its goroutine runs
    const bool end = w == last;
    goready(w->g);
    if (end) return;
    w = next;
  }
}

}  // namespace rt0
