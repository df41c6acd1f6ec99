#include "mem/stack.h"

#include "base/lock.h"
#include "kernel_iface/kernel.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

extern uintptr physPageSize;

namespace {

// Stacks are cut from arenas, so that a new one costs no mmap. Reserving is free: nothing is counted until it is touched.
constexpr usize kArenaBytes = kPtrSize == 8 ? 64u << 20 : 4u << 20;

// A free stack: the link lies in its topmost words, the page that is most likely to be there.
struct FreeStack {
  FreeStack* next;
  void* base;
  usize bytes;
};

struct StackPool {
  Mutex lock;
  FreeStack* free[2];  // without and with a guard page
};
constinit StackPool stackpool[kNumStackOrders] = {};
constinit struct {
  Mutex lock;
  FreeStack* free[2];
} stackLarge = {};

constinit struct {
  Mutex lock;
  u8* at;
  u8* end;
} arena = {};

FreeStack* link_of(void* base, usize bytes) {
  return reinterpret_cast<FreeStack*>(static_cast<u8*>(base) + bytes - sizeof(FreeStack));
}

u32 order_of(usize bytes) {
  u32 order = 0;
  while (kStackMin << order < bytes) order++;
  return order;
}

// New memory. An address space that is short (ulimit -v, 32 bits) gets smaller arenas, down to just this stack.
void* arena_alloc(usize bytes) {
  lockWithRank(&arena.lock, LockRank::stackarena);
  if (static_cast<usize>(arena.end - arena.at) < bytes) {
    for (usize want = max(kArenaBytes, bytes);; want /= 2) {
      if (want < bytes) fatal_out_of_memory(bytes);
      u8* p = static_cast<u8*>(sysAlloc(want));
      if (p == nullptr) continue;
      arena.at = p;
      arena.end = p + want;
      break;
    }
  }
  void* p = arena.at;
  arena.at += bytes;
  unlock(&arena.lock);
  return p;
}

}  // namespace

void stackinit() { trace_boot(Ev::stackinit); }

void* stackalloc(usize bytes, bool guard) {
  trace_fn(Ev::stackalloc);
  check(is_power_of_two(bytes) && bytes >= kStackMin, "stackalloc: size is not a power of two or too small");
  Mutex* l = &stackLarge.lock;
  LockRank rank = LockRank::stackLarge;
  FreeStack** list = &stackLarge.free[guard];
  if (bytes <= kStackMaxPooled) {
    StackPool& pool = stackpool[order_of(bytes)];
    l = &pool.lock;
    rank = LockRank::stackpool;
    list = &pool.free[guard];
  }
  lockWithRank(l, rank);
  while (*list != nullptr && (*list)->bytes != bytes) list = &(*list)->next;  // pooled lists hold one size only
  FreeStack* s = *list;
  if (s != nullptr) *list = s->next;
  unlock(l);
  if (s != nullptr) return s->base;

  void* base = arena_alloc(bytes);
  // Without a guard the stack works as well, an overflow just isn't noticed; better than not starting the goroutine.
  if (guard) (void)kernel->mem_guard(base, physPageSize);
  return base;
}

void stackfree(void* base, usize bytes, bool guard) {
  FreeStack* s = link_of(base, bytes);
  s->base = base;
  s->bytes = bytes;
  const bool pooled = bytes <= kStackMaxPooled;
  StackPool& pool = stackpool[pooled ? order_of(bytes) : 0];
  Mutex* l = pooled ? &pool.lock : &stackLarge.lock;
  FreeStack** list = pooled ? &pool.free[guard] : &stackLarge.free[guard];
  lockWithRank(l, pooled ? LockRank::stackpool : LockRank::stackLarge);
  s->next = *list;
  *list = s;
  unlock(l);
}

}  // namespace rt0
