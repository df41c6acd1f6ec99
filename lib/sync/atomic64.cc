// 64-bit atomic operations of programs on 32-bit machines, under the lock of the value's address. All operations on a
// value come here, so they are atomic with respect to each other. Go: internal/runtime/atomic.
#include "rt0/atomic.h"

#include "base/address_lock.h"
#include "kernel_iface/choice.h"
#include "sched/preempt.h"

namespace rt0::detail {

// rt0/atomic.h declares these once more for programs, and only the symbols tie the two together; so compare their
// types.
static_assert(SameAs<decltype(detail::simulated), const decltype(rt0::simulated)>, "rt0/atomic.h: simulated");
static_assert(SameAs<decltype(detail::sim_point), decltype(rt0::sim_point)>, "rt0/atomic.h: sim_point");

u64 atomic64_load(const u64* p) {
  Locked l(address_lock(p));
  return *p;
}

u64 atomic64_swap(u64* p, u64 x) {
  Locked l(address_lock(p));
  const u64 old = *p;
  *p = x;
  return old;
}

u64 atomic64_add(u64* p, u64 d) {
  Locked l(address_lock(p));
  return *p += d;
}

bool atomic64_cas(u64* p, u64 old, u64 x) {
  Locked l(address_lock(p));
  if (*p != old) return false;
  *p = x;
  return true;
}

}  // namespace rt0::detail
