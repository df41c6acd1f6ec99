#include "sched/moment.h"

#include "arch/arch.h"
#include "kernel_iface/kernel.h"

namespace rt0 {

// The last store is sequentially consistent, and so is get's first load: callers rely on that (publish in timer.cc,
// wakeNetPoller in poller.cc).
void Moment::set(i64 ns) {
  const u32 new_lo = static_cast<u32>(ns), new_hi = static_cast<u32>(static_cast<u64>(ns) >> 32);
  // Only this thread changes these three now, so relaxed loads read what it, or the writer before it, has stored.
  if (lo.load_relaxed() == new_lo && hi.load_relaxed() == new_hi) return;
  const u32 n = seq.load_relaxed();
  seq.store_relaxed(n + 1);  // the halves are release stores, so they cannot be seen before this
  lo.store_release(new_lo);
  hi.store_release(new_hi);
  seq.store_seqcst(n + 2);
}

i64 Moment::get() const {
  for (u32 tries = 0;; tries++) {
    const u32 n = seq.load_seqcst();
    const u32 l = lo.load_acquire(), h = hi.load_acquire();
    // The second load comes after the halves, which are acquire loads.
    if (n % 2 == 0 && seq.load_relaxed() == n) return static_cast<i64>(static_cast<u64>(h) << 32 | l);
    if (tries < 100) Isa::cpu_relax();
    else kernel->osyield();  // the writer's thread may have been descheduled between its stores
  }
}

}  // namespace rt0
