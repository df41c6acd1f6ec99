// Atomics with the memory order in each method's name. There is no default order and nothing wider than a word: some
// ISAs (mips32, ppc32, riscv32) have no 64-bit atomics, so a 64-bit value is guarded by a lock or kept in two halves.
//
// Each use that is weaker than acquire/release has a comment that says what makes it safe.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

template <class T>
struct Atomic {
  static_assert(sizeof(T) <= sizeof(void*), "word-sized only: see the head of this file");
  static_assert(sizeof(T) >= 4, "no sub-word compare-and-swap on some ISAs: use a u32");

  T v;

  RT0_INLINE T load_relaxed() const { return load(__ATOMIC_RELAXED); }
  RT0_INLINE T load_acquire() const { return load(__ATOMIC_ACQUIRE); }
  RT0_INLINE T load_seqcst() const { return load(__ATOMIC_SEQ_CST); }
  RT0_INLINE void store_relaxed(T x) { __atomic_store(&v, &x, __ATOMIC_RELAXED); }
  RT0_INLINE void store_release(T x) { __atomic_store(&v, &x, __ATOMIC_RELEASE); }
  RT0_INLINE void store_seqcst(T x) { __atomic_store(&v, &x, __ATOMIC_SEQ_CST); }

  // Compare-and-swap: true if the value was `old` and is now `x`. On failure it is a relaxed load (cas_seqcst: seqcst).
  RT0_INLINE bool cas_relaxed(T old, T x) { return cas(old, x, __ATOMIC_RELAXED, __ATOMIC_RELAXED); }
  RT0_INLINE bool cas_acquire(T old, T x) { return cas(old, x, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED); }
  RT0_INLINE bool cas_release(T old, T x) { return cas(old, x, __ATOMIC_RELEASE, __ATOMIC_RELAXED); }
  RT0_INLINE bool cas_acqrel(T old, T x) { return cas(old, x, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED); }
  RT0_INLINE bool cas_seqcst(T old, T x) { return cas(old, x, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); }

  // Exchange: returns the value before.
  RT0_INLINE T xchg_acquire(T x) { return __atomic_exchange_n(&v, x, __ATOMIC_ACQUIRE); }
  RT0_INLINE T xchg_release(T x) { return __atomic_exchange_n(&v, x, __ATOMIC_RELEASE); }
  RT0_INLINE T xchg_acqrel(T x) { return __atomic_exchange_n(&v, x, __ATOMIC_ACQ_REL); }
  RT0_INLINE T xchg_seqcst(T x) { return __atomic_exchange_n(&v, x, __ATOMIC_SEQ_CST); }

  // Add: returns the value after, as Go's Xadd does.
  RT0_INLINE T add_relaxed(T d) { return __atomic_add_fetch(&v, d, __ATOMIC_RELAXED); }
  RT0_INLINE T add_acqrel(T d) { return __atomic_add_fetch(&v, d, __ATOMIC_ACQ_REL); }
  RT0_INLINE T add_seqcst(T d) { return __atomic_add_fetch(&v, d, __ATOMIC_SEQ_CST); }

  // Subtract: returns the value after.
  RT0_INLINE T sub_relaxed(T d) { return __atomic_sub_fetch(&v, d, __ATOMIC_RELAXED); }
  RT0_INLINE T sub_acqrel(T d) { return __atomic_sub_fetch(&v, d, __ATOMIC_ACQ_REL); }
  RT0_INLINE T sub_seqcst(T d) { return __atomic_sub_fetch(&v, d, __ATOMIC_SEQ_CST); }

  // And, Or: return the value before.
  RT0_INLINE T and_acqrel(T m) { return __atomic_fetch_and(&v, m, __ATOMIC_ACQ_REL); }
  RT0_INLINE T or_acqrel(T m) { return __atomic_fetch_or(&v, m, __ATOMIC_ACQ_REL); }

 private:
  // Only the builtins that take pointers accept enumerations. When these are inlined, the order is a constant.
  RT0_INLINE T load(int order) const {
    T x;
    __atomic_load(&v, &x, order);
    return x;
  }
  RT0_INLINE bool cas(T old, T x, int ok, int fail) { return __atomic_compare_exchange(&v, &old, &x, false, ok, fail); }
};

// A full barrier: other threads see the stores before it before any load after it is made.
RT0_INLINE void fence_seqcst() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// Keeps the compiler, not the CPU, from moving memory accesses across this point. Enough between a thread and a
// signal handler that runs on it.
RT0_INLINE void compiler_barrier() { __asm__ volatile("" ::: "memory"); }

}  // namespace rt0
