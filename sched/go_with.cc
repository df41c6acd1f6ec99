// Goroutines whose stacks have a size of their own. Linked into programs that use go_with.
//
// Such a G does not lie in its stack. When it ends, the stack goes to its P's cache, by size class, and the G goes to a
// list of Gs without stacks. The G is never freed, because a dump may be reading it. Go keeps both lists for the same
// reason.
#include "mem/stack_larger.h"
#include "mem/sysmem.h"
#include "sched/above.h"
#include "sched/hooks.h"
#include "sched/newproc.h"
#include "sched/proc.h"

namespace rt0 {

constinit Atomic<void (*)(G*)> small_put{nullptr};

namespace {

constexpr u32 kLocalMax = 64, kLocalKeep = 32;

usize default_bytes() { return max(kStackDefault, static_cast<usize>(4 * physPageSize)); }

// The bytes to reserve for a stack of at least `wish`: a power of two. Panics if `wish` is larger than kStackMax.
usize stack_bytes_of(usize wish) {
  if (wish == 0) return default_bytes();
  if (wish > kStackMax) panic_plain("go_with: stack size out of range");
  usize bytes = max(kStackMin, static_cast<usize>(4 * physPageSize));
  while (bytes < wish) bytes *= 2;
  return bytes;
}

// The goroutine has ended, and this code runs on another stack, so its own may be freed.
void put(P* pp, G* gp) {
  if (gp->stack_bytes < kStackMin) {
    // The function's text is the program's, where a signal may preempt the running goroutine. Here that is the next
    // goroutine, whose switch is not complete: so there is no preemption until the function returns.
    M* mp = acquirem();
    small_put.load_acquire()(gp);
    releasem(mp);
    return;
  }
  const uintptr base = gp->stack.lo - physPageSize;
  gp->stack = {};  // a dump prints no stack of a dead G
  stackcachefree(&pp->stackcache, reinterpret_cast<void*>(base), gp->stack_bytes);
  pp->gFreeNoStack.push(gp);
  bump(&pp->gFreeNoStack_n);
  if (pp->gFreeNoStack_n.load_relaxed() < kLocalMax) return;
  Locked l(&sched.gFree.lock);
  for (; pp->gFreeNoStack_n.load_relaxed() > kLocalKeep; bump(&pp->gFreeNoStack_n, -1), bump(&sched.gFree.nostack_n))
    sched.gFree.nostack.push(pp->gFreeNoStack.pop());
}

// A G without a stack, dead or new.
G* get(P* pp) {
  if (pp->gFreeNoStack.empty() && sched.gFree.nostack_n.load_relaxed() != 0) {  // read without the lock: a hint
    Locked l(&sched.gFree.lock);
    for (; pp->gFreeNoStack_n.load_relaxed() < kLocalKeep && sched.gFree.nostack_n.load_relaxed() != 0;
         bump(&pp->gFreeNoStack_n), bump(&sched.gFree.nostack_n, -1))
      pp->gFreeNoStack.push(sched.gFree.nostack.pop());
  }
  if (G* gp = pp->gFreeNoStack.pop()) {
    bump(&pp->gFreeNoStack_n, -1);
    return gp;
  }
  G* gp = static_cast<G*>(persistentalloc(sizeof(G), Isa::kCacheLine));
  gp->sized = true;
  return gp;
}

void purge(P* pp) {
  stackcache_clear(&pp->stackcache);
  Locked l(&sched.gFree.lock);
  while (G* gp = pp->gFreeNoStack.pop()) sched.gFree.nostack.push(gp);
  bump(&sched.gFree.nostack_n, static_cast<i32>(pp->gFreeNoStack_n.load_relaxed()));
  pp->gFreeNoStack_n.store_relaxed(0);
}

constexpr SizedHooks kHooks = {put, purge};

G* get_with_stack(P* pp, usize bytes) {
  sized_enable();
  G* gp = get(pp);
  const uintptr base = reinterpret_cast<uintptr>(stackalloc(bytes, true, &pp->stackcache));
  gp->below = kBelowG;
  gp->stack = {base + physPageSize, base + bytes};
  gp->stackguard0 = gp->stackguard1 = gp->stack.lo;
  gp->stack_bytes = bytes;
  return gp;
}

}  // namespace

void sized_enable() {
  if (sized_hooks.load_relaxed() != nullptr) return;  // threads that do this at the same time write the same values
  stack_cut_larger();
  stack_scavenge_enable();
  sized_hooks.store_release(&kHooks);
}

void detail::newproc_with(Funcval* closure, const GoStmt* stmt, const GoOptions* options) {
  G* gp = getg();
  const uintptr pc = reinterpret_cast<uintptr>(__builtin_return_address(0));
  const usize bytes = stack_bytes_of(options->stack);
  G* newg = nullptr;
  if (bytes != default_bytes()) systemstack([&] { newg = get_with_stack(getg()->m->p, bytes); });
  start_goroutine(newproc1(closure, stmt, gp, pc, newg));
  preempt_point();
}

}  // namespace rt0
