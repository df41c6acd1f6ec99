// The functions that compilers call on 32-bit ISAs for arithmetic of 64 bits, under their names in libgcc and
// compiler-rt. The runtime itself needs them, so they are rt0's own: not every cross compiler has a libgcc, and
// libgcc's division on ARM needs a libc's raise(). Programs are linked with libgcc after rt0, for functions that are
// not here: see tools/rt0.cmake.
#include "base/types.h"  // IWYU pragma: keep (used where words have 32 bits)

#if __SIZEOF_POINTER__ == 4

namespace {

using namespace rt0;

struct Halves {
  u64 quot, rem;
};

// Bit by bit, unless n fits into 32 bits. That is slow, but no code that must be fast divides larger numbers.
constexpr Halves divide(u64 n, u64 d) {
  if (d > n) return {0, n};
  if (n >> 32 == 0) return {static_cast<u32>(n) / static_cast<u32>(d), static_cast<u32>(n) % static_cast<u32>(d)};
  int shift = __builtin_clzll(d) - __builtin_clzll(n);
  u64 quot = 0;
  for (d <<= shift; shift >= 0; shift--, d >>= 1) {
    quot <<= 1;
    if (n >= d) {
      n -= d;
      quot |= 1;
    }
  }
  return {quot, n};
}
static_assert(divide(~u64{0}, 10).quot == 1844674407370955161u && divide(~u64{0}, 10).rem == 5);
static_assert(divide(6, 7).quot == 0 && divide(7, 7).quot == 1 && divide(u64{1} << 63, 3).rem == 2);

u64 magnitude(i64 v) { return v < 0 ? u64{0} - static_cast<u64>(v) : static_cast<u64>(v); }
i64 with_sign(u64 v, bool negative) { return static_cast<i64>(negative ? u64{0} - v : v); }

constexpr double kTwo32 = 4294967296.0;

}  // namespace

// The names are the compilers'.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

u64 __udivmoddi4(u64 n, u64 d, u64* rem) {
  const Halves h = divide(n, d);
  if (rem != nullptr) *rem = h.rem;
  return h.quot;
}
u64 __udivdi3(u64 n, u64 d) { return divide(n, d).quot; }
u64 __umoddi3(u64 n, u64 d) { return divide(n, d).rem; }
i64 __divmoddi4(i64 n, i64 d, i64* rem) {
  const Halves h = divide(magnitude(n), magnitude(d));
  *rem = with_sign(h.rem, n < 0);
  return with_sign(h.quot, (n < 0) != (d < 0));
}
i64 __divdi3(i64 n, i64 d) {
  i64 rem;
  return __divmoddi4(n, d, &rem);
}
i64 __moddi3(i64 n, i64 d) {
  i64 rem;
  (void)__divmoddi4(n, d, &rem);
  return rem;
}

// Shifts by less than 64, in halves: clang calls these when it optimises for size.
u64 __ashldi3(u64 v, int n) {
  const u32 lo = static_cast<u32>(v), hi = static_cast<u32>(v >> 32);
  if (n >= 32) return static_cast<u64>(lo << (n - 32)) << 32;
  return n == 0 ? v : static_cast<u64>(hi << n | lo >> (32 - n)) << 32 | lo << n;
}
u64 __lshrdi3(u64 v, int n) {
  const u32 lo = static_cast<u32>(v), hi = static_cast<u32>(v >> 32);
  if (n >= 32) return hi >> (n - 32);
  return n == 0 ? v : static_cast<u64>(hi >> n) << 32 | (lo >> n | hi << (32 - n));
}
i64 __ashrdi3(i64 v, int n) {
  const u32 lo = static_cast<u32>(static_cast<u64>(v));
  const i32 hi = static_cast<i32>(v >> 32);
  if (n >= 32) return hi >> (n - 32);
  const u32 high = static_cast<u32>(hi >> n);
  return n == 0 ? v : static_cast<i64>(static_cast<u64>(high) << 32 | (lo >> n | static_cast<u32>(hi) << (32 - n)));
}

// Rounds only once, in the sum: both halves and the product are exact.
double __floatundidf(u64 v) { return static_cast<double>(static_cast<u32>(v >> 32)) * kTwo32 + static_cast<u32>(v); }
double __floatdidf(i64 v) { return static_cast<double>(static_cast<i32>(v >> 32)) * kTwo32 + static_cast<u32>(v); }
u64 __fixunsdfdi(double d) {
  const u32 hi = static_cast<u32>(d / kTwo32);
  return static_cast<u64>(hi) << 32 | static_cast<u32>(d - static_cast<double>(hi) * kTwo32);
}
i64 __fixdfdi(double d) { return with_sign(__fixunsdfdi(d < 0 ? -d : d), d < 0); }
}
// NOLINTEND(bugprone-reserved-identifier)

#endif
