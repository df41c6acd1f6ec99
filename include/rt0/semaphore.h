// A semaphore with weights. Go: golang.org/x/sync/semaphore.
//
//   rt0::Semaphore room(10);
//   room.acquire(3); … room.release(3);
//
// First come, first served: a goroutine that wants much is not passed by others that want little.
#pragma once

#include <stdint.h>

#include "rt0/context.h"
#include "rt0/sync.h"

namespace rt0 {
namespace semaphore {

class Weighted {
 public:
  // size: the weight that may be held at one time.
  constexpr explicit Weighted(int64_t size) : size_(size) {}

  // Waits until n are free. More than the whole size is never free: waits for ever, but keeps nobody else waiting.
  void acquire(int64_t n);
  // The same until ctx ends, and then returns its error, having taken nothing.
  context::Error acquire(const Context& ctx, int64_t n);
  // Takes n if they are free and no goroutine waits; false if not.
  bool try_acquire(int64_t n);
  // Gives n back; a panic if that is more than is held.
  void release(int64_t n);

 private:
  struct Waiter;

  // With the lock: takes n if that is free now; gives the first waiters their shares, and returns them as a ring.
  bool take(int64_t n);
  void* grant();
  // Waits until w has its share, or has given up.
  void wait(Waiter* w);
  void give_up(Waiter* w);

  const int64_t size_;
  int64_t cur_ = 0;  // held; under the semaphore's lock
  detail::Sema sema_;
};

}  // namespace semaphore

using Semaphore = semaphore::Weighted;

}  // namespace rt0
