// How a program ends when something is wrong. Go: panic.go.
//
//   throw_(why)   rt0 is broken (base/check.h)           "fatal error: why", all frames of all goroutines, exit 2
//   fatal(why)    the program broke a rule that no       "fatal error: why", the program's frames, exit 2
//                 recover may hide (deadlock, …)
//   gopanic(any)  the program panics (defer.cc), and     "panic: value", the goroutine's frames, exit 2
//                 nobody recovers
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
[[noreturn]] void panic_divide() RT0_SYM("runtime.panicdivide");
// The runtime is broken, as a signal's handler has found: "fatal error: " and why, gp's signal (g->sig), then the tracebacks, gp's
// first, which begins at c.
[[noreturn]] void die_of_signal(const char* why, G* gp, const SigContext& c);
// The process dies of a signal, in Go's form: its name, where it came, all goroutines, the registers. gp: who was interrupted.
[[noreturn]] void fatal_signal(u32 sig, G* gp, const SigContext& c, void* uctx) RT0_SYM("runtime.fatalsignal");

// Ends the process with `status`: writes out the trace, then the kernel's exit. If that returns, faults.
[[noreturn]] void exit_process(i32 status) RT0_SYM("runtime.exit");

}  // namespace rt0
