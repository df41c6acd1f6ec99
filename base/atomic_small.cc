// Atomic operations on one and two bytes, for compilers that call a library for them (GCC 12 on riscv64). Linked only into programs that
// use them. Each is a loop of compare-and-exchange on the word around the bytes, sequentially consistent whatever order is asked for.
// The names are the compilers' ABI: https://gcc.gnu.org/wiki/Atomic/GCCMM/LIbrary.
#include "base/types.h"

namespace rt0 {

namespace {

using Word = u32 __attribute__((__may_alias__));

// Puts next(old) in the place of the old value, unless next says no; returns the old value.
template <class T, class Next>
T replace(volatile void* p, Next next) {
  const uintptr a = reinterpret_cast<uintptr>(p);
  auto* word = reinterpret_cast<volatile Word*>(a & ~uintptr{3});
  const u32 byte = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? a & 3 : 4 - sizeof(T) - (a & 3);
  const u32 mask = u32{static_cast<T>(~T{0})} << 8 * byte;
  u32 seen = __atomic_load_n(word, __ATOMIC_RELAXED);
  for (;;) {
    const T old = static_cast<T>((seen & mask) >> 8 * byte);
    T wanted;
    if (!next(old, &wanted)) {
      // A failed exchange is a load of its order.
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

RT0_FETCH(u8, fetch_add_1, x + v)
RT0_FETCH(u8, fetch_sub_1, x - v)
RT0_FETCH(u8, fetch_and_1, (x & v))
RT0_FETCH(u8, fetch_or_1, x | v)
RT0_FETCH(u8, fetch_xor_1, x ^ v)
RT0_FETCH(u8, fetch_nand_1, ~(x& v))
RT0_FETCH(u8, exchange_1, (void(x), v))

RT0_FETCH(u16, fetch_add_2, x + v)
RT0_FETCH(u16, fetch_sub_2, x - v)
RT0_FETCH(u16, fetch_and_2, (x & v))
RT0_FETCH(u16, fetch_or_2, x | v)
RT0_FETCH(u16, fetch_xor_2, x ^ v)
RT0_FETCH(u16, fetch_nand_2, ~(x& v))
RT0_FETCH(u16, exchange_2, (void(x), v))

#undef RT0_FETCH

bool compare_exchange_1(volatile void* p, void* expected, u8 v, int, int) __asm__("__atomic_compare_exchange_1");
bool compare_exchange_1(volatile void* p, void* expected, u8 v, int, int) { return compare_exchange(p, expected, v); }

bool compare_exchange_2(volatile void* p, void* expected, u16 v, int, int) __asm__("__atomic_compare_exchange_2");
bool compare_exchange_2(volatile void* p, void* expected, u16 v, int, int) { return compare_exchange(p, expected, v); }

}  // namespace rt0
