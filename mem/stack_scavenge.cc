// Gives the memory of free stacks back to the kernel.
#include "kernel_iface/kernel.h"
#include "mem/stackpool.h"
#include "mem/sysmem.h"

namespace rt0 {

namespace {

// Takes the whole list, so that no lock is held while the kernel works. A goroutine that needs a stack meanwhile gets a
// new one.
u32 scavenge(u32 order) {
  FreeStacks pool(order, true);
  if (pool.list->load_relaxed() == nullptr) return 0;
  lock(pool.lock);
  FreeStack* all = pool.list->load_relaxed();
  pool.list->store_relaxed(nullptr);
  unlock(pool.lock);
  u32 n = 0;
  FreeStack* last = nullptr;
  for (FreeStack* s = all; s != nullptr; s = s->next) {
    last = s;
    if (s->clean) continue;
    const uintptr lo = reinterpret_cast<uintptr>(s->base) + physPageSize;
    const uintptr hi = align_down(reinterpret_cast<uintptr>(s), physPageSize);
    if (lo < hi && !kernel->mem_dontneed(reinterpret_cast<void*>(lo), hi - lo).ok()) continue;
    s->clean = true;
    n++;
  }
  if (last == nullptr) return 0;
  lock(pool.lock);
  last->next = pool.list->load_relaxed();
  pool.list->store_relaxed(all);
  unlock(pool.lock);
  return n;
}

}  // namespace

u32 stackpool_scavenge() {
  u32 n = 0;
  for (u32 order = 0; order < kNumStackOrders + kNumLargeOrders; order++) n += scavenge(order);
  return n;
}

}  // namespace rt0
