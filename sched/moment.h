// A moment that threads read without a lock.
#pragma once

#include "base/atomic.h"

namespace rt0 {

// In ns, as nanotime counts, so it does not wrap for 292 years; 0 means that there is none. In two halves and a
// sequence number, which is odd while the halves change, for there are no 64-bit atomics on 32-bit ISAs.
//
// One thread at a time may call set(): whoever holds the lock, or the flag, that goes with it. get() waits as long as a
// writer needs for its stores. A reader takes two halves of different moments for one only if it stands between two of
// its loads while exactly a multiple of 2^31 changes are made: minutes of nothing else, and even then the number must
// be exact.
struct Moment {
  Atomic<u32> seq, lo, hi;

  void set(i64 ns);
  i64 get() const;
};

}  // namespace rt0
