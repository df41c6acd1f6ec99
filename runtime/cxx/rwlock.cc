// pthread_rwlock_t, for std::shared_mutex and std::shared_timed_mutex, and pthread_spinlock_t. As in glibc, a reader
// does not wait for a writer that waits, so a goroutine may take a read lock twice.
//
//   W1  holders: 0 free, kWriter a writer has it, otherwise the number of readers.
//   W2  A goroutine that has to wait counts itself in `waiting`, tries once more, and sleeps while `changes` is as it
//       was before that try. A goroutine that makes the lock free changes `holders` first, reads `waiting`, and, if it
//       is not 0, changes `changes` and wakes. All of these are sequentially consistent: so either the try sees a free
//       lock, or the sleep ends.
#include "kernel_iface/errno.h"
#include "rt0/runtime.h"
#include "runtime/cxx/pthread.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

constexpr u32 kWriter = 0xffffffff;

struct CRwlock {
  u32 holders, waiting, changes;
  u32 writer;  // the id of the goroutine that has it for writing. Relaxed, for the reason of X3 in mutex.cc
};
static_assert(sizeof(CRwlock) <= kRwlockBytes - 2 * sizeof(u32));  // glibc's initializers set a field behind

u32 me() { return static_cast<u32>(getg()->goid); }

