// Panics of the program. Go: panic.go.
//
// gopanic (defer.cc) runs the deferred calls. If none of them recovers, the process prints "panic: value" and the
// goroutine's frames, and exits with status 2 (panic.cc).
#pragma once

#include "base/check.h"
#include "runtime/diag/fatal.h"
#include "runtime/panic/iface.h"
#include "sched/above.h"

namespace rt0 {

// origin: if the value comes from recover(), the address at which its first panic has it; else null.
[[noreturn]] void gopanic(Any value, const void* origin = nullptr) RT0_SYM("runtime.gopanic");
[[noreturn]] void panic_divide() RT0_SYM("runtime.panicdivide");

}  // namespace rt0
