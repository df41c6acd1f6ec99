#include "sched/runq.h"

#include "kernel_iface/kernel.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

Atomic<G*>& slot(P* pp, u32 i) { return pp->runq[i % kRunqSize]; }

// Half of a full local queue, and gp, go to the global one. False if a thief was faster: then there is room again.
bool runqputslow(P* pp, G* gp, u32 h, u32 t) {
  constexpr u32 kHalf = kRunqSize / 2;
  G* batch[kHalf + 1];
  check((t - h) / 2 == kHalf, "runqputslow: queue is not full");
  for (u32 i = 0; i < kHalf; i++) batch[i] = slot(pp, h + i).load_relaxed();
  if (!pp->runqhead.cas_release(h, h + kHalf)) return false;
  batch[kHalf] = gp;
  GQueue q;
  for (G* g : batch) q.push_back(g);
  lock(&sched.lock);
  globrunqputbatch(&q, kHalf + 1);
  unlock(&sched.lock);
  trace(Ev::RunqOverflow, kHalf + 1);
  return true;
}

// Moves half of `from`'s queue into pp's free slots from `at` on. Returns how many goroutines. Go: runqgrab.
u32 runqgrab(P* from, P* pp, u32 at, bool steal_runnext) {
  for (;;) {
    const u32 h = from->runqhead.load_acquire();
    const u32 t = from->runqtail.load_acquire();
    u32 n = t - h;
    n -= n / 2;
    if (n == 0) {
      if (!steal_runnext) return 0;
      G* next = from->runnext.load_acquire();
      if (next == nullptr) return 0;
      if (from->status.load_relaxed() == PStatus::running) {
        // Its owner most likely runs the goroutine that made `next` ready and is about to block: wait the
        // few microseconds that this takes, so that the two goroutines do not move from P to P with every wake-up.
        kernel->usleep(3);
      }
      if (!from->runnext.cas_acqrel(next, nullptr)) continue;
      slot(pp, at).store_relaxed(next);
      return 1;
    }
    if (n > kRunqSize / 2) continue;  // h and t are of different moments: reads them again
    for (u32 i = 0; i < n; i++) slot(pp, at + i).store_relaxed(slot(from, h + i).load_relaxed());
    if (from->runqhead.cas_release(h, h + n)) return n;
  }
}

}  // namespace

static void put(P* pp, G* gp, bool next);

// The queue was full: h and t are its head and tail. This function and traced_runqput are functions of their own, so
// that put and runqput, in the common case, save no registers for the calls in them.
[[gnu::noinline]] static void put_when_full(P* pp, G* gp, u32 h, u32 t) {
  if (!runqputslow(pp, gp, h, t)) put(pp, gp, false);
}

[[gnu::noinline]] static void put(P* pp, G* gp, bool next) {
  if (next) {
    // Release: a thief that takes gp sees what was written to it. Acquire: this thread passes on the goroutine that was
    // there. Sequentially consistent: wakep must not read nmspinning before other threads can see this store.
    if (alone()) {
      G* kicked = pp->runnext.load_relaxed();
      pp->runnext.store_relaxed(gp);
      gp = kicked;
    } else {
      gp = pp->runnext.xchg_seqcst(gp);
    }
    if (gp == nullptr) return;
  }
  const u32 h = pp->runqhead.load_acquire();  // a thief that has moved head has read its slots
  const u32 t = pp->runqtail.load_relaxed();  // only this thread writes it
  if (RT0_UNLIKELY(t - h >= kRunqSize)) return put_when_full(pp, gp, h, t);
  slot(pp, t).store_relaxed(gp);
  pp->runqtail.store_release(t + 1);
}

[[gnu::noinline]] static void traced_runqput(P* pp, G* gp, bool next) {
  trace_fn(Ev::runqput);
  put(pp, gp, next);
}

void runqput(P* pp, G* gp, bool next) {
  if (tracing()) traced_runqput(pp, gp, next);
  else put(pp, gp, next);
}

void runqputbatch(P* pp, GQueue* q, u32 n) {
  const u32 h = pp->runqhead.load_acquire();
  u32 t = pp->runqtail.load_relaxed();
  for (; n > 0 && t - h < kRunqSize; n--, t++) slot(pp, t).store_relaxed(q->pop());
  pp->runqtail.store_release(t);
  if (n == 0) return;
  lock(&sched.lock);
  globrunqputbatch(q, n);
  unlock(&sched.lock);
}

void end_slice(P* pp) {
  pp->preempt.store_relaxed(0);  // a request that comes at this moment is lost, and made again
  G* next = pp->runnext.load_relaxed();
  if (next == nullptr || !pp->runnext.cas_acqrel(next, nullptr)) return;  // none, or a thief has it
  lock(&sched.lock);
  globrunqput(next);
  unlock(&sched.lock);
}

// Must gp stay on the queue, because it is wired? A thief may take gp at any moment, and gp may then run and be wired.
// So the caller uses the answer "no" only if gp is still on the queue when it is taken: then it has not run meanwhile.
template <bool kUnwired>
static RT0_INLINE bool stays(const G* gp) {
  return kUnwired && gp->lockedm.load_relaxed() != nullptr;
}

