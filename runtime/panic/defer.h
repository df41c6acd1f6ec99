// Deferred calls of the runtime's own, and what a panic or Goexit keeps while it runs deferred calls. Go: _defer,
// _panic.
//
// A record lies on the goroutine's own stack, in a frame that is left only by pop(), by a recovery, or by Goexit, which
// runs the records from the newest to the oldest while all frames are still there.
#pragma once

#include "rt0/panic.h"
#include "runtime/diag/traceback.h"
#include "sched/debugvars.h"
#include "sched/gmp.h"

namespace rt0 {

// Whoever runs deferred calls: a panic, Goexit, or a scope that ends. On that one's stack, linked from g->panics.
struct Panic {
  Any value{};
  Panic* link{};
  bool recovered{};
  bool goexit{};
  bool deferreturn{};  // a scope that ends: hides the panic below it from recover(), as Go's deferreturn does
  bool has_text{};     // its method has been asked for `text`
  Text text{};
};

struct InternalDefer : DeferRecord {
  void push(void (*f)(DeferRecord*)) {
    fn = f;
    detail::defer_push(this);
  }
  // Takes the newest record, which must be this one, off without running it.
  void pop() {
    check(getg()->defers == this, "defer: records are not left in the order in which they were made");
    getg()->defers = link;
  }
};

// No deferred call has recovered p: prints it, and those below it, and ends the process. at: who has panicked. Go:
// fatalpanic.
[[noreturn]] void fatalpanic(Panic* p, TracePoint at);
// A panic where there must be none.
[[noreturn]] void bad_panic(Any value, const char* why);

template <usize N>
constexpr Text text_of(const char (&s)[N]) {
  return {s, N - 1};
}

// Runs all deferred calls and ends the goroutine. Go: Goexit.
[[noreturn]] void run_goexit();

}  // namespace rt0
