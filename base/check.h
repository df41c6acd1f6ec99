// Checks that stay in release builds, and the functions that end the program when one fails.
#pragma once

#include "base/types.h"

// Gives a C++ function Go's symbol, so that `nm`, debuggers, QEMU plugins and tracebacks show Go's names. Also keeps
// the compiler from inlining it: the test of the boot's order watches function entries from outside (qemu/witness.cc).
#if defined(__clang__)
#define RT0_SYM(name) __asm__(name) __attribute__((noinline))
#else
#define RT0_SYM(name) __asm__(name) __attribute__((noinline, noclone, noipa))
#endif

// For the smallest functions, which a compiler that optimises for size would not inline by itself.
#define RT0_INLINE inline __attribute__((always_inline, no_instrument_function))

#define RT0_LIKELY(x) __builtin_expect(!!(x), 1)
#define RT0_UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace rt0 {

// The runtime is broken: prints "fatal error: <why>" and tracebacks, exits with status 2. Go: panic.go throw.
// Defined in runtime/diag/fatal.cc; hosted tests have a definition of their own.
[[noreturn]] void throw_(const char* why) RT0_SYM("runtime.throw");

// A check of the runtime failed; the traceback says which. In runtime/diag/fatal.cc.
[[noreturn]] void check_failed() RT0_SYM("runtime.check_failed");

#if defined(RT0_DCHECK) && RT0_DCHECK
inline constexpr bool kDevBuild = true;
#else
inline constexpr bool kDevBuild = false;
#endif

// Ends the program unless `ok`, an invariant of the runtime, holds. Stays in release builds, but only dev builds
// contain the text `what`: a hundred such texts are a twentieth of a small program, and the traceback leads to the line
// on which the text can be read. Mistakes of the program are not for check(): throw_ and fatal report them, with a
// text.
RT0_INLINE void check(bool ok, const char* what, u32 line = __builtin_LINE()) {
  if (RT0_LIKELY(ok)) return;
  if constexpr (kDevBuild) throw_(what);
  // The line keeps the compiler from merging the calls of two checks, which a traceback could then not tell apart.
  __asm__ volatile("" ::"i"(line));
  check_failed();
}

// A check that costs too much for release builds.
RT0_INLINE void dcheck(bool ok, const char* what) {
  if constexpr (kDevBuild) check(ok, what);
}

}  // namespace rt0
