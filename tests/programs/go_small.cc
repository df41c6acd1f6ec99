#include "tests/programs/go_small.h"

#include "mem/sysmem.h"
#include "runtime/panic/panic.h"
#include "sched/newproc.h"
#include "sched/pidle.h"
#include "sched/preempt.h"
#include "sched/proc.h"
#include "sched/runq.h"

namespace rt0 {

namespace {

constexpr usize kSlot = kSmallStack + align_up(sizeof(G), Isa::kCacheLine);
constexpr usize kSlab = 256 * 1024;
static_assert(kSmallStack % Isa::kCacheLine == 0 && kSlot < kStackMin);

// Guarded by sched.gFree.lock, like the other dead Gs of no particular P, and counted with them.
constinit GList dead = {};
constinit uintptr slab = 0, slab_end = 0;

uintptr* mark_of(const G* gp) { return reinterpret_cast<uintptr*>(gp->stack.lo); }
constexpr uintptr kMark = static_cast<uintptr>(0x5afe57ac5afe57acu);

// Runs on another stack, after the goroutine has ended.
void put(G* gp) {
  if (*mark_of(gp) != kMark) throw_("go_small: stack overflow");
  Locked l(&sched.gFree.lock);
  dead.push(gp);
  bump(&sched.gFree.n);
}

// A new slot; 0 if no memory is left.
uintptr new_slot() {
  if (slab_end - slab < kSlot) {
    slab = reinterpret_cast<uintptr>(sysAlloc(kSlab));
    if (slab == 0) return slab_end = 0;
    slab_end = slab + kSlab;
  }
  slab += kSlot;
  return slab - kSlot;
}

G* get() {
  lock(&sched.gFree.lock);
  G* gp = dead.pop();
  if (gp != nullptr) bump(&sched.gFree.n, -1);
  const uintptr base = gp == nullptr ? new_slot() : 0;
  unlock(&sched.gFree.lock);
  if (gp != nullptr) return gp;
  if (base == 0) fatal_out_of_memory(kSlab);
  gp = reinterpret_cast<G*>(base + kSmallStack);
  gp->stack = {base, base + kSmallStack};
  gp->below = kBelowG;
  gp->stackguard0 = gp->stackguard1 = base;
  gp->stack_bytes = kSlot;
  gp->sized = true;
  *mark_of(gp) = kMark;
  return gp;
}

}  // namespace

void newproc_small(Funcval* closure, const detail::GoStmt* stmt) {
  G* gp = getg();
  const uintptr pc = reinterpret_cast<uintptr>(__builtin_return_address(0));
  if (small_put.load_relaxed() == nullptr) small_put.store_release(put);
  G* newg = nullptr;
  systemstack([&] {
    sized_enable();
    newg = get();
  });
  start_goroutine(newproc1(closure, stmt, gp, pc, newg));
  preempt_point();
}

}  // namespace rt0
