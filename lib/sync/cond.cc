// The wait list of sync.Cond: a list with tickets. Go: sema.go notifyList.
//
// A waiter takes the next ticket (wait) before it unlocks the Cond's lock, and joins the list afterwards; goroutines
// with later tickets may join before it. signal serves the lowest ticket that was not served yet (notify), not simply
// the head of the list, so goroutines are woken in the order in which they called wait. A waiter whose ticket was
// served before it joins does not sleep.
//   notify ≤ wait, as counters that may wrap; both are read without the lock; notify is written under it only.
#include "lib/sync/sema.h"
#include "sched/proc.h"

namespace rt0::sync {

namespace {

// The runtime's Mutex, not this package's.
rt0::Mutex* lock_of(detail::NotifyList* l) { return reinterpret_cast<rt0::Mutex*>(&l->lock_key); }

bool less(u32 a, u32 b) { return static_cast<i32>(a - b) < 0; }

u32 load(const unsigned* p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }

// Has every waiter been served? seq_cst: if a goroutine takes a ticket and then unlocks the Cond's lock, a goroutine
// that locks it afterwards and comes here sees the ticket.
bool all_served(const detail::NotifyList* l) { return load(&l->wait) == load(&l->notify); }

void list_lock(detail::NotifyList* l) ACQUIRE(lock_of(l)) { lockWithRank(lock_of(l), LockRank::semaroot); }

}  // namespace

unsigned runtime_notifyListAdd(detail::NotifyList* l) {
  op_point(l);
  return __atomic_fetch_add(&l->wait, 1, __ATOMIC_SEQ_CST);
}

void runtime_notifyListWait(detail::NotifyList* l, unsigned ticket) {
  list_lock(l);
  if (less(ticket, l->notify)) {
    unlock(lock_of(l));
    return;
  }
  SemaWaiter me{getg(), nullptr, ticket};
  if (l->tail == nullptr) l->head = &me;
  else static_cast<SemaWaiter*>(l->tail)->next = &me;
  l->tail = &me;
  goparkunlock(lock_of(l), WaitReason::cond_wait);
}

void runtime_notifyListNotifyAll(detail::NotifyList* l) {
  op_point(l);
  if (all_served(l)) return;
  list_lock(l);
  SemaWaiter* w = static_cast<SemaWaiter*>(l->head);
  l->head = l->tail = nullptr;
  // A goroutine that has taken a ticket by now is in the list, or will find its ticket served.
  __atomic_store_n(&l->notify, load(&l->wait), __ATOMIC_SEQ_CST);
  unlock(lock_of(l));
  while (w != nullptr) {
    SemaWaiter* next = w->next;  // read now: *w is gone when its goroutine runs
    goready(w->g);
    w = next;
  }
}

void runtime_notifyListNotifyOne(detail::NotifyList* l) {
  op_point(l);
  if (all_served(l)) return;
  list_lock(l);
  const u32 ticket = l->notify;
  if (ticket == load(&l->wait)) {
    unlock(lock_of(l));
    return;
  }
  __atomic_store_n(&l->notify, ticket + 1, __ATOMIC_SEQ_CST);
  // The waiter is near the front: only goroutines with later tickets that joined earlier come before it. If it is not
  // in the list, it has not joined yet, and will not sleep.
  SemaWaiter* before = nullptr;
  SemaWaiter* w = static_cast<SemaWaiter*>(l->head);
  while (w != nullptr && w->ticket != ticket) before = w, w = w->next;
  if (w != nullptr) {
    if (before != nullptr) before->next = w->next;
    else l->head = w->next;
    if (w->next == nullptr) l->tail = before;
  }
  unlock(lock_of(l));
  if (w != nullptr) goready(w->g);
}

}  // namespace rt0::sync
