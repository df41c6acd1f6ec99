// What the C library's functions of threads wait with: a goroutine sleeps until another one wakes it by the address of
// a word, as threads do with Linux's futexes. So mutexes, conditions and the like can keep the toolchain's types, in
// which there is no room for a queue, and all states of theirs are words that change atomically.
//
// Why no wake-up is lost: the waiter compares the word and enters the queue under the lock of the word's bucket, and
// leaves its stack before that lock is released. The waker changes the word first, and then takes the same lock. So
// either the waiter sees the new value, or the waker finds the waiter.
//
// Only the address of a word is used to wake, so the object may be gone by then: then nobody waits, or a goroutine that
// waits for something else at that address looks once more, which all of them do.
#pragma once

#include "base/types.h"
#include "sched/status.h"

namespace rt0 {

enum class Woken : u8 { woken, changed, timeout };

// No deadline.
inline constexpr i64 kForever = 0x7fffffffffffffff;

// Waits while *word is `expected`, until futex_wake, or until the clock (kernel->nanotime) has reached `deadline`.
//   changed  it has not slept: *word had another value
Woken futex_wait(const u32* word, u32 expected, WaitReason why, i64 deadline = kForever);
// Wakes at most `most` goroutines that wait for this word, those first that began first. Returns how many.
u32 futex_wake(const u32* word, u32 most);

// The clocks that deadlines are given by, as C numbers them.
inline constexpr int kClockRealtime = 0, kClockMonotonic = 1;
inline constexpr i64 kNsPerSecond = 1000000000;

// A struct timespec, and its form on 32-bit ISAs for programs that are compiled with 64-bit times.
struct Timespec {
  long sec, nsec;
};
struct Timespec64 {
  i64 sec;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  i32 unused;
  i32 nsec;
#else
  i32 nsec;
  i32 unused;
#endif
};

// The nanoseconds of a span of time; kForever if it is longer than a clock counts. -1: it is none (EINVAL).
template <class T>
i64 span_of(const T& t) {
  if (t.nsec < 0 || t.nsec >= kNsPerSecond) return -1;
  const i64 seconds = t.sec;
  if (seconds < 0) return 0;
  return seconds >= kForever / kNsPerSecond ? kForever : seconds * kNsPerSecond + t.nsec;
}
// The deadline for futex_wait of a time by the clock `id`. -1: it is none (EINVAL).
i64 deadline_by(int id, i64 when);
template <class T>
i64 deadline_of(int id, const T& t) {
  return deadline_by(id, span_of(t));
}

}  // namespace rt0
