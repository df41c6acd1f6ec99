#include "base/address_lock.h"

namespace rt0 {

namespace {

constexpr usize kLocks = 32;

struct Locks {
  Mutex at[kLocks];

  constexpr Locks() : at{} {
    for (Mutex& l : at) l.rank = LockRank::atomic64;
  }
};
constinit Locks locks{};

}  // namespace

Mutex* address_lock(const volatile void* p) { return &locks.at[(reinterpret_cast<uintptr>(p) >> 3) % kLocks]; }

}  // namespace rt0