bool try_read(CRwlock* l) {
  for (;;) {  // ends when `holders` does not change between the load and the exchange
    u32 n = __atomic_load_n(&l->holders, __ATOMIC_SEQ_CST);
    if (n >= kWriter - 1) return false;
    if (__atomic_compare_exchange_n(&l->holders, &n, n + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return true;
  }
}

bool try_write(CRwlock* l) {
  u32 free = 0;
  if (!__atomic_compare_exchange_n(&l->holders, &free, kWriter, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    return false;
  __atomic_store_n(&l->writer, me(), __ATOMIC_RELAXED);
  return true;
}

int take_until(CRwlock* l, bool write, i64 deadline) {
  op_point(l);
  const auto take = [&] { return write ? try_write(l) : try_read(l); };
  if (take()) return 0;
  if (__atomic_load_n(&l->writer, __ATOMIC_RELAXED) == me()) return c_error(Errno::deadlk);
  if (deadline < 0) return c_error(Errno::inval);
  const WaitReason why = write ? WaitReason::rwmutex_lock : WaitReason::rwmutex_rlock;
  (void)__atomic_fetch_add(&l->waiting, 1, __ATOMIC_SEQ_CST);
  int e = 0;
  for (;;) {  // ends when the lock is taken, or at the deadline
    const u32 changes = __atomic_load_n(&l->changes, __ATOMIC_SEQ_CST);
    if (take()) break;
    if (futex_wait(&l->changes, changes, why, deadline) != Woken::timeout) continue;
    e = c_error(Errno::timedout);
    break;
  }
  (void)__atomic_fetch_sub(&l->waiting, 1, __ATOMIC_SEQ_CST);
  return e;
}

template <class T>
int take_by(void* l, bool write, int clock, const T* when) {
  if (!is_clock(clock)) return c_error(Errno::inval);
  return take_until(static_cast<CRwlock*>(l), write, deadline_of(clock, *when));
}

}  // namespace

extern "C" {
int pthread_rwlock_init(void* l, const void* attr);
int pthread_rwlock_init(void* l, const void*) {
  __builtin_memset(l, 0, kRwlockBytes);
  return 0;
}
int pthread_rwlock_destroy(void* l);
int pthread_rwlock_destroy(void* l) {
  return __atomic_load_n(&static_cast<CRwlock*>(l)->holders, __ATOMIC_RELAXED) != 0 ? c_error(Errno::busy) : 0;
}
int pthread_rwlock_rdlock(void* l);
int pthread_rwlock_rdlock(void* l) { return take_until(static_cast<CRwlock*>(l), false, kForever); }
int pthread_rwlock_wrlock(void* l);
int pthread_rwlock_wrlock(void* l) { return take_until(static_cast<CRwlock*>(l), true, kForever); }
int pthread_rwlock_tryrdlock(void* l);
int pthread_rwlock_tryrdlock(void* l) {
  op_point(l);
  return try_read(static_cast<CRwlock*>(l)) ? 0 : c_error(Errno::busy);
}
int pthread_rwlock_trywrlock(void* l);
int pthread_rwlock_trywrlock(void* l) {
  op_point(l);
  return try_write(static_cast<CRwlock*>(l)) ? 0 : c_error(Errno::busy);
}
int pthread_rwlock_timedrdlock(void* l, const Timespec* when);
int pthread_rwlock_timedrdlock(void* l, const Timespec* when) { return take_by(l, false, kClockRealtime, when); }
int pthread_rwlock_timedwrlock(void* l, const Timespec* when);
int pthread_rwlock_timedwrlock(void* l, const Timespec* when) { return take_by(l, true, kClockRealtime, when); }
int pthread_rwlock_clockrdlock(void* l, int clock, const Timespec* when);
int pthread_rwlock_clockrdlock(void* l, int clock, const Timespec* when) { return take_by(l, false, clock, when); }
int pthread_rwlock_clockwrlock(void* l, int clock, const Timespec* when);
int pthread_rwlock_clockwrlock(void* l, int clock, const Timespec* when) { return take_by(l, true, clock, when); }
int __pthread_rwlock_timedrdlock64(void* l, const Timespec64* when);
int __pthread_rwlock_timedrdlock64(void* l, const Timespec64* when) { return take_by(l, false, kClockRealtime, when); }
int __pthread_rwlock_timedwrlock64(void* l, const Timespec64* when);
int __pthread_rwlock_timedwrlock64(void* l, const Timespec64* when) { return take_by(l, true, kClockRealtime, when); }
int __pthread_rwlock_clockrdlock64(void* l, int clock, const Timespec64* when);
int __pthread_rwlock_clockrdlock64(void* l, int clock, const Timespec64* when) {
  return take_by(l, false, clock, when);
}
int __pthread_rwlock_clockwrlock64(void* l, int clock, const Timespec64* when);
int __pthread_rwlock_clockwrlock64(void* l, int clock, const Timespec64* when) { return take_by(l, true, clock, when); }

int pthread_rwlock_unlock(void* l);
int pthread_rwlock_unlock(void* l) {
  CRwlock* const lock = static_cast<CRwlock*>(l);
  op_point(lock);
  const u32 holders = __atomic_load_n(&lock->holders, __ATOMIC_SEQ_CST);
  if (holders == 0) return c_error(Errno::perm);
  u32 left = 0;
  if (holders == kWriter) {
    if (__atomic_load_n(&lock->writer, __ATOMIC_RELAXED) != me()) return c_error(Errno::perm);
    __atomic_store_n(&lock->writer, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->holders, 0, __ATOMIC_SEQ_CST);
  } else {
    left = __atomic_sub_fetch(&lock->holders, 1, __ATOMIC_SEQ_CST);
  }
  if (left == 0 && __atomic_load_n(&lock->waiting, __ATOMIC_SEQ_CST) != 0) {
    (void)__atomic_fetch_add(&lock->changes, 1, __ATOMIC_SEQ_CST);
    (void)futex_wake(&lock->changes, ~u32{0});
  }
  return 0;
}

// A spin lock gives way between its tries: its owner may be a goroutine of the same P.
int pthread_spin_init(u32* l, int shared);
int pthread_spin_init(u32* l, int) {
  *l = 0;
  return 0;
}
int pthread_spin_destroy(u32* l);
int pthread_spin_destroy(u32*) { return 0; }
int pthread_spin_trylock(u32* l);
int pthread_spin_trylock(u32* l) {
  op_point(l);
  return __atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE) == 0 ? 0 : c_error(Errno::busy);
}
int pthread_spin_lock(u32* l);
int pthread_spin_lock(u32* l) {
  op_point(l);
  while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE) != 0) gosched();  // ends when the owner unlocks
  return 0;
}
int pthread_spin_unlock(u32* l);
int pthread_spin_unlock(u32* l) {
  op_point(l);
  __atomic_store_n(l, 0, __ATOMIC_RELEASE);
  return 0;
}
}

}  // namespace rt0
