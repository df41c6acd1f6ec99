// Conversions of _Float16, which clang calls on ISAs that have no instruction for them; libgcc 12 lacks them on some of
// these. The names are compiler-rt's. Linked in only where they are called. The code does not calculate with _Float16.
// The type is used only because the ABI says how its arguments and results are passed.
#include "base/types.h"

#if defined(__clang__) && defined(__FLT16_MANT_DIG__)

namespace rt0 {
namespace {

constexpr u32 kMantissa = 10, kBias = 15, kInfinity = 0x7c00, kNaN = 0x7e00;

// An IEEE number of another width in its parts: (-1)^negative * mantissa * 2^(exponent - 63). The mantissa's highest
// bit is set unless the number is zero, infinite, not a number or too small for a half anyway.
struct Parts {
  bool negative, special;  // special: infinite if the mantissa is 0, else not a number
  int exponent;
  u64 mantissa;  // its lowest bit also says whether bits beyond it were set
};

u16 to_half(const Parts& p) {
  const u32 sign = p.negative ? 0x8000 : 0;
  u32 bits = kInfinity;
  if (p.special) {
    if (p.mantissa != 0) bits = kNaN;
  } else if (p.exponent <= static_cast<int>(kBias)) {
    // A subnormal half, which is smaller than any normal one, loses a bit of the mantissa for each power of two.
    const int below = max(1 - static_cast<int>(kBias) - p.exponent, 0);
    const u32 shift = 63 - kMantissa + static_cast<u32>(min(below, 12));
    if (shift > 64) {
      bits = 0;  // less than half of the smallest number
    } else if (shift == 64) {
      bits = p.mantissa > u64{1} << 63;
    } else {
      const u64 kept = p.mantissa >> shift, lost = p.mantissa & ((u64{1} << shift) - 1), half = u64{1} << (shift - 1);
      bits = static_cast<u32>(kept);
      // Rounds to the nearest half, and a tie to the even one. The mantissa's highest bit, which a half does not store,
      // adds 1 to the exponent, and so does a carry out of the mantissa: hence the - 1.
      if (lost > half || (lost == half && (bits & 1) != 0)) bits++;
      if (below == 0) bits += static_cast<u32>(p.exponent + static_cast<int>(kBias) - 1) << kMantissa;
      bits = min(bits, kInfinity);
    }
  }
  return static_cast<u16>(sign | bits);
}

_Float16 as_half(u16 bits) { return __builtin_bit_cast(_Float16, bits); }

}  // namespace

extern "C" {
float __extendhfsf2(_Float16 h);
_Float16 __truncsfhf2(float f);
_Float16 __truncdfhf2(double d);

float __extendhfsf2(_Float16 h) {
  const u32 bits = __builtin_bit_cast(u16, h), sign = (bits & 0x8000) << 16, rest = bits & 0x7fff;
  if (rest >= kInfinity) return __builtin_bit_cast(float, sign | 0x7f800000 | rest << 13);
  if (rest >> kMantissa != 0) return __builtin_bit_cast(float, sign | ((127 - kBias) << 23) + (rest << 13));
  // A subnormal half: its mantissa counts units of 2^-24.
  const float magnitude = static_cast<float>(static_cast<i32>(rest)) * 0x1p-24f;
  return sign != 0 ? -magnitude : magnitude;
}

_Float16 __truncsfhf2(float f) {
  const u32 bits = __builtin_bit_cast(u32, f), exponent = bits >> 23 & 0xff, mantissa = bits & 0x7fffff;
  if (exponent == 0xff) return as_half(to_half({bits >> 31 != 0, true, 0, mantissa}));
  return as_half(to_half({bits >> 31 != 0, false, static_cast<int>(exponent) - 127, u64{mantissa | 0x800000} << 40}));
}

_Float16 __truncdfhf2(double d) {
  const u64 bits = __builtin_bit_cast(u64, d), mantissa = bits & (~u64{0} >> 12);
  const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  if (exponent == 0x7ff) return as_half(to_half({bits >> 63 != 0, true, 0, mantissa}));
  return as_half(to_half({bits >> 63 != 0, false, exponent - 1023, u64{1} << 63 | mantissa << 11}));
}

#if __LDBL_MANT_DIG__ == 113
_Float16 __trunctfhf2(long double l);
_Float16 __trunctfhf2(long double l) {
  const unsigned __int128 bits = __builtin_bit_cast(unsigned __int128, l);
  const u64 high = static_cast<u64>(bits >> 64), low = static_cast<u64>(bits), mantissa = high & (~u64{0} >> 16);
  const int exponent = static_cast<int>(high >> 48 & 0x7fff);
  if (exponent == 0x7fff) return as_half(to_half({high >> 63 != 0, true, 0, mantissa | low}));
  const u64 top = u64{1} << 63 | mantissa << 15 | low >> 49;
  return as_half(to_half({high >> 63 != 0, false, exponent - 16383, top | ((low << 15) != 0)}));
}
#endif
}

}  // namespace rt0

#endif
