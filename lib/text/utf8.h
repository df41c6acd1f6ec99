// UTF-8. Go: unicode/utf8.
#pragma once

#include "base/types.h"

namespace rt0::utf8 {

inline constexpr i32 kRuneError = 0xfffd;  // stands for bytes that are no UTF-8
inline constexpr usize kMax = 4;

struct Rune {
  i32 r;
  usize size;  // of an invalid byte: 1, and r is kRuneError; of an empty text: 0
};

// The first character of s.
Rune decode(Str s);
// Whether s begins with a whole character, or with bytes that can't become one.
bool full_rune(Str s);
// Writes r at `out`, kRuneError if r is no character. Returns how many bytes.
usize encode(char* out, i32 r);
inline bool valid_rune(i32 r) { return (r >= 0 && r < 0xd800) || (r > 0xdfff && r <= 0x10ffff); }

}  // namespace rt0::utf8
