// The pools of free stacks, which stack.cc shares with stack_scavenge.cc and stack_larger.cc.
#pragma once

#include "base/atomic.h"
#include "base/lock.h"
#include "mem/stack.h"

namespace rt0 {

// A free stack. The link lies in its topmost words, in the page that is most likely to be in memory.
struct FreeStack {
  FreeStack* next;
  void* base;
  bool clean;  // no page but that of this link is in memory
};

// Written under the lock of its pool; read without it as a hint whether to take the lock.
using FreeList = Atomic<FreeStack*>;

// Free stacks by order, [0] without and [1] with a guard page: those up to kStackMaxPooled, and larger ones.
extern FreeList stackpool[kNumStackOrders][2], stackLarge[kNumLargeOrders][2];
// A lock for each order of stackpool, and one for all of stackLarge. Initialised by the compiler, so that the boot
// spends no time on it.
struct StackLocks {
  Mutex of[kNumStackOrders + 1] = {};

  constexpr StackLocks() {
    for (Mutex& l : of) l.rank = LockRank::stackpool;
    of[kNumStackOrders].rank = LockRank::stackLarge;
  }
};
extern StackLocks stack_locks;

inline u32 order_of(usize bytes) {
  u32 order = 0;
  while (kStackMin << order < bytes) order++;
  return order;
}

// Where free stacks of an order are, and the lock that guards them.
struct FreeStacks {
  Mutex* lock;
  FreeList* list;

  FreeStacks(u32 order, bool guard)
      : lock(&stack_locks.of[min(order, kNumStackOrders)]),
        list(order < kNumStackOrders ? &stackpool[order][guard] : &stackLarge[order - kNumStackOrders][guard]) {}

  void push(FreeStack* s) REQUIRES(lock) {
    s->next = list->load_relaxed();
    list->store_relaxed(s);
  }
  FreeStack* pop() REQUIRES(lock) {
    FreeStack* s = list->load_relaxed();
    if (s != nullptr) list->store_relaxed(s->next);
    return s;
  }
};

// The link of a stack that is free from here on.
FreeStack* free_link(void* base, usize bytes);

// Called when the kernel has no address space left for a stack of `bytes`: returns a larger free stack, to be cut up,
// and its size; null if there is none. Set (stack_cut_larger) in programs that have stacks of several sizes.
struct LargerStack {
  void* base;
  usize bytes;
};
extern Atomic<LargerStack (*)(usize bytes)> take_larger;

}  // namespace rt0
