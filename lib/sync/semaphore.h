// The waiters of a weighted semaphore. Shared with lib/context, which can end a wait when a context ends.
#pragma once

#include "lib/sync/sema.h"
#include "rt0/semaphore.h"

namespace rt0::semaphore {

// A goroutine that waits for its share. Lies on that goroutine's stack. The semaphore's lock guards all fields but g
// and n, which do not change.
struct Weighted::Waiter : SemaWaiter {
  i64 n;
  bool granted = false;   // it has its share
  bool queued = false;    // it is in the queue
  bool given_up = false;  // its context has ended: it must not wait any more

  explicit Waiter(i64 want) : SemaWaiter{getg(), nullptr, 0}, n(want) {}
};

}  // namespace rt0::semaphore
