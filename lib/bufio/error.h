#pragma once

#include "rt0/bufio.h"

namespace rt0::bufio {

inline constexpr int kMaxEmptyReads = 100;  // if so many in a row return no bytes, the error is Err::no_progress

// An error of this package, with Go's text.
Error error_of(Err e);
// Ends a call whose reader or writer has returned more bytes than it was given.
[[noreturn]] void panic_count(bool write);

}  // namespace rt0::bufio
