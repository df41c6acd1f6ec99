// Memory of stacks that nobody uses goes back to the kernel. Go: stack.go, freeStackSpans; there the collector does it.
#include "kernel_iface/kernel.h"
#include "sched/hooks.h"
#include "sched/newproc.h"
#include "sched/tracer.h"

namespace rt0 {

namespace {

constinit Atomic<u32> scavenging{0};

// Idle Ps keep dead goroutines and stacks for work that does not come. They are under sched.lock while they are on its list.
void empty_idle_ps() {
  Locked l(&sched.lock);
  for (P* pp = sched.pidle; pp != nullptr; pp = pp->link) gfpurge(pp);
}

// All below the page that the G itself lies in.
void give_back(const G* gp) {
  const uintptr hi = align_down(reinterpret_cast<uintptr>(gp), physPageSize);
  if (gp->stack.lo < hi) (void)kernel->mem_dontneed(reinterpret_cast<void*>(gp->stack.lo), hi - gp->stack.lo);
}

// Dead Gs that are on no list meanwhile are nobody's but ours; who finds the lists empty makes a new one.
u32 scavenge_dead(u32 most) {
  constexpr u32 kBatch = 32;
  u32 n = 0;
  while (n < most) {
    GQueue batch = {};
    u32 k = 0;
    lock(&sched.gFree.lock);
    for (; k < kBatch; k++) {
      G* gp = sched.gFree.list.pop();
      if (gp == nullptr) break;
      batch.push_back(gp);
    }
    unlock(&sched.gFree.lock);
    if (k == 0) break;
    for (const G* gp = batch.head; gp != nullptr; gp = gp->schedlink) give_back(gp);
    lock(&sched.gFree.lock);
    while (G* gp = batch.pop()) sched.gFree.clean.push(gp);
    unlock(&sched.gFree.lock);
    n += k;
  }
  return n;
}

}  // namespace

void stack_scavenge_enable() { stack_scavenger.store_release(stack_scavenge); }

u32 stack_scavenge(u32 most) {
  if (!scavenging.cas_acquire(0, 1)) return 0;
  empty_idle_ps();
  const u32 n = scavenge_dead(most) + stackpool_scavenge();
  if (n != 0) trace(Ev::StackScavenge, n);
  scavenging.store_release(0);
  return n;
}

}  // namespace rt0
