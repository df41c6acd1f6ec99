// The weighted semaphore's waiters: for lib/context, which knows how to stop waiting when a context ends.
#pragma once

#include "lib/sync/sema.h"
#include "rt0/semaphore.h"

namespace rt0::semaphore {

// A goroutine that waits for its share. On its own stack; all but g and n is under the semaphore's lock.
struct Weighted::Waiter : SemaWaiter {
  i64 n;
  bool granted = false;   // it has its share
  bool queued = false;    // it is in the queue
  bool given_up = false;  // it is not to wait any more

  explicit Waiter(i64 want) : SemaWaiter{getg(), nullptr, 0}, n(want) {}
};

}  // namespace rt0::semaphore
