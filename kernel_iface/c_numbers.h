// Numbers of system calls that C code knows by name, for rt0's own syscall() in runtime/cxx.
#pragma once

#include "base/types.h"

namespace rt0 {

// SYS_futex as the C library's headers have it, and the call with 64-bit times, which 32-bit ISAs have beside it.
extern const uintptr kFutexNumber, kFutexTime64Number;

}  // namespace rt0
