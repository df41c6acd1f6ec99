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

// What runs deferred calls: a panic, a Goexit, or the end of a scope. It lies on the goroutine's stack, linked from
// g->panics.
struct Panic {
  Any value{};
  const void* origin{};  // the data of the recovered panic's value that this one repeats, or null
  Panic* link{};
  bool recovered{};
  bool goexit{};
  bool deferreturn{};  // a scope that ends: hides the panic below it from recover(), as Go's deferreturn does
  bool has_text{};     // its method has been asked for `text`
  Text text{};
};

// What a recovery tells of, if the program calls recover(): d's function has recovered, and the goroutine goes on at
// rp, or ends if that is null. Set by recover.cc, which only such programs are linked with.
extern Atomic<void (*)(const DeferRecord* d, const RecoverPoint* rp)> recovery_hook;

struct InternalDefer : DeferRecord {
  void push(void (*f)(DeferRecord*)) {
    fn = f;
    detail::defer_push(this);
  }
  // Takes the newest record, which must be this one, off without running it.
  void pop() { detail::defer_pop(this); }
};

// No deferred call has recovered p: prints p and the older panics, and ends the process. at: where the panic was
// called. Go: fatalpanic.
[[noreturn]] void fatalpanic(Panic* p, TracePoint at);
// A panic where there must be none.
[[noreturn]] void bad_panic(Any value, const char* why);

template <usize N>
constexpr Text text_of(const char (&s)[N]) {
  return {s, N - 1};
}

// f(arg) with a recover point: comes back when f returns, or a deferred call of f's has recovered. One function for all
// of rt0's own code that every program is linked with; func() is compiled anew for each caller.
void call_with_recover_point(void (*f)(void*), void* arg);

// Runs all deferred calls and ends the goroutine. Go: Goexit.
[[noreturn]] void run_goexit();

}  // namespace rt0
