// pthread_rwlock_t, for std::shared_mutex and std::shared_timed_mutex, and pthread_spinlock_t. As in glibc, a reader
// does not wait for a writer that waits, so a goroutine may take a read lock twice.
//
//   W1  holders, without kWaited: 0 free, kWriter a writer has it, otherwise the number of readers. kWaited: a
//       goroutine may sleep until the lock is free. It is set only while the lock is not.
//   W2  A goroutine that has to wait sets kWaited, and sleeps only while the word is what it saw then. Whoever makes
//       the lock free writes 0, which takes kWaited away in the same step, and wakes all sleepers if it was set: by
//       the address of the word alone, because another goroutine may have the lock by then, and may have freed it.
#include "kernel_iface/errno.h"
#include "rt0/runtime.h"
#include "runtime/cxx/pthread.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

constexpr u32 kWaited = u32{1} << 31, kWriter = kWaited - 1;

struct CRwlock {
  u32 holders;
  u32 writer;  // the id of the goroutine that has it for writing. Relaxed, for the reason of X3 in mutex.cc
};
static_assert(sizeof(CRwlock) <= kRwlockBytes - 2 * sizeof(u32));  // glibc's initializers set a field behind

u32 me() { return static_cast<u32>(getg()->goid); }

bool change(CRwlock* l, u32* from, u32 to) {
  return __atomic_compare_exchange_n(&l->holders, from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool try_read(CRwlock* l) {
  for (;;) {  // ends when `holders` does not change between the load and the exchange
    u32 v = __atomic_load_n(&l->holders, __ATOMIC_SEQ_CST);
    if ((v & ~kWaited) >= kWriter - 1) return false;
    if (change(l, &v, v + 1)) return true;
  }
}

bool try_write(CRwlock* l) {
  u32 free = 0;
  if (!change(l, &free, kWriter)) return false;
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
  do {  // ends when the lock is taken, or at the deadline
    u32 v = __atomic_load_n(&l->holders, __ATOMIC_SEQ_CST);
    if (v == 0) continue;
    if ((v & kWaited) == 0 && !change(l, &v, v | kWaited)) continue;
    if (futex_wait(&l->holders, v | kWaited, why, deadline) == Woken::timeout) return c_error(Errno::timedout);
  } while (!take());
  return 0;
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
  u32 v = __atomic_load_n(&lock->holders, __ATOMIC_SEQ_CST);
  if (v == 0) return c_error(Errno::perm);
  u32 left = 0;
  if ((v & ~kWaited) == kWriter) {
    if (__atomic_load_n(&lock->writer, __ATOMIC_RELAXED) != me()) return c_error(Errno::perm);
    __atomic_store_n(&lock->writer, 0, __ATOMIC_RELAXED);
    v = __atomic_exchange_n(&lock->holders, 0, __ATOMIC_SEQ_CST);
  } else {
    do left = (v & ~kWaited) == 1 ? 0 : v - 1;  // ends when the word does not change between the load and the exchange
    while (!change(lock, &v, left));
  }
  if (left == 0 && (v & kWaited) != 0) (void)futex_wake(&lock->holders, ~u32{0});
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
