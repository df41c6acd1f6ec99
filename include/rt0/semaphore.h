// A semaphore with weights. Go: golang.org/x/sync/semaphore.
//
//   rt0::Semaphore room(10);
//   room.acquire(3); … room.release(3);
//
// First come, first served: a goroutine that wants much is not passed by others that want little.
#pragma once

#include <stdint.h>

#include "rt0/sync.h"

namespace rt0 {
namespace semaphore {

class Weighted {
 public:
  // size: the weight that may be held at one time.
  constexpr explicit Weighted(int64_t size) : size_(size) {}

  // Waits until n are free. More than the whole size is never free.
  void acquire(int64_t n);
  // Takes n if they are free and no goroutine waits; false if not.
  bool try_acquire(int64_t n);
  // Gives n back; a panic if that is more than is held.
  void release(int64_t n);

 private:
  const int64_t size_;
  int64_t cur_ = 0;  // held; under the semaphore's lock
  detail::Sema sema_;
};

}  // namespace semaphore

using Semaphore = semaphore::Weighted;

}  // namespace rt0
