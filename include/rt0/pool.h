// Go's sync.Pool: objects to be used again.
//
//   constinit rt0::sync::Pool<Buffer> buffers{[] { return new Buffer; }};
//   Buffer* b = buffers.get(); … buffers.put(b);
//
// get() returns the object that was put last on the same P, else one of another P, else one that the function makes
// (null without a function); the function may be a lambda without captures. A Pool has no destructor, because it may be
// a global, whose destructor would not run: it lives as long as the program. No garbage collector empties it.
#pragma once

#include <stddef.h>

#include "rt0/panic.h"

namespace rt0 {
namespace detail {

// The runtime's part of a Pool: see lib/sync/pool.cc.
struct PoolState {
  void* locals = nullptr;
  unsigned lock_key = 0, lock_rank = 0;
};

void* pool_get(PoolState* p);
void pool_put(PoolState* p, void* x);

}  // namespace detail

namespace sync {

template <class T>
class Pool {
 public:
  constexpr Pool() = default;
  constexpr explicit Pool(T* (*make)()) : make_(make) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  T* get() {
    if (void* x = detail::pool_get(&state_); x != nullptr) return static_cast<T*>(x);
    return make_ != nullptr ? func(make_) : nullptr;
  }
  // Puts x into the Pool: the caller must not use it any more. Null is ignored.
  void put(T* x) {
    if (x != nullptr) detail::pool_put(&state_, x);
  }

 private:
  detail::PoolState state_;
  T* (*make_)() = nullptr;
};

}  // namespace sync

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using sync::Pool;
#endif

}  // namespace rt0
