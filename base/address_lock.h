// Locks for atomic operations that the CPU has no instruction for: an object's address selects one. Go:
// internal/runtime/atomic, lockAndTable.
#pragma once

#include "base/lock.h"

namespace rt0 {

// The lock of the object at p, always the same. It has the last rank: no other lock may be taken while it is held. Two
// operations on objects that share a lock wait for each other, which does no harm, because no caller holds two.
Mutex* address_lock(const volatile void* p);

}  // namespace rt0
