// libstdc++'s conversions between doubles and text, which are exact and the same on every ISA. Declared by their
// symbols, because no header of a C++ library may be included here. A program that uses them is linked with libstdc++.
#pragma once

#include "base/types.h"

namespace rt0 {

// The same as glibc's <errno.h> has on every ISA.
inline constexpr int kErange = 34, kEinval = 22, kEoverflow = 75;

enum class CharsFormat : int { scientific = 1, fixed = 2, general = 3, hex = 4 };
// What the two functions return: how far they came, and a std::errc, 0 for success.
struct CharsResult {
  char* end;
  int err;
};

CharsResult to_chars(char* first, char* last, double v, CharsFormat how,
                     int precision) __asm__("_ZSt8to_charsPcS_dSt12chars_formati");
CharsResult to_chars(char* first, char* last, double v, CharsFormat how) __asm__("_ZSt8to_charsPcS_dSt12chars_format");
CharsResult from_chars(const char* first, const char* last, double& v,
                       CharsFormat how) __asm__("_ZSt10from_charsPKcS0_RdSt12chars_format");
CharsResult from_chars(const char* first, const char* last, float& v,
                       CharsFormat how) __asm__("_ZSt10from_charsPKcS0_RfSt12chars_format");

extern "C" int* __errno_location();

}  // namespace rt0
