// Choices of kind `goroutine`. Only one simulated thread runs at a time, and threads change at points only, of which
// there is none in here before a goroutine has been taken off its queue. So the queues are read and changed without
// locks, but for one case: a thread that holds sched.lock may have come to a point between two steps of a change to the
// global queue. While the lock is held, that queue's goroutines are no candidates.
#include "sched/sim_next.h"

#include "kernel_iface/choice.h"
#include "sched/runq.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constexpr u32 kGlobalTick = 61;  // as in proc.cc

Atomic<G*>& slot(P* pp, u32 i) { return pp->runq[i % kRunqSize]; }

// What was kept belongs to this goroutine, or to one that was in the same memory before.
Chance* chance_of(G* gp) {
  const u32 id = static_cast<u32>(gp->goid);
  if (gp->chance.id != id) gp->chance.id = id, gp->chance.priority = 0, gp->chance.passed_over = 0;
  return &gp->chance;
}
G* goroutine_of(Chance* c) {
  return reinterpret_cast<G*>(reinterpret_cast<uintptr>(c) - __builtin_offsetof(G, chance));
}

void add(G* gp) {
  if (sim_candidates.n < kMaxCandidates) sim_candidates.at[sim_candidates.n++] = chance_of(gp);
}

bool global_is_readable() NO_LOCK_ANALYSIS { return sched.lock.key.load_relaxed() == 0; }

// In the order in which Go would take them.
void collect(P* pp) NO_LOCK_ANALYSIS {
  G* global = global_is_readable() ? sched.runq.head : nullptr;
  if (global != nullptr && pp->schedtick.load_relaxed() % kGlobalTick == 0) {
    add(global);
    global = global->schedlink;
  }
  if (G* next = pp->runnext.load_relaxed(); next != nullptr) add(next);
  const u32 t = pp->runqtail.load_relaxed();
  for (u32 i = pp->runqhead.load_relaxed(); i != t; i++) add(slot(pp, i).load_relaxed());
  for (; global != nullptr; global = global->schedlink) add(global);
}

// gp lies on one of the queues that collect() has looked at. False: on the global one.
bool take_off(P* pp, const G* gp) NO_LOCK_ANALYSIS {
  if (pp->runnext.load_relaxed() == gp) {
    pp->runnext.store_relaxed(nullptr);
    return true;
  }
  const u32 h = pp->runqhead.load_relaxed(), t = pp->runqtail.load_relaxed();
  for (u32 i = h; i != t; i++) {
    if (slot(pp, i).load_relaxed() != gp) continue;
    slot(pp, i).store_relaxed(slot(pp, h).load_relaxed());
    pp->runqhead.store_relaxed(h + 1);
    return true;
  }
  G* before = nullptr;
  for (G* at = sched.runq.head; at != gp; at = at->schedlink) before = at;
  if (before == nullptr) {
    (void)sched.runq.pop();
  } else {
    before->schedlink = gp->schedlink;
    if (sched.runq.tail == gp) sched.runq.tail = before;
  }
  sched.runqsize.store_relaxed(sched.runqsize.load_relaxed() - 1);
  return false;
}

// Fewer than two to pick from: the common case, and this is asked at each switch.
bool nothing_to_pick(P* pp, const G* stolen) {
  const u32 local = pp->runqtail.load_relaxed() - pp->runqhead.load_relaxed() + sched.runqsize.load_relaxed();
  return local + (pp->runnext.load_relaxed() != nullptr) + (stolen != nullptr) < 2;
}

}  // namespace

G* sim_next(P* pp, G* stolen, bool unwired) {
  if (nothing_to_pick(pp, stolen)) return stolen;
  sim_candidates.n = 0;
  if (stolen != nullptr) add(stolen);
  collect(pp);
  if (sim_candidates.n < 2) return stolen;
  if (unwired)
    for (u32 i = 0; i < sim_candidates.n; i++)
      if (goroutine_of(sim_candidates.at[i])->lockedm.load_relaxed() != nullptr) return nullptr;
  const u32 pick = choose(Choice::goroutine, sim_candidates.n, {'p', pp->id});
  if (pick == 0) return stolen;
  G* gp = goroutine_of(sim_candidates.at[pick]);
  // The events come after it, because another thread may run at an event. If there is a goroutine that was stolen, or
  // that a timer has made ready, runqget has been called already.
  if (!take_off(pp, gp)) trace(Ev::GlobrunqGet, 1);
  else if (stolen == nullptr) trace_fn(Ev::runqget);
  if (stolen != nullptr) runqput(pp, stolen, false);
  return gp;
}

void sim_waiting_for(P* pp, G* running) {
  sim_candidates.n = 0;
  add(running);
  collect(pp);
}

Chance* sim_chance(G* gp) {
  const M* mp = gp->m;
  if (mp == nullptr) return nullptr;
  G* running = mp->curg.load_relaxed();
  return running == nullptr || running == mp->g0 ? nullptr : chance_of(running);
}

}  // namespace rt0
