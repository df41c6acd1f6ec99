// Locks for atomic operations that the CPU has no instruction for: an object's address selects one. Go:
// internal/runtime/atomic, lockAndTable.
#pragma once

#include "base/lock.h"

namespace rt0 {

// The lock of the object at p, always the same. It is the last in rank: nothing may be called while it is held. Objects
// that share one wait for each other, which does no harm, because no caller holds two.
Mutex* address_lock(const volatile void* p);

}  // namespace rt0