template <bool kUnwired>
static RT0_INLINE Runnable get(P* pp) {
  G* next = pp->runnext.load_relaxed();
  if (next != nullptr && stays<kUnwired>(next)) return {};
  if (kUnwired && alone()) {  // the way that is taken at each switch; findrunnable's is rare
    if (next != nullptr) {
      pp->runnext.store_relaxed(nullptr);
      return {next, true};
    }
    const u32 h = pp->runqhead.load_relaxed();
    if (pp->runqtail.load_relaxed() == h) return {};
    G* gp = slot(pp, h).load_relaxed();
    if (stays<kUnwired>(gp)) return {};
    pp->runqhead.store_release(h + 1);
    return {gp, false};
  }
  // A thief may take it between the load and the CAS. Only this thread puts another one there, so if the CAS fails,
  // runnext is empty.
  if (next != nullptr && pp->runnext.cas_acqrel(next, nullptr)) return {next, true};
  for (;;) {
    const u32 h = pp->runqhead.load_acquire();
    const u32 t = pp->runqtail.load_relaxed();
    if (t == h) return {};
    G* gp = slot(pp, h).load_relaxed();
    if (stays<kUnwired>(gp)) return {};
    if (pp->runqhead.cas_release(h, h + 1)) return {gp, false};
  }
}

Runnable runqget(P* pp) {
  trace_fn(Ev::runqget);
  return get<false>(pp);
}
Runnable runqget_unwired(P* pp) { return get<true>(pp); }

// Head, tail and runnext must be seen at one moment: between the reads of the tail and of runnext, the owner could move
// a goroutine from runnext to the tail, and both would look empty. So it reads again until the tail has not moved.
bool runqempty(P* pp) {
  for (;;) {
    const u32 h = pp->runqhead.load_acquire();
    const u32 t = pp->runqtail.load_acquire();
    G* next = pp->runnext.load_seqcst();  // B2 in the proof at wakep
    if (t == pp->runqtail.load_acquire()) return h == t && next == nullptr;
  }
}

G* runq_pop_tail(P* pp) {
  const u32 t = pp->runqtail.load_relaxed();
  if (t != pp->runqhead.load_relaxed()) {
    pp->runqtail.store_relaxed(t - 1);
    return slot(pp, t - 1).load_relaxed();
  }
  G* next = pp->runnext.load_relaxed();
  pp->runnext.store_relaxed(nullptr);
  return next;
}

G* runqsteal(P* pp, P* from, bool steal_runnext) {
  const u32 t = pp->runqtail.load_relaxed();
  u32 n = runqgrab(from, pp, t, steal_runnext);
  if (n == 0) return nullptr;
  trace(Ev::ProcSteal, from->id, n);
  n--;
  G* gp = slot(pp, t + n).load_relaxed();
  if (n == 0) return gp;
  const u32 h = pp->runqhead.load_acquire();
  check(t - h + n < kRunqSize, "runqsteal: runq overflow");
  pp->runqtail.store_release(t + n);
  return gp;
}

void globrunqput(G* gp) {
  sched.runq.push_back(gp);
  sched.runqsize.store_relaxed(sched.runqsize.load_relaxed() + 1);
}

void globrunqputhead(G* gp) {
  sched.runq.push_front(gp);
  sched.runqsize.store_relaxed(sched.runqsize.load_relaxed() + 1);
}

void globrunqputbatch(GQueue* batch, u32 n) {
  sched.runq.push_back_all(*batch);
  sched.runqsize.store_relaxed(sched.runqsize.load_relaxed() + n);
  *batch = {};
}

// A P's share of a global queue of that size.
static u32 share_of(u32 size) { return min(size / static_cast<u32>(gomaxprocs.load_relaxed()) + 1, kRunqSize / 2); }

// Takes n goroutines from the global queue, which has at least n: returns the first, puts the others on pp's queue.
static G* globrunqtake(P* pp, u32 n) REQUIRES(sched.lock) {
  sched.runqsize.store_relaxed(sched.runqsize.load_relaxed() - n);
  trace(Ev::GlobrunqGet, n);
  G* gp = sched.runq.pop();
  for (n--; n > 0; n--) runqput(pp, sched.runq.pop(), false);
  return gp;
}

G* globrunqget(P* pp, u32 max_n) {
  const u32 size = sched.runqsize.load_relaxed();
  if (size == 0) return nullptr;
  const u32 n = min(size, share_of(size));
  return globrunqtake(pp, max_n > 0 ? min(n, max_n) : n);
}

bool globrunq_wired_next() { return sched.runq.head != nullptr && sched.runq.head->lockedm.load_relaxed() != nullptr; }

// Computes the share as if the queue had one goroutine more, but takes at most as many as it has.
G* globrunqget_behind(P* pp, bool* self_local) {
  const u32 size = sched.runqsize.load_relaxed();
  const u32 share = share_of(size + 1);
  *self_local = share > size;
  return size == 0 ? nullptr : globrunqtake(pp, min(share, size));
}

}  // namespace rt0
