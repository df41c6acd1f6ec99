// How a program ends when something is wrong. Go: panic.go.
//
//   throw_(why)   rt0 is broken (base/check.h)           "fatal error: why", all frames of all goroutines, exit 2
//   fatal(why)    the program broke a rule that no       "fatal error: why", the program's frames, exit 2
//                 recover may hide (deadlock, …)
//   gopanic(any)  the program panics                     "panic: value", the goroutine's frames, exit 2
#pragma once

#include "base/check.h"
#include "kernel_iface/kernel.h"
#include "sched/gmp.h"
#include "sched/iface.h"

namespace rt0 {

[[noreturn]] void fatal(Str why) RT0_SYM("runtime.fatal");
[[noreturn]] void gopanic(Any value) RT0_SYM("runtime.gopanic");
// Panics with a runtime error: "panic: " and the text. Go: panic(plainError(text)).
[[noreturn]] void panic_plain(const char* text);
// A fault that the kernel reported, from its handler: prints title, why and, unless sig is 0, the signal; then the tracebacks,
// gp's first, which begins at c.
[[noreturn]] void die_of_signal(const char* title, const char* why, u32 sig, G* gp, const SigContext& c);

// Ends the process with `status`: writes out the trace, then the kernel's exit. If that returns, faults.
[[noreturn]] void exit_process(i32 status) RT0_SYM("runtime.exit");

}  // namespace rt0
