// A goroutine's stack as text, while the program goes on. Go: mprof.go Stack, runtime/debug PrintStack.
#include "rt0/runtime.h"
#include "runtime/diag/traceback.h"
#include "sched/stw.h"

namespace rt0 {

namespace {

// The result does not depend on GOTRACEBACK, which is only for programs that end by an error.
constexpr i32 kLevel = 1;

// As trace_here, but begins at the caller of the rt0 function whose frame pointer is fp.
TracePoint caller_of(uintptr fp) {
  uintptr caller_fp;
  const uintptr pc = frame_return(fp, &caller_fp);
  return {pc, caller_fp, true};
}

}  // namespace

size_t runtime::stack(char* buf, size_t n, bool all) {
  const TracePoint at = caller_of(Isa::frame_pointer());
  if (all) stopTheWorld();
  G* gp = getg();
  usize left = n;
  systemstack([&] {
    Writer w(buf, n);
    goroutineheader(w, gp, false);
    traceback(w, gp, at, kLevel);
    if (all) tracebackothers(w, gp, kLevel);
    w.flush();
    left = w.room();
  });
  if (all) startTheWorld(0);
  return n - left;
}

namespace runtime_debug {

// Two functions, as in Go: their frames are part of what is printed.
[[gnu::noinline]] static void stack() {
  const TracePoint at = trace_here();
  G* gp = getg();
  systemstack([&] {
    Writer w(kStderr);
    goroutineheader(w, gp, false);
    traceback(w, gp, at, kLevel);
  });
}

void print_stack() {
  stack();
  __asm__ volatile("");  // keeps the call above from being a tail call, which would remove this function's frame
}

}  // namespace runtime_debug

}  // namespace rt0
