// pthread_mutex_t, for std::mutex and its recursive and timed forms, and the locks that libstdc++ takes itself. A
// waiting goroutine parks, and its thread goes on with another. Linked only into programs that use them.
//
// The object is the toolchain's, whose initializers are zeroes but for the kind. The first word is the lock:
//
//   X1  0 unlocked, 1 locked, 2 locked and a goroutine may wait for it. It goes from 0 to 1 or 2 by the goroutine that
//       gets the lock, to 2 by those that wait, and to 0 by the owner alone. Getting it is an acquire, giving it back a
//       release, so an owner sees what the one before it has written.
//   X2  A goroutine waits only while the word is 2, and an owner that finds 2 when it writes 0 wakes one of them. That
//       one writes 2 again, whether others wait or not, so the next unlock wakes the next.
//   X3  owner and count belong to the owner of the lock. Another goroutine reads `owner` only to compare it with its
//       own id, which no other goroutine writes there. So relaxed accesses are enough.
#include "kernel_iface/errno.h"
#include "runtime/cxx/pthread.h"
#include "sched/above.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

enum : u32 { kNormal, kRecursive, kErrorcheck, kAdaptive };

// The beginning of glibc's struct, in which only `kind` must lie where glibc has it.
struct CMutex {
  u32 lock, count, owner;
#if __SIZEOF_POINTER__ == 8
  u32 unused;
#endif
  u32 kind;
};
static_assert(offsetof(CMutex, kind) == (kPtrSize == 8 ? 16 : 12));
static_assert(sizeof(CMutex) <= kMutexBytes);

u32 me() { return static_cast<u32>(getg()->goid); }

