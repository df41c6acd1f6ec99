// Atomic operations on one and two bytes, for compilers that call a library for them (GCC 12 on riscv64). Linked only
// into programs that use them. Each is a loop of compare-and-exchange on the word around the bytes, sequentially
// consistent whatever order is asked for. The names are the compilers' ABI:
// https://gcc.gnu.org/wiki/Atomic/GCCMM/LIbrary.
#include "base/types.h"

namespace rt0 {

namespace {

using Word = u32 __attribute__((__may_alias__));

// Calls next(old, &wanted). If it returns true, stores `wanted` in place of the old value; if false, stores nothing.
// Returns the old value.
template <class T, class Next>
T replace(volatile void* p, Next next) {
  const uintptr a = reinterpret_cast<uintptr>(p);
  auto* word = reinterpret_cast<volatile Word*>(a & ~uintptr{3});
  const u32 byte = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? a & 3 : 4 - sizeof(T) - (a & 3);
  const u32 mask = u32{static_cast<T>(~T{0})} << 8 * byte;
  // Relaxed is enough: if this value is out of date, the exchange below fails and loads it again; on the way out
  // without an exchange, the fence orders the load.
  u32 seen = __atomic_load_n(word, __ATOMIC_RELAXED);
  for (;;) {
    const T old = static_cast<T>((seen & mask) >> 8 * byte);
    T wanted;
    if (!next(old, &wanted)) {
      // A compare-and-exchange that fails is a load, which must be sequentially consistent, too.
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      return old;
    }
    const u32 with = (seen & ~mask) | u32{wanted} << 8 * byte;
    if (__atomic_compare_exchange_n(word, &seen, with, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) return old;
  }
}

template <class T, class Op>
T fetch(volatile void* p, Op op) {
  return replace<T>(p, [op](T old, T* wanted) {
    *wanted = static_cast<T>(op(old));
    return true;
  });
}

template <class T>
bool compare_exchange(volatile void* p, void* expected, T wanted) {
  T* e = static_cast<T*>(expected);
  const T want = *e;
  const T old = replace<T>(p, [want, wanted](T now, T* with) {
    *with = wanted;
    return now == want;
  });
  *e = old;
  return old == want;
}

}  // namespace

#define RT0_FETCH(T, name, wanted)                               \
  T name(volatile void* p, T v, int) __asm__("__atomic_" #name); \
  T name(volatile void* p, T v, int) {                           \
    return fetch<T>(p, [v](u32 x) { return wanted; });           \
  }
#define RT0_ATOMICS(T, n)                                                                                       \
  RT0_FETCH(T, fetch_add_##n, x + v)                                                                            \
  RT0_FETCH(T, fetch_sub_##n, x - v)                                                                            \
  RT0_FETCH(T, fetch_and_##n, (x) & v)                                                                          \
  RT0_FETCH(T, fetch_or_##n, x | v)                                                                             \
  RT0_FETCH(T, fetch_xor_##n, x ^ v)                                                                            \
  RT0_FETCH(T, fetch_nand_##n, ~((x) & v))                                                                      \
  RT0_FETCH(T, exchange_##n, (void(x), v))                                                                      \
  bool compare_exchange_##n(volatile void* p, void* e, T v, int, int) __asm__("__atomic_compare_exchange_" #n); \
  bool compare_exchange_##n(volatile void* p, void* e, T v, int, int) { return compare_exchange(p, e, v); }

RT0_ATOMICS(u8, 1)
RT0_ATOMICS(u16, 2)

}  // namespace rt0
