// Natural numbers of up to 4,160 bits, for exact conversions of floating-point numbers. The largest ones are 10^1130,
// to which a number of 800 digits is compared, and 53 bits times 10^324.
#pragma once

#include "base/big.h"
#include "base/check.h"

namespace rt0 {

struct BigNat : BigWords<130> {
  using BigWords::BigWords;
  // *this = *this * by + add
  void mul_add(u32 by, u32 add) {
    u64 carry = add;
    for (u32 i = 0; i < n; i++) {
      carry += u64{w[i]} * by;
      w[i] = static_cast<u32>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<u32>(carry));
  }
  void mul_power10(u32 exponent) {
    for (; exponent >= 9; exponent -= 9) mul_add(1000000000, 0);
    for (; exponent > 0; exponent--) mul_add(10, 0);
  }
  void shift_left(u32 bits) {
    if (n == 0) return;
    const u32 words = bits / 32, rest = bits % 32;
    u32 top = n + words;
    check(top < kWords, "big number");
    w[top] = 0;
    for (u32 i = n; i-- > 0;) {
      const u64 v = u64{w[i]} << rest;
      w[i + words + 1] |= static_cast<u32>(v >> 32);
      w[i + words] = static_cast<u32>(v);
    }
    for (u32 i = 0; i < words; i++) w[i] = 0;
    n = w[top] != 0 ? top + 1 : top;
  }
  i32 bits() const { return n == 0 ? 0 : static_cast<i32>(32 * n) - __builtin_clz(w[n - 1]); }

 private:
  void push(u32 v) {
    check(n < kWords, "big number");
    w[n++] = v;
  }
};

}  // namespace rt0
