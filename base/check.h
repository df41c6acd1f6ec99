// Checks that stay in release builds, and the one way out when one fails.
#pragma once

#include "base/types.h"

// Gives a C++ function Go's symbol, so that `nm`, a debugger, a plugin and a traceback speak Go, and keeps the compiler
// from dissolving it into its callers: an independent witness reads the boot from function entries.
#if defined(__clang__)
#define RT0_SYM(name) __asm__(name) __attribute__((noinline))
#else
#define RT0_SYM(name) __asm__(name) __attribute__((noinline, noclone, noipa))
#endif

#define RT0_LIKELY(x) __builtin_expect(!!(x), 1)
#define RT0_UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace rt0 {

// The runtime is broken: prints "fatal error: <why>" and tracebacks, exits with status 2. Go: panic.go throw.
// Defined in sched/panic.cc; hosted tests bring their own.
[[noreturn]] void throw_(const char* why) RT0_SYM("runtime.throw");

// Ends the program through `throw_` unless `ok` holds.
inline void check(bool ok, const char* what) {
  if (RT0_UNLIKELY(!ok)) throw_(what);
}

// A check that is too dear for release builds; RT0_DCHECK=1 (dev and test builds) turns it on.
#if RT0_DCHECK
inline void dcheck(bool ok, const char* what) { check(ok, what); }
#else
inline void dcheck(bool, const char*) {}
#endif

}  // namespace rt0
