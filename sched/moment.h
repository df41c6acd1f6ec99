// A moment that threads read without a lock.
#pragma once

#include "base/atomic.h"

namespace rt0 {

// In ns, as nanotime counts, so it does not wrap for 292 years; 0 means that there is none. In two halves and a
// sequence number, which is odd while the halves change, because 32-bit ISAs have no 64-bit atomics.
//
// One thread at a time may call set(): the thread that holds the lock, or has set the flag, that goes with the moment.
// get() waits as long as a writer needs for its stores. A reader can mix up two moments only if, between two of its
// loads, exactly a multiple of 2^31 changes are made. That takes minutes in which the reader does not run at all.
struct Moment {
  Atomic<u32> seq, lo, hi;

  void set(i64 ns);
  i64 get() const;
};

}  // namespace rt0
