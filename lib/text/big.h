// Natural numbers of up to 4,160 bits, for exact conversions of floating-point numbers. The largest ones are 10^1130,
// to which a number of 800 digits is compared, and 53 bits times 10^324.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

struct BigNat {
  static constexpr u32 kWords = 130;
  u32 n = 0;      // words in use, the lowest first; the highest of them is not 0
  u32 w[kWords];  // only n of them are read

  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject)
  explicit BigNat(u64 v) {
    for (; v != 0; v >>= 32) w[n++] = static_cast<u32>(v);
  }
  // *this * by + add
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
  // Subtracts b, which must not be larger.
  void sub(const BigNat& b) {
    u64 borrow = 0;
    for (u32 i = 0; i < n; i++) {
      const u64 d = u64{w[i]} - (i < b.n ? b.w[i] : 0) - borrow;
      w[i] = static_cast<u32>(d);
      borrow = d >> 63;
    }
    while (n > 0 && w[n - 1] == 0) n--;
  }
  // Negative, 0, positive: less than, equal to, greater than b.
  int compare(const BigNat& b) const {
    if (n != b.n) return n < b.n ? -1 : 1;
    for (u32 i = n; i-- > 0;)
      if (w[i] != b.w[i]) return w[i] < b.w[i] ? -1 : 1;
    return 0;
  }
  i32 bits() const { return n == 0 ? 0 : static_cast<i32>(32 * n) - __builtin_clz(w[n - 1]); }

 private:
  void push(u32 v) {
    check(n < kWords, "big number");
    w[n++] = v;
  }
};

}  // namespace rt0
