// Doors into the runtime, for programs that want to look at it from inside: examples, tests, benchmarks. Not in rt0.h.
#pragma once

#include "rt0/rt0.h"

namespace rt0 {

// The runtime has found itself broken: "fatal error: why", the frames of all goroutines, exit status 2. Go: throw.
[[noreturn]] void throw_(const char* why) __asm__("runtime.throw");

namespace internal {

void systemstack_call(void (*fn)(void*), void* arg) __asm__("runtime.systemstack");

// Runs f on this thread's g0, the stack that the scheduler itself stands on. f must neither park nor start goroutines
// that outlive its captures. Go: systemstack.
template <class F>
void on_system_stack(const F& f) {
  systemstack_call([](void* p) { (*static_cast<const F*>(p))(); }, const_cast<F*>(&f));
}

// The collector's parameters, as GOGC and GOMEMLIMIT have set them: percent, -1 for off; bytes.
int gc_percent();
long long memory_limit();

}  // namespace internal
}  // namespace rt0
