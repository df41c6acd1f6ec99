// The words of a natural number that may be longer than 64 bits, and the operations that never need more words.
// base/format.cc and lib/text/big.h add the other operations that they need.
#pragma once

#include "base/types.h"

namespace rt0 {

template <u32 kMost>
struct BigWords {
  static constexpr u32 kWords = kMost;
  u32 n = 0;      // words in use, the lowest first; the highest of them is not 0
  u32 w[kWords];  // only n of them are read

  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject)
  explicit BigWords(u64 v) {
    for (; v != 0; v >>= 32) w[n++] = static_cast<u32>(v);
  }
  // Subtracts b, which must not be larger than *this.
  void sub(const BigWords& b) {
    u64 borrow = 0;
    for (u32 i = 0; i < n; i++) {
      const u64 d = u64{w[i]} - (i < b.n ? b.w[i] : 0) - borrow;
      w[i] = static_cast<u32>(d);
      borrow = d >> 63;
    }
    while (n > 0 && w[n - 1] == 0) n--;
  }
  // Negative, 0, positive: *this is less than, equal to, greater than b.
  [[gnu::noinline]] int compare(const BigWords& b) const {
    if (n != b.n) return n < b.n ? -1 : 1;
    for (u32 i = n; i-- > 0;)
      if (w[i] != b.w[i]) return w[i] < b.w[i] ? -1 : 1;
    return 0;
  }
};

}  // namespace rt0
