// 64-bit atomic operations of programs on 32-bit machines, under a lock. Go: internal/runtime/atomic, lockAndTable.
//
// All operations on a value come here, so they are atomic with respect to each other. The addresses are spread over
// several locks. These are the last in rank: no other function is called while one is held.
#include "rt0/atomic.h"

#include "base/lock.h"
#include "kernel_iface/choice.h"
#include "sched/preempt.h"

namespace rt0::detail {

// rt0/atomic.h declares these once more for programs, and only the symbols tie the two together; so compare their
// types.
static_assert(SameAs<decltype(detail::simulated), const decltype(rt0::simulated)>, "rt0/atomic.h: simulated");
static_assert(SameAs<decltype(detail::sim_point), decltype(rt0::sim_point)>, "rt0/atomic.h: sim_point");

namespace {

constexpr usize kLocks = 32;

struct Locks {
  Mutex at[kLocks];

  constexpr Locks() : at{} {
    for (Mutex& l : at) l.rank = LockRank::atomic64;
  }
};
constinit Locks locks{};

Mutex* lock_for(const u64* p) { return &locks.at[(reinterpret_cast<uintptr>(p) >> 3) % kLocks]; }

}  // namespace

u64 atomic64_load(const u64* p) {
  Locked l(lock_for(p));
  return *p;
}

u64 atomic64_swap(u64* p, u64 x) {
  Locked l(lock_for(p));
  const u64 old = *p;
  *p = x;
  return old;
}

u64 atomic64_add(u64* p, u64 d) {
  Locked l(lock_for(p));
  return *p += d;
}

bool atomic64_cas(u64* p, u64 old, u64 x) {
  Locked l(lock_for(p));
  if (*p != old) return false;
  *p = x;
  return true;
}

}  // namespace rt0::detail
