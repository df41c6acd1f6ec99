// Go's package sync/atomic: values that goroutines share without a lock. Every operation is sequentially consistent, as
// Go's are.
//
//   constinit rt0::atomic::Int64 hits{};
//   hits.add(1);                        // the value after
//   if (flag.compare_and_swap(0, 1)) …  // true: it was 0 and is 1 now
//
// A value is not copied; share a reference to it.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace rt0 {
namespace detail {

// 64-bit operations for 32-bit machines, under a lock of the runtime; see lib/sync/atomic64.cc. Not called on 64-bit
// machines.
uint64_t atomic64_load(const uint64_t* p);
uint64_t atomic64_swap(uint64_t* p, uint64_t x);
uint64_t atomic64_add(uint64_t* p, uint64_t d);  // the value after
bool atomic64_cas(uint64_t* p, uint64_t old, uint64_t x);

// On the simulated kernel another goroutine may run before each atomic operation of the program; see
// docs/DETERMINISM.md. The runtime's own atomic operations are no such points.
extern const unsigned simulated __asm__("runtime.simulated");
void sim_point(const volatile void* touches) __asm__("runtime.simpoint");
[[gnu::always_inline]] inline void atomic_point([[maybe_unused]] const volatile void* touches) {
#ifndef RT0_RUNTIME
  if (__builtin_expect(simulated != 0, 0)) sim_point(touches);
#endif
}

// A value with atomic operations: the CPU's if it has them for this width, else the runtime's.
template <class T>
struct Cell {
  static constexpr bool kNative = sizeof(T) <= sizeof(void*) || __GCC_ATOMIC_LLONG_LOCK_FREE == 2;
  alignas(sizeof(T)) T v = 0;

  constexpr Cell() = default;
  constexpr explicit Cell(T x) : v(x) {}
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;

  [[gnu::always_inline]] inline T load() const {
    atomic_point(&v);
    if constexpr (kNative) return __atomic_load_n(&v, __ATOMIC_SEQ_CST);
    else return static_cast<T>(atomic64_load(reinterpret_cast<const uint64_t*>(&v)));
  }
  [[gnu::always_inline]] inline void store(T x) {
    atomic_point(&v);
    if constexpr (kNative) __atomic_store_n(&v, x, __ATOMIC_SEQ_CST);
    else (void)swap(x);
  }
  // Stores x and returns the value before.
  [[gnu::always_inline]] inline T swap(T x) {
    atomic_point(&v);
    if constexpr (kNative) return __atomic_exchange_n(&v, x, __ATOMIC_SEQ_CST);
    else return static_cast<T>(atomic64_swap(reinterpret_cast<uint64_t*>(&v), static_cast<uint64_t>(x)));
  }
  [[gnu::always_inline]] inline bool compare_and_swap(T old, T x) {
    atomic_point(&v);
    if constexpr (kNative) return __atomic_compare_exchange_n(&v, &old, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    else return atomic64_cas(reinterpret_cast<uint64_t*>(&v), static_cast<uint64_t>(old), static_cast<uint64_t>(x));
  }
};

}  // namespace detail

namespace atomic {

// A number. Go: atomic.Int32 and the like.
template <class T>
struct Number : detail::Cell<T> {
  using detail::Cell<T>::Cell;

  // Adds d and returns the value after. An overflow wraps around.
  [[gnu::always_inline]] inline T add(T d) {
    detail::atomic_point(&this->v);
    if constexpr (Number::kNative) return __atomic_add_fetch(&this->v, d, __ATOMIC_SEQ_CST);
    else return static_cast<T>(detail::atomic64_add(reinterpret_cast<uint64_t*>(&this->v), static_cast<uint64_t>(d)));
  }
  // These two return the value before. They try again as long as another goroutine has changed the value in between.
  T and_(T mask) {
    for (;;) {
      const T old = this->load();
      if (this->compare_and_swap(old, old & mask)) return old;
    }
  }
  T or_(T mask) {
    for (;;) {
      const T old = this->load();
      if (this->compare_and_swap(old, old | mask)) return old;
    }
  }
};

using Int32 = Number<int32_t>;
using Uint32 = Number<uint32_t>;
using Int64 = Number<int64_t>;
using Uint64 = Number<uint64_t>;
using Uintptr = Number<uintptr_t>;

// Go: atomic.Bool.
class Bool {
 public:
  constexpr Bool() = default;
  constexpr explicit Bool(bool x) : v_(x) {}
  bool load() const { return v_.load() != 0; }
  void store(bool x) { v_.store(x); }
  bool swap(bool x) { return v_.swap(x) != 0; }
  bool compare_and_swap(bool old, bool x) { return v_.compare_and_swap(old, x); }

 private:
  detail::Cell<uint32_t> v_;
};

// Go: atomic.Pointer[T].
template <class T>
class Pointer {
 public:
  constexpr Pointer() = default;
  constexpr explicit Pointer(T* x) : v_(x) {}
  Pointer(const Pointer&) = delete;
  Pointer& operator=(const Pointer&) = delete;

  T* load() const {
    detail::atomic_point(&v_);
    return __atomic_load_n(&v_, __ATOMIC_SEQ_CST);
  }
  void store(T* x) {
    detail::atomic_point(&v_);
    __atomic_store_n(&v_, x, __ATOMIC_SEQ_CST);
  }
  T* swap(T* x) {
    detail::atomic_point(&v_);
    return __atomic_exchange_n(&v_, x, __ATOMIC_SEQ_CST);
  }
  bool compare_and_swap(T* old, T* x) {
    detail::atomic_point(&v_);
    return __atomic_compare_exchange_n(&v_, &old, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }

 private:
  T* v_ = nullptr;
};

}  // namespace atomic
}  // namespace rt0
