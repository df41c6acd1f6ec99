// Numbers to text, without a heap and without a lock. Each function writes at `out` and returns how many bytes it
// wrote.
#pragma once

#include "base/types.h"

namespace rt0 {

inline constexpr usize kMaxDecimal = 20;  // digits of 2^64 - 1, or a sign and those of 2^63
inline constexpr usize kMaxHex = 18;      // 0x and 16 digits
inline constexpr usize kMaxFloat = 24;    // -1.2345678901234567e+308

usize format_u64(char* out, u64 v);
usize format_i64(char* out, i64 v);
usize format_hex(char* out, u64 v);  // 0x…, no leading zeroes, as Go's print does for pointers
// The fewest digits that are read back as the same double, as Go's print writes them since 1.26: 0.1, 100000, 1e+06.
usize format_float(char* out, double v);
usize format_float32(char* out, double v);  // the same for a float

// Text in a buffer of the caller, most often on its stack. Bytes that do not fit are dropped and counted in `lost`.
struct Out {
  char* buf;
  usize cap;
  usize len = 0;
  usize lost = 0;

  void put(char c);
  void put(Str s);
  void put_u64(u64 v);
  void put_i64(i64 v);
  void put_hex(u64 v);
  Str str() const { return {buf, len}; }
};

// Reads all of `s` as a decimal number: digits, perhaps with a sign before them. False for anything else (also "")
// and for numbers that do not fit into 64 bits. Go: strconv.ParseInt in base 10.
bool parse_i64(Str s, i64* v);

}  // namespace rt0
