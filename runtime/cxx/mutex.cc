// std::mutex, and the locks that libstdc++ takes itself: where the compiler has no atomic operations on single bytes
// (GCC 12 on riscv64), std::shared_ptr counts under one. libstdc++ calls pthread's functions; with these, a waiting
// goroutine parks, and its thread goes on with another. Linked only into programs that use them.
//
// The first word of a pthread_mutex_t, which begins as 0, is the lock:
//
//   X1  0 unlocked, 1 locked, 2 locked and a goroutine may wait for it. It goes from 0 to 1 or 2 by the goroutine that
//       gets the lock, to 2 by those that wait, and to 0 by the owner alone. Getting it is an acquire, giving it back a
//       release, so an owner sees what the one before it has written.
//   X2  A waiting goroutine writes 2 and begins to wait with `mu` held. An owner that finds 2 when it writes 0 takes
//       `mu` before it wakes the others. So either the 0 is written before the 2, and the waiting goroutine gets the
//       lock; or the wake-up comes after the wait has begun, and ends it.
//
// All mutexes share one list of waiting goroutines, and each wake-up is for all of them: a list chosen by the address
// would make traces differ between ISAs. A program with much contention is better off with rt0::sync::Mutex.
#include "base/types.h"
#include "rt0/sync.h"
#include "sched/above.h"

namespace rt0 {

namespace {

// `mu` guards the beginning of a wait (X2). The words themselves change atomically, with or without it.
constinit sync::Mutex mu{};
constinit sync::Cond<sync::Mutex> changed{mu};

u32* word(void* m) {
  // glibc's field `kind` is not 0 in a recursive mutex and the like.
  if (static_cast<const i32*>(m)[kPtrSize == 8 ? 4 : 3] != 0)
    fatal("std::recursive_mutex and pthread mutexes of other kinds than the default are not there: use std::mutex");
  return static_cast<u32*>(m);
}

bool try_lock(u32* w) {  // NOLINT(readability-non-const-parameter): the builtin writes to it
  u32 unlocked = 0;
  return __atomic_compare_exchange_n(w, &unlocked, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

}  // namespace

extern "C" {
int pthread_mutex_lock(void* m);
int pthread_mutex_lock(void* m) {
  u32* const w = word(m);
  if (try_lock(w)) return 0;
  mu.lock();
  while (__atomic_exchange_n(w, 2, __ATOMIC_ACQUIRE) != 0) changed.wait();  // ends when the owner unlocks: X2
  mu.unlock();
  return 0;
}

int pthread_mutex_trylock(void* m);
int pthread_mutex_trylock(void* m) {
  constexpr int kEbusy = 16;
  return try_lock(word(m)) ? 0 : kEbusy;
}

int pthread_mutex_unlock(void* m);
int pthread_mutex_unlock(void* m) {
  if (__atomic_exchange_n(word(m), 0, __ATOMIC_RELEASE) != 2) return 0;
  mu.lock();
  mu.unlock();
  changed.broadcast();
  return 0;
}

int pthread_mutex_destroy(void* m);
int pthread_mutex_destroy(void*) { return 0; }
}

}  // namespace rt0
