// Functions of the runtime for programs that examine it: examples, tests, benchmarks. Not included by rt0.h.
#pragma once

#include "rt0/rt0.h"

namespace rt0 {

// The runtime is broken: prints "fatal error: why" and the frames of all goroutines, exits with status 2. Go: throw.
[[noreturn]] void throw_(const char* why) __asm__("runtime.throw");

namespace internal {

void systemstack_call(void (*fn)(void*), void* arg) __asm__("runtime.systemstack");

// Runs f on this thread's g0, the stack on which the scheduler runs. f must not park. Go: systemstack.
template <class F>
void on_system_stack(const F& f) {
  systemstack_call([](void* p) { (*static_cast<const F*>(p))(); }, const_cast<F*>(&f));
}

// The collector's parameters: GOGC in percent, -1 for off; GOMEMLIMIT in bytes.
int gc_percent();
long long memory_limit();

}  // namespace internal
}  // namespace rt0
