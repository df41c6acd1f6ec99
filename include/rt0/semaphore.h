// A semaphore with weights. Go: golang.org/x/sync/semaphore.
//
//   rt0::Semaphore room(10);
//   room.acquire(3); … room.release(3);
//
// Waiters are served in the order in which they came: a goroutine that wants much is not overtaken by others that want
// little.
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

  // Waits until n are free and takes them. If n is more than the whole size, waits for ever, without blocking others.
  void acquire(int64_t n);
  // The same, but only until ctx ends; then takes nothing and returns the context's error.
  context::Error acquire(const context::Context& ctx, int64_t n);
  // Takes n if they are free and no goroutine waits; otherwise takes nothing and returns false.
  bool try_acquire(int64_t n);
  // Gives n back; panics if that is more than is held.
  void release(int64_t n);

 private:
  struct Waiter;

  // Both with the lock. take: takes n if that is free now. grant: gives the first waiters their shares, and returns
  // them as a ring.
  bool take(int64_t n);
  void* grant();
  // Waits until w has its share, or give_up(w) was called.
  void wait(Waiter* w);
  void give_up(Waiter* w);
  context::Error unless_ended(const context::Context& ctx, int64_t n);

  const int64_t size_;
  int64_t cur_ = 0;  // the weight that is held; under the semaphore's lock
  detail::Sema sema_;
};

}  // namespace semaphore

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using Semaphore = semaphore::Weighted;
#endif

}  // namespace rt0
