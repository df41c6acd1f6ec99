// Division and conversions, under the names that compilers for ARM call: an ARMv7-A CPU need not have an instruction
// for division. Run-time ABI for the ARM architecture, 4.3.
#include "base/types.h"

namespace {

using namespace rt0;

// The quotient in the low word, which is r0, and the remainder in the high one, r1.
u64 divide(u32 n, u32 d) {
  if (d == 0 || d > n) return static_cast<u64>(n) << 32;
  u32 quot = 0;
  for (int shift = __builtin_clz(d) - __builtin_clz(n); shift >= 0; shift--) {
    if (n >> shift < d) continue;
    n -= d << shift;
    quot |= 1u << shift;
  }
  return static_cast<u64>(n) << 32 | quot;
}
u32 magnitude(i32 v) { return v < 0 ? 0u - static_cast<u32>(v) : static_cast<u32>(v); }
u32 with_sign(u32 v, bool negative) { return negative ? 0u - v : v; }

}  // namespace

// The names are the compilers'.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

u64 __ashldi3(u64 v, int n);  // base/int64.cc
u64 __lshrdi3(u64 v, int n);
i64 __ashrdi3(i64 v, int n);
double __floatdidf(i64 v);
double __floatundidf(u64 v);
i64 __fixdfdi(double d);
u64 __fixunsdfdi(double d);

[[gnu::pcs("aapcs")]] u16 __gnu_d2h_ieee(double d);  // libgcc's

u64 __aeabi_uidivmod(u32 n, u32 d) { return divide(n, d); }
u32 __aeabi_uidiv(u32 n, u32 d) { return static_cast<u32>(divide(n, d)); }
u64 __aeabi_idivmod(i32 n, i32 d) {
  const u64 v = divide(magnitude(n), magnitude(d));
  return static_cast<u64>(with_sign(static_cast<u32>(v >> 32), n < 0)) << 32 |
         with_sign(static_cast<u32>(v), (n < 0) != (d < 0));
}
i32 __aeabi_idiv(i32 n, i32 d) { return static_cast<i32>(__aeabi_idivmod(n, d)); }

u64 __aeabi_llsl(u64 v, int n) { return __ashldi3(v, n); }
u64 __aeabi_llsr(u64 v, int n) { return __lshrdi3(v, n); }
i64 __aeabi_lasr(i64 v, int n) { return __ashrdi3(v, n); }

// These pass floating-point values in general registers, although all other code passes them in those of the FPU.
[[gnu::pcs("aapcs")]] double __aeabi_l2d(i64 v) { return __floatdidf(v); }
[[gnu::pcs("aapcs")]] double __aeabi_ul2d(u64 v) { return __floatundidf(v); }
[[gnu::pcs("aapcs")]] i64 __aeabi_d2lz(double d) { return __fixdfdi(d); }
[[gnu::pcs("aapcs")]] u64 __aeabi_d2ulz(double d) { return __fixunsdfdi(d); }
// clang's name for it, which libgcc does not have.
[[gnu::pcs("aapcs")]] u16 __aeabi_d2h(double d) { return __gnu_d2h_ieee(d); }
}
// NOLINTEND(bugprone-reserved-identifier)