bool try_lock(CMutex* m) {
  u32 unlocked = 0;
  return __atomic_compare_exchange_n(&m->lock, &unlocked, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

bool owned(const CMutex* m) {
  return m->kind != kNormal && m->kind != kAdaptive && __atomic_load_n(&m->owner, __ATOMIC_RELAXED) == me();
}

void own(CMutex* m) {
  if (m->kind == kNormal) return;
  __atomic_store_n(&m->owner, me(), __ATOMIC_RELAXED);
}

// For a kind that looks at its owner, when the caller has it already.
int again(CMutex* m, bool only_try) {
  if (m->kind == kErrorcheck) return c_error(only_try ? Errno::busy : Errno::deadlk);
  if (m->count == 0xffffffff) return c_error(Errno::again);
  m->count++;
  return 0;
}

int lock_until(CMutex* m, i64 deadline) {
  if (owned(m)) return again(m, false);
  if (!try_lock(m)) {
    // Ends when this goroutine's exchange is the first after an unlock's.
    while (__atomic_exchange_n(&m->lock, 2, __ATOMIC_ACQUIRE) != 0)
      if (futex_wait(&m->lock, 2, WaitReason::mutex_lock, deadline) == Woken::timeout) return c_error(Errno::timedout);
  }
  own(m);
  return 0;
}

int try_once(CMutex* m) {
  if (owned(m)) return again(m, true);
  if (!try_lock(m)) return c_error(Errno::busy);
  own(m);
  return 0;
}

int give_back(CMutex* m) {
  if (m->kind != kNormal) {
    if (m->kind != kAdaptive && !owned(m)) return c_error(Errno::perm);
    if (m->count != 0) {
      m->count--;
      return 0;
    }
    __atomic_store_n(&m->owner, 0, __ATOMIC_RELAXED);
  }
  // From here on another goroutine may have the lock, and free the object: only its address is used.
  if (__atomic_exchange_n(&m->lock, 0, __ATOMIC_RELEASE) == 2) (void)futex_wake(&m->lock, 1);
  return 0;
}

template <class T>
int lock_by(void* m, int clock, const T* when) {
  if (!is_clock(clock)) return c_error(Errno::inval);
  CMutex* const mutex = static_cast<CMutex*>(m);
  op_point(m);
  // A time that is none is an error only if the mutex cannot be had at once.
  const i64 deadline = deadline_of(clock, *when);
  if (deadline >= 0) return lock_until(mutex, deadline);
  const int e = try_once(mutex);
  return e == c_error(Errno::busy) ? c_error(Errno::inval) : e;
}

}  // namespace

extern "C" {
int pthread_mutex_init(void* m, const int* attr);
int pthread_mutex_init(void* m, const int* attr) {
  __builtin_memset(m, 0, kMutexBytes);
  if (attr != nullptr) static_cast<CMutex*>(m)->kind = static_cast<u32>(*attr);
  return 0;
}

int pthread_mutex_destroy(void* m);
int pthread_mutex_destroy(void* m) {
  return __atomic_load_n(&static_cast<CMutex*>(m)->lock, __ATOMIC_RELAXED) != 0 ? c_error(Errno::busy) : 0;
}

int pthread_mutex_lock(void* m) {
  op_point_of_program(m, __builtin_return_address(0));
  return lock_until(static_cast<CMutex*>(m), kForever);
}

int pthread_mutex_trylock(void* m) {
  op_point_of_program(m, __builtin_return_address(0));
  return try_once(static_cast<CMutex*>(m));
}

// For libstdc++'s own locks in a program's code: include/rt0/toolchain/ext/concurrence.h.
int rt0_quiet_mutex_lock(void* m);
int rt0_quiet_mutex_lock(void* m) { return lock_until(static_cast<CMutex*>(m), kForever); }
int rt0_quiet_mutex_unlock(void* m);
int rt0_quiet_mutex_unlock(void* m) { return give_back(static_cast<CMutex*>(m)); }

int pthread_mutex_timedlock(void* m, const Timespec* when);
int pthread_mutex_timedlock(void* m, const Timespec* when) { return lock_by(m, kClockRealtime, when); }
int pthread_mutex_clocklock(void* m, int clock, const Timespec* when);
int pthread_mutex_clocklock(void* m, int clock, const Timespec* when) { return lock_by(m, clock, when); }
int __pthread_mutex_timedlock64(void* m, const Timespec64* when);
int __pthread_mutex_timedlock64(void* m, const Timespec64* when) { return lock_by(m, kClockRealtime, when); }
int __pthread_mutex_clocklock64(void* m, int clock, const Timespec64* when);
int __pthread_mutex_clocklock64(void* m, int clock, const Timespec64* when) { return lock_by(m, clock, when); }

int pthread_mutex_unlock(void* m) {
  op_point_of_program(m, __builtin_return_address(0));
  return give_back(static_cast<CMutex*>(m));
}

// A pthread_mutexattr_t is the kind.
int pthread_mutexattr_init(int* attr);
int pthread_mutexattr_init(int* attr) { return *attr = 0; }
int pthread_mutexattr_destroy(int* attr);
int pthread_mutexattr_destroy(int*) { return 0; }
int pthread_mutexattr_settype(int* attr, int kind);
int pthread_mutexattr_settype(int* attr, int kind) {
  if (kind < 0 || kind > static_cast<int>(kAdaptive)) return c_error(Errno::inval);
  *attr = kind;
  return 0;
}
int pthread_mutexattr_gettype(const int* attr, int* kind);
int pthread_mutexattr_gettype(const int* attr, int* kind) {
  *kind = *attr;
  return 0;
}
// There is one process, and goroutines have no priorities; a mutex of an owner that has ended stays locked.
int pthread_mutexattr_setpshared(int* attr, int shared);
int pthread_mutexattr_setpshared(int*, int shared) { return shared == 0 ? 0 : c_error(Errno::notsup); }
int pthread_mutexattr_setprotocol(int* attr, int protocol);
int pthread_mutexattr_setprotocol(int*, int protocol) { return protocol == 0 ? 0 : c_error(Errno::notsup); }
int pthread_mutexattr_setrobust(int* attr, int robust);
int pthread_mutexattr_setrobust(int*, int robust) { return robust == 0 ? 0 : c_error(Errno::notsup); }
}

}  // namespace rt0
