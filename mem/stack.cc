#include "mem/stack.h"

#include "kernel_iface/kernel.h"
#include "mem/stackpool.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

constinit StackLocks stack_locks;
constinit FreeList stackpool[kNumStackOrders][2] = {}, stackLarge[kNumLargeOrders][2] = {};
constinit Atomic<LargerStack (*)(usize)> take_larger{nullptr};

namespace {

// Stacks are cut from arenas, so that a new stack costs no mmap. Reserving an arena costs no memory until it is
// touched.
constexpr usize kArenaBytes = kPtrSize == 8 ? 64u << 20 : 4u << 20;
// How many stacks are moved between a P's cache and a pool at once; a P also takes address space for this many at once.
constexpr u32 kBatch = 16;

constinit struct {
  Mutex lock{{0}, LockRank::stackarena};
  u8* at GUARDED_BY(lock);
  u8* end GUARDED_BY(lock);
} arena = {};

// A new arena. If there is no address space for it (ulimit -v, 32 bits), smaller arenas are tried, down to the size of
// this stack; in the end the address space of a larger free stack is taken. The second try is much smaller than the
// first, because the heap needs a part of the address space that is left. No lock may be held.
LargerStack new_arena(usize bytes) {
  for (usize want = max(kArenaBytes, bytes); want >= bytes; want /= want == kArenaBytes ? 16 : 2)
    if (void* p = sysAlloc(want)) return {p, want};
  LargerStack s = {};
  if (auto* take = take_larger.load_acquire()) s = take(bytes);
  if (s.base == nullptr) fatal_out_of_memory(bytes);
  return s;
}

// Address space for one stack of `bytes`, and for up to *n more after it; *n becomes the number of those.
u8* arena_alloc(usize bytes, u32* n) {
  lock(&arena.lock);
  if (static_cast<usize>(arena.end - arena.at) < bytes) {
    unlock(&arena.lock);  // another M may make an arena, too; the rest of one of the two is lost, and costs no memory
    const LargerStack s = new_arena(bytes);
    u8* p = static_cast<u8*>(s.base);
    if (s.bytes == bytes) {
      *n = 0;
      return p;
    }
    lock(&arena.lock);
    arena.at = p;
    arena.end = p + s.bytes;
  }
  u8* p = arena.at;
  arena.at += bytes;
  *n = min(*n, static_cast<u32>(static_cast<usize>(arena.end - arena.at) / bytes));
  arena.at += *n * bytes;
  unlock(&arena.lock);
  return p;
}

u8* new_stack(usize bytes, StackCache* c) {
  u32 more = 0;
  if (c == nullptr) return arena_alloc(bytes, &more);
  if (static_cast<usize>(c->fresh_end - c->fresh) < bytes) {
    more = bytes <= kStackMaxPooled ? kBatch - 1 : 0;
    u8* p = arena_alloc(bytes, &more);
    if (more == 0) return p;  // fresh stays as it is, for smaller stacks
    c->fresh = p;
    c->fresh_end = p + (more + 1) * bytes;
  }
  u8* p = c->fresh;
  c->fresh += bytes;
  return p;
}

// Go: stackcacherefill.
void stackcacherefill(StackCache::Class* cl, FreeStacks pool) RT0_SYM("runtime.stackcacherefill");
void stackcacherefill(StackCache::Class* cl, FreeStacks pool) {
  Locked l(pool.lock);
  while (cl->n < kBatch) {
    FreeStack* s = pool.pop();
    if (s == nullptr) break;
    s->next = cl->head;
    cl->head = s;
    cl->n++;
  }
}

FreeStack* take_free(u32 order, bool guard, StackCache* c) {
  FreeStacks pool(order, guard);
  if (c == nullptr || order >= kNumStackOrders) {
    Locked l(pool.lock);
    return pool.pop();
  }
  StackCache::Class* cl = &c->of[order];
  if (cl->head == nullptr && pool.list->load_relaxed() != nullptr) stackcacherefill(cl, pool);
  FreeStack* s = cl->head;
  if (s != nullptr) {
    cl->head = s->next;
    cl->n--;
  }
  return s;
}

// Go: stackcacherelease.
void stackcacherelease(StackCache::Class* cl, u32 order, u32 keep) RT0_SYM("runtime.stackcacherelease");
void stackcacherelease(StackCache::Class* cl, u32 order, u32 keep) {
  FreeStacks pool(order, true);
  Locked l(pool.lock);
  while (cl->n > keep) {
    FreeStack* s = cl->head;
    cl->head = s->next;
    cl->n--;
    pool.push(s);
  }
}

}  // namespace

void stackinit() { trace_boot(Ev::stackinit); }

FreeStack* free_link(void* base, usize bytes) {
  auto* s = reinterpret_cast<FreeStack*>(static_cast<u8*>(base) + bytes - sizeof(FreeStack));
  s->base = base;
  s->clean = false;
  return s;
}

void* stackalloc(usize bytes, bool guard, StackCache* c) {
  trace_fn(Ev::stackalloc);
  check(is_power_of_two(bytes) && bytes >= kStackMin && bytes <= kStackMax,
        "stackalloc: size is not a power of two, too small or too large");
  check(c == nullptr || guard, "stackalloc: a P caches stacks with guards only");
  if (const FreeStack* s = take_free(order_of(bytes), guard, c)) return s->base;
  void* base = new_stack(bytes, c);
  // If the kernel refuses, the stack works without a guard, but an overflow is not noticed. That is better than not
  // starting the goroutine.
  if (guard) (void)kernel->mem_guard(base, physPageSize);
  return base;
}

void stackfree(void* base, usize bytes, bool guard) {
  FreeStack* s = free_link(base, bytes);
  FreeStacks pool(order_of(bytes), guard);
  Locked locked(pool.lock);
  pool.push(s);
}

void stackcachefree(StackCache* c, void* base, usize bytes) {
  const u32 order = order_of(bytes);
  if (order >= kNumStackOrders) {
    stackfree(base, bytes, true);
    return;
  }
  FreeStack* s = free_link(base, bytes);
  StackCache::Class* cl = &c->of[order];
  s->next = cl->head;
  cl->head = s;
  if (++cl->n >= 2 * kBatch) stackcacherelease(cl, order, kBatch);
}

void stackcache_clear(StackCache* c) {
  for (u32 order = 0; order < kNumStackOrders; order++)
    if (c->of[order].n != 0) stackcacherelease(&c->of[order], order, 0);
}

}  // namespace rt0
