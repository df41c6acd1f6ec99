// pthread_cond_t, for std::condition_variable, and pthread_barrier_t.
//
// A condition counts the signals. A waiter reads the count while it holds the mutex, gives the mutex back, and sleeps
// as long as the count is the same; a signal changes the count first and then wakes. So a signal that comes after the
// mutex was given back ends the wait, whether the waiter sleeps already or not. A goroutine that is about to sleep may
// be woken by a signal that was for another one: POSIX and C++ allow that, and programs look at their condition again.
#include "kernel_iface/errno.h"
#include "runtime/cxx/pthread.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

struct CCond {
  u32 signals;
  u32 clock;  // that of pthread_cond_timedwait
};
static_assert(sizeof(CCond) <= kCondBytes);

void signal(CCond* c, u32 most) {
  op_point(c);
  (void)__atomic_fetch_add(&c->signals, 1, __ATOMIC_SEQ_CST);
  (void)futex_wake(&c->signals, most);
}

int wait_until(CCond* c, void* m, i64 deadline) {
  if (deadline < 0) return c_error(Errno::inval);
  op_point(c);
  const u32 signals = __atomic_load_n(&c->signals, __ATOMIC_SEQ_CST);
  if (const int e = pthread_mutex_unlock(m); e != 0) return e;
  const Woken how = futex_wait(&c->signals, signals, WaitReason::cond_wait, deadline);
  const int e = pthread_mutex_lock(m);
  return how == Woken::timeout ? c_error(Errno::timedout) : e;
}

template <class T>
int wait_by(void* c, void* m, int clock, const T* when) {
  if (!is_clock(clock)) return c_error(Errno::inval);
  return wait_until(static_cast<CCond*>(c), m, deadline_of(clock, *when));
}

int own_clock(const void* c) { return static_cast<int>(static_cast<const CCond*>(c)->clock); }

// leaving: how many of a round that is complete have not left pthread_barrier_wait yet. The one that came last may
// destroy the barrier at once, and free it or use it anew, but the others still have to look at `round`.
struct CBarrier {
  u32 count, arrived, round, leaving;
};
static_assert(sizeof(CBarrier) <= kBarrierBytes);

}  // namespace

extern "C" {
int pthread_cond_init(void* c, const int* attr);
int pthread_cond_init(void* c, const int* attr) {
  __builtin_memset(c, 0, kCondBytes);
  if (attr != nullptr) static_cast<CCond*>(c)->clock = static_cast<u32>(*attr);
  return 0;
}
int pthread_cond_destroy(void* c);
int pthread_cond_destroy(void*) { return 0; }
int pthread_cond_signal(void* c);
int pthread_cond_signal(void* c) {
  signal(static_cast<CCond*>(c), 1);
  return 0;
}
int pthread_cond_broadcast(void* c);
int pthread_cond_broadcast(void* c) {
  signal(static_cast<CCond*>(c), ~u32{0});
  return 0;
}
int pthread_cond_wait(void* c, void* m);
int pthread_cond_wait(void* c, void* m) { return wait_until(static_cast<CCond*>(c), m, kForever); }
int pthread_cond_timedwait(void* c, void* m, const Timespec* when);
int pthread_cond_timedwait(void* c, void* m, const Timespec* when) { return wait_by(c, m, own_clock(c), when); }
int pthread_cond_clockwait(void* c, void* m, int clock, const Timespec* when);
int pthread_cond_clockwait(void* c, void* m, int clock, const Timespec* when) { return wait_by(c, m, clock, when); }
int __pthread_cond_timedwait64(void* c, void* m, const Timespec64* when);
int __pthread_cond_timedwait64(void* c, void* m, const Timespec64* when) { return wait_by(c, m, own_clock(c), when); }
int __pthread_cond_clockwait64(void* c, void* m, int clock, const Timespec64* when);
int __pthread_cond_clockwait64(void* c, void* m, int clock, const Timespec64* when) {
  return wait_by(c, m, clock, when);
}

// A pthread_condattr_t is the clock.
int pthread_condattr_init(int* attr);
int pthread_condattr_init(int* attr) { return *attr = 0; }
int pthread_condattr_destroy(int* attr);
int pthread_condattr_destroy(int*) { return 0; }
int pthread_condattr_setclock(int* attr, int clock);
int pthread_condattr_setclock(int* attr, int clock) {
  if (!is_clock(clock)) return c_error(Errno::inval);
  *attr = clock;
  return 0;
}
int pthread_condattr_getclock(const int* attr, int* clock);
int pthread_condattr_getclock(const int* attr, int* clock) {
  *clock = *attr;
  return 0;
}
int pthread_condattr_setpshared(int* attr, int shared);
int pthread_condattr_setpshared(int*, int shared) { return shared == 0 ? 0 : c_error(Errno::notsup); }

int pthread_barrier_init(void* b, const void* attr, unsigned count);
int pthread_barrier_init(void* b, const void*, unsigned count) {
  if (count == 0) return c_error(Errno::inval);
  *static_cast<CBarrier*>(b) = {count, 0, 0, 0};
  return 0;
}
int pthread_barrier_destroy(void* b);
int pthread_barrier_destroy(void* b) {
  CBarrier* const barrier = static_cast<CBarrier*>(b);
  if (__atomic_load_n(&barrier->arrived, __ATOMIC_RELAXED) != 0) return c_error(Errno::busy);
  while (const u32 n = __atomic_load_n(&barrier->leaving, __ATOMIC_ACQUIRE))  // ends when all have left
    (void)futex_wait(&barrier->leaving, n, WaitReason::semacquire);
  return 0;
}
// PTHREAD_BARRIER_SERIAL_THREAD, -1, for the goroutine that comes last; 0 for all others.
int pthread_barrier_wait(void* b);
int pthread_barrier_wait(void* b) {
  CBarrier* const barrier = static_cast<CBarrier*>(b);
  op_point(barrier);
  const u32 round = __atomic_load_n(&barrier->round, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&barrier->arrived, 1, __ATOMIC_ACQ_REL) == barrier->count) {
    // Before the round changes: those that come for the next round count from 0.
    __atomic_store_n(&barrier->arrived, 0, __ATOMIC_RELAXED);
    (void)__atomic_fetch_add(&barrier->leaving, barrier->count - 1, __ATOMIC_RELAXED);
    (void)__atomic_fetch_add(&barrier->round, 1, __ATOMIC_ACQ_REL);
    (void)futex_wake(&barrier->round, ~u32{0});
    return -1;
  }
  while (__atomic_load_n(&barrier->round, __ATOMIC_ACQUIRE) == round)  // ends when the last one has come
    (void)futex_wait(&barrier->round, round, WaitReason::semacquire);
  // Whoever waits in pthread_barrier_destroy may free it from here on: only the address is used.
  if (__atomic_sub_fetch(&barrier->leaving, 1, __ATOMIC_RELEASE) == 0) (void)futex_wake(&barrier->leaving, ~u32{0});
  return 0;
}
}

}  // namespace rt0
