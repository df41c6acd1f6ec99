// select. Go: select.go. Differs: sudogs lie in the caller's frame, beside the cases.
//
// A select has three passes; all channels are locked in each. Pass 1 looks for a case that can go on. If there is none,
// pass 2 enqueues on all channels and sleeps, and pass 3 dequeues from the channels that did not fire. Pass 1 looks in
// a random order, for fairness. Channels are locked in the order of lockOrder, so that two selects on the same channels
// cannot wait for each other for ever.
//
//   S1  Between pass 2 and pass 3 the goroutine may be woken by one channel only: a waker that takes one of its
//       sudogs out of a queue must move selectDone from 0 to 1. It is set back to 0 in pass 3, when all channels are
//       locked: a waker that lost the race has done so under one of those locks, and no later loser can find a sudog.
//   S2  After selparkcommit has released its last lock it does not use the goroutine, its frame or the cases.
//   S3  The select has a reference to each channel while the goroutine sleeps: pass 3 locks the channels again, and
//       their last handles may go meanwhile.
#include "rt0/select.h"

#include "lib/chan/chan.h"
#include "sched/above.h"
#include "sched/proc.h"
#include "sched/rand.h"

namespace rt0 {

using detail::SelectOp;
using detail::SelectResult;

static_assert(sizeof(Sudog) <= sizeof(SelectOp::sudog) && alignof(Sudog) <= alignof(void*));

namespace {

// The cases, and how many of them have a channel. The fields poll and lock of the first norder ops hold the two orders.
// With one P no lock is taken (see chan_lock), so the order of locking is not computed; if GOMAXPROCS has changed while
// the goroutine slept, sellock computes it then.
struct Select {
  SelectOp* ops;
  u32 norder;
  bool sorted;

