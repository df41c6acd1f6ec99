// The memory of unused stacks goes back to the kernel. Go: stack.go, freeStackSpans; there the collector does it.
#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "mem/gc.h"
#include "mem/mheap.h"
#include "mem/sysmem.h"
#include "rt0/runtime.h"
#include "sched/hooks.h"
#include "sched/newproc.h"
#include "sched/stw.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

constinit Atomic<u32> scavenging{0};

// Takes the dead goroutines and free stacks of idle Ps. This thread may do that, because it owns the idle Ps as long as
// it holds sched.lock.
void empty_idle_ps() {
  Locked l(&sched.lock);
  for (P* pp = sched.pidle; pp != nullptr; pp = pp->link) gfpurge(pp);
}

// Gives back all of the stack below the page that the G itself lies in.
void give_back(const G* gp) {
  const uintptr hi = align_down(reinterpret_cast<uintptr>(gp), physPageSize);
  if (gp->stack.lo < hi) (void)kernel->mem_dontneed(reinterpret_cast<void*>(gp->stack.lo), hi - gp->stack.lo);
}

// Gives back the memory of dead goroutines' stacks, in batches. The Gs of a batch are on no list meanwhile, so only
// this thread uses them; a thread that finds the lists empty makes a new G.
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

// Bytes of the process that are in memory, as the kernel counts them; 0 if it does not say. The runtime cannot count
// them itself: a stack takes memory page by page as it is used.
u64 resident() {
  const SysResult fd = kernel->open("/proc/self/statm", false);
  if (!fd.ok()) return 0;
  char text[64];
  const SysResult n = kernel->read(static_cast<i32>(fd.value), text, sizeof(text));
  (void)kernel->close(static_cast<i32>(fd.value));
  if (!n.ok()) return 0;
  usize i = 0;
  while (i < n.value && text[i] != ' ') i++;  // the first number is address space
  u64 pages = 0;
  for (i++; i < n.value && text[i] >= '0' && text[i] <= '9'; i++) pages = pages * 10 + static_cast<u64>(text[i] - '0');
  return pages * physPageSize;
}

// Gives back 256 stacks every 10 ms while there are some. As long as it finds none, or no limit is set, it looks less
// and less often. Not under the simulated kernel: sizes must decide nothing there.
u32 scavenge_near_limit(i64 now) {
  constexpr i64 kMs = 1000 * 1000, kBusy = 10 * kMs, kFar = 100 * kMs, kInVain = 1000 * kMs;
  constexpr u32 kAtOnce = 256;
  static constinit i64 last = 0, pause = kBusy;  // only sysmon calls this
  static constinit u32 found = 0;
  if (simulated != 0) return 0;
  if (now - last < pause) return found;  // before the limit is read, which takes the heap's lock
  last = now;
  const bool near = mheap_set_limit(-1) != kMemoryLimitOff && mheap_near_limit(resident());
  found = near ? stack_scavenge(kAtOnce) : 0;
  pause = found != 0 ? kBusy : min(2 * pause, near ? kInVain : kFar);
  return found;
}

constexpr ScavengeHooks kHooks = {stack_scavenge, scavenge_near_limit};

// The caller has set `scavenging`. How many stacks there are depends on the size of a word, because that decides which
// sizes share a pool and which stack is as long as the default. So under the simulated kernel it decides nothing: all
// is given back at once, no event says how much, and the result is 0.
u32 scavenge_now(u32 most) {
  empty_idle_ps();
  u32 n = scavenge_dead(simulated != 0 ? ~u32{0} : most) + stackpool_scavenge();
  if (simulated != 0) n = 0;
  if (n != 0) trace(Ev::StackScavenge, n);
  scavenging.store_release(0);
  return n;
}

}  // namespace

void stack_scavenge_enable() { scavenge_hooks.store_release(&kHooks); }

void stack_flush() {
  for (P* pp : procs()) gfpurge(pp);
}

void stack_scavenge_all() {
  stopTheWorld();
  stack_flush();
  startTheWorld(0);
  stack_scavenge_rest();
}

u32 stack_scavenge(u32 most) {
  if (!scavenging.cas_acquire(0, 1)) return 0;
  return scavenge_now(most);
}

// The wait is finite: the other caller, sysmon or another goroutine, does not wait for anything that this one holds.
void stack_scavenge_rest() {
  while (!scavenging.cas_acquire(0, 1)) {
    gosched();  // another goroutine may want to stop the world meanwhile
    kernel->usleep(20);
  }
  (void)scavenge_now(~u32{0});
}

}  // namespace rt0
