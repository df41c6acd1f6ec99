// <semaphore.h>: sem_t. Its first word is the value; the highest bit says that a goroutine has waited.
//
//   S1  A goroutine that finds no value sets kWaited, and sleeps only while the word is kWaited alone: value 0.
//   S2  A post that finds kWaited wakes one sleeper. It uses only the address then: the goroutine that takes the value
//       may have freed the object.
// kWaited stays set, so later posts look for sleepers in vain; that costs little.
#include "kernel_iface/errno.h"
#include "runtime/cxx/pthread.h"
#include "sched/proc.h"

namespace rt0 {

namespace {

constexpr u32 kWaited = u32{1} << 31, kMost = kWaited - 1;

int failed(Errno e) {
  getg()->c_errno = c_error(e);
  return -1;
}

bool take(u32* s) {
  for (;;) {  // ends when the word does not change between the load and the exchange
    u32 v = __atomic_load_n(s, __ATOMIC_SEQ_CST);
    if ((v & kMost) == 0) return false;
    if (__atomic_compare_exchange_n(s, &v, v - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return true;
  }
}

int wait_until(u32* s, i64 deadline) {
  op_point(s);
  while (!take(s)) {  // ends when another goroutine posts, or at the deadline
    if (deadline < 0) return failed(Errno::inval);
    u32 none = 0;
    (void)__atomic_compare_exchange_n(s, &none, kWaited, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (futex_wait(s, kWaited, WaitReason::semacquire, deadline) == Woken::timeout) return failed(Errno::timedout);
  }
  return 0;
}

template <class T>
int wait_by(u32* s, int clock, const T* when) {
  return is_clock(clock) ? wait_until(s, deadline_of(clock, *when)) : failed(Errno::inval);
}

}  // namespace

extern "C" {
int sem_init(u32* s, int shared, unsigned value);
int sem_init(u32* s, int shared, unsigned value) {
  if (shared != 0) return failed(Errno::nosys);
  if (value > kMost) return failed(Errno::inval);
  *s = value;
  return 0;
}
int sem_destroy(u32* s);
int sem_destroy(u32*) { return 0; }
int sem_wait(u32* s);
int sem_wait(u32* s) { return wait_until(s, kForever); }
int sem_trywait(u32* s);
int sem_trywait(u32* s) {
  op_point(s);
  return take(s) ? 0 : failed(Errno::again);
}
int sem_timedwait(u32* s, const Timespec* when);
int sem_timedwait(u32* s, const Timespec* when) { return wait_by(s, kClockRealtime, when); }
int sem_clockwait(u32* s, int clock, const Timespec* when);
int sem_clockwait(u32* s, int clock, const Timespec* when) { return wait_by(s, clock, when); }
int __sem_timedwait64(u32* s, const Timespec64* when);
int __sem_timedwait64(u32* s, const Timespec64* when) { return wait_by(s, kClockRealtime, when); }
int __sem_clockwait64(u32* s, int clock, const Timespec64* when);
int __sem_clockwait64(u32* s, int clock, const Timespec64* when) { return wait_by(s, clock, when); }
int sem_post(u32* s);
int sem_post(u32* s) {
  op_point(s);
  u32 v = __atomic_load_n(s, __ATOMIC_SEQ_CST);
  do {  // ends when the word does not change between the load and the exchange
    if ((v & kMost) == kMost) return failed(Errno::overflow);
  } while (!__atomic_compare_exchange_n(s, &v, v + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  if ((v & kWaited) != 0) (void)futex_wake(s, 1);
  return 0;
}
int sem_getvalue(u32* s, int* value);
int sem_getvalue(u32* s, int* value) {
  *value = static_cast<int>(__atomic_load_n(s, __ATOMIC_SEQ_CST) & kMost);
  return 0;
}
}

}  // namespace rt0