  SelectOp& polled(u32 i) { return ops[ops[i].poll]; }
  SelectOp& locked(u32 i) { return ops[ops[i].lock]; }
};

Sudog* sudog_of(SelectOp& op) { return reinterpret_cast<Sudog*>(op.sudog); }
Waitq& queue_of(const SelectOp& op) { return op.is_send ? op.c->sendq : op.c->recvq; }

// A random permutation of the cases that have a channel.
void permute(Select& s, usize n) {
  for (usize i = 0; i < n; i++) {
    SelectOp& op = s.ops[i];
    if (op.c == nullptr) continue;
    if (!op.is_send && op.c->timer != nullptr) op.c->timer->ops->maybe_run(op.c->timer);
    const u32 j = s.norder == 0 ? 0 : cheaprandn(s.norder + 1);
    s.ops[s.norder].poll = s.ops[j].poll;
    s.ops[j].poll = static_cast<u16>(i);
    s.norder++;
  }
}

// Is the channel of case a to be locked before that of case b?
bool before(const Select& s, u16 a, u16 b) {
  Hchan *x = s.ops[a].c, *y = s.ops[b].c;
  const u32 i = lockOrder(&x->lock), j = lockOrder(&y->lock);
  return i != j ? i < j : x < y;
}

// Moves `op` down the heap [0, n) from its root.
void sift_down(Select& s, u16 op, u32 n) {
  u32 j = 0;
  for (;;) {
    u32 k = j * 2 + 1;
    if (k >= n) break;
    if (k + 1 < n && before(s, s.ops[k].lock, s.ops[k + 1].lock)) k++;
    if (!before(s, op, s.ops[k].lock)) break;
    s.ops[j].lock = s.ops[k].lock;
    j = k;
  }
  s.ops[j].lock = op;
}

// Heap sort by lockOrder: n log n at worst, and no memory.
void sort_by_order(Select& s) {
  for (u32 i = 0; i < s.norder; i++) {
    const u16 op = s.ops[i].poll;
    u32 j = i;
    for (; j > 0 && before(s, s.ops[(j - 1) / 2].lock, op); j = (j - 1) / 2) s.ops[j].lock = s.ops[(j - 1) / 2].lock;
    s.ops[j].lock = op;
  }
  for (u32 i = s.norder; i-- > 1;) {
    const u16 op = s.ops[i].lock;
    s.ops[i].lock = s.ops[0].lock;
    sift_down(s, op, i);
  }
}

// Locks each channel once. Cases with the same channel are neighbours in the order of locking.
// NO_LOCK_ANALYSIS: clang does not follow locks that are taken in a loop.
void sellock(Select& s) NO_LOCK_ANALYSIS {
  if (RT0_LIKELY(gomaxprocs.load_relaxed() == 1)) {
    getg()->m->locks++;
    compiler_barrier();
    return;
  }
  if (!s.sorted) sort_by_order(s);
  s.sorted = true;
  Hchan* last = nullptr;
  for (u32 i = 0; i < s.norder; i++) {
    Hchan* c = s.locked(i).c;
    if (c != last) chan_lock(c);
    last = c;
  }
}

// Unlocks in the opposite order. When selparkcommit calls this, the goroutine may run as soon as one channel is
// unlocked. But it cannot leave its frame, in which s lies, before it has locked all channels again (pass 3), and the
// first of these is the one unlocked last here. So s may be read until the last unlock, and not after it (S2).
// NO_LOCK_ANALYSIS: as sellock.
void selunlock(Select& s) NO_LOCK_ANALYSIS {
  if (RT0_LIKELY(gomaxprocs.load_relaxed() == 1)) {
    compiler_barrier();
    getg()->m->locks--;
    return;
  }
  for (u32 i = s.norder; i > 0;) {
    i--;
    Hchan* c = s.locked(i).c;
    while (i > 0 && s.locked(i - 1).c == c) i--;
    chan_unlock(c);
  }
}

// The goroutine has left its stack and is marked waiting.
bool selparkcommit(G*, void* s) {
  selunlock(*static_cast<Select*>(s));
  return true;
}

enum class Found : u8 { nothing, done, closed };

// Pass 1, one case: does it if that is possible. *partner: a sudog whose goroutine the caller has to wake after it has
// released the locks.
// NO_LOCK_ANALYSIS: sellock has taken the locks of all cases' channels, in a loop that clang does not follow.
Found try_case(SelectOp& op, bool* received, Sudog** partner) NO_LOCK_ANALYSIS {
  Hchan* c = op.c;
  if (op.is_send) {
    if (c->closed.load_relaxed() != 0) return Found::closed;
    *partner = c->recvq.dequeue();
    if (*partner != nullptr) {
      chan_to_receiver(c, *partner, op.elem);
      return Found::done;
    }
    if (c->qcount.load_relaxed() == c->dataqsiz) return Found::nothing;
    chan_put(c, op.elem);
    return Found::done;
  }
  *received = true;
  *partner = c->sendq.dequeue();
  if (*partner != nullptr) {
    chan_from_sender(c, *partner, op.elem);
    return Found::done;
  }
  if (c->qcount.load_relaxed() > 0) {
    chan_get(c, op.elem);
    return Found::done;
  }
  *received = false;
  return c->closed.load_relaxed() != 0 ? Found::done : Found::nothing;
}

// Pass 2: puts a sudog into every channel's queue.
void enqueue_all(Select& s, G* gp) {
  check(gp->waiting == nullptr, "gp.waiting != nil");
  Sudog** link = &gp->waiting;
  for (u32 i = 0; i < s.norder; i++) {
    SelectOp& op = s.polled(i);
    Sudog* sg = sudog_of(op);
    *sg = {gp, op.elem, nullptr, nullptr, false, true, nullptr};
    *link = sg;
    link = &sg->waitlink;
    queue_of(op).enqueue(sg);
    detail::chan_retain(op.c);
    if (op.c->timer != nullptr) op.c->timer->ops->block(op.c->timer);
  }
}

// Pass 3: takes the other sudogs out of their queues. Returns the op that fired; null if none did.
SelectOp* dequeue_others(Select& s, const Sudog* fired) {
  SelectOp* chosen = nullptr;
  for (u32 i = 0; i < s.norder; i++) {
    SelectOp& op = s.polled(i);
    if (op.c->timer != nullptr) op.c->timer->ops->unblock(op.c->timer);
    if (sudog_of(op) == fired) chosen = &op;
    else queue_of(op).dequeueSudoG(sudog_of(op));
  }
  return chosen;
}

[[noreturn]] void send_on_closed() { panic_plain("send on closed channel"); }

SelectResult wait_for_one(Select& s) {
  G* gp = getg();
  enqueue_all(s, gp);
  gp->param = nullptr;
  gopark(selparkcommit, &s, WaitReason::select);

  sellock(s);
  gp->selectDone.store_relaxed(0);  // S1: the locks order it
  const Sudog* fired = static_cast<Sudog*>(gp->param);
  gp->param = nullptr;
  gp->waiting = nullptr;
  const SelectOp* chosen = dequeue_others(s, fired);
  check(chosen != nullptr, "selectgo: bad wakeup");
  selunlock(s);
  const bool success = fired->success;
  for (u32 i = 0; i < s.norder; i++) detail::chan_release(s.polled(i).c);
  if (chosen->is_send && !success) send_on_closed();
  return {chosen - s.ops, success};
}

}  // namespace

SelectResult detail::selectgo(SelectOp* ops, usize n, bool block) {
  op_point(nullptr);
  Select s{ops, 0, false};
  permute(s, n);
  sellock(s);
  for (u32 i = 0; i < s.norder; i++) {
    SelectOp& op = s.polled(i);
    bool received = false;
    Sudog* partner = nullptr;
    const Found found = try_case(op, &received, &partner);
    if (found == Found::nothing) continue;
    selunlock(s);
    if (found == Found::closed) send_on_closed();
    if (partner != nullptr) chan_wake(partner, true);
    return {&op - ops, received};
  }
  if (!block) {
    selunlock(s);
    return {-1, false};
  }
  return wait_for_one(s);
}

void block_forever() {
  gopark(nullptr, nullptr, WaitReason::forever);
  throw_("unreachable");
}

}  // namespace rt0
