// Panics of the program. Go: panic.go.
//
//   gopanic(any)  the program panics (defer.cc), and     "panic: value", the goroutine's frames, exit 2
//                 nobody recovers
#pragma once

#include "base/check.h"
#include "runtime/diag/fatal.h"
#include "runtime/panic/iface.h"
#include "sched/above.h"

namespace rt0 {

[[noreturn]] void gopanic(Any value) RT0_SYM("runtime.gopanic");
[[noreturn]] void panic_divide() RT0_SYM("runtime.panicdivide");

}  // namespace rt0
