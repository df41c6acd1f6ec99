#pragma once

#include "base/types.h"
#include "rt0/strconv.h"

namespace rt0::strconv {

// The error "strconv.<function>: parsing <s, quoted>: <reason>"; a long s is cut.
Error num_error(Str function, StrArg s, Err reason);
// Whether each underscore of a number separates digits, or a prefix and a digit.
bool underscores_ok(Str s);
inline char lower(char c) { return static_cast<char>(c | 0x20); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace rt0::strconv
