// The runtime's own deferred calls, and the state of a panic or Goexit while it runs deferred calls. Go: _defer,
// _panic.
//
// A record lies on the goroutine's own stack, in a frame that is left only by pop(), by a recovery, or by Goexit, which
// runs the records from the newest to the oldest while all frames are still there.
#pragma once

#include "rt0/panic.h"
#include "runtime/diag/traceback.h"
#include "sched/debugvars.h"
#include "sched/gmp.h"
#include "sched/preempt.h"

namespace rt0 {

// The state of something that runs deferred calls: a panic, a Goexit, or the end of a scope. It lies on the goroutine's
// stack, linked from g->panics.
struct Panic {
  Any value{};
  const void* origin{};  // if this panic repeats a recovered value: the data of that value; else null
  Panic* link{};
  bool recovered{};
  bool goexit{};
  bool deferreturn{};  // a scope that ends: hides the panic below it from recover(), as Go's deferreturn does
  bool has_text{};     // `text` is the result of its value's Error or String method
  Text text{};
  DeferRecord* undos{};  // of functions that this panic has passed: run when it has been recovered
};

// Called after a recovery: d's function has recovered, and the goroutine goes on at rp, or ends if rp is null. Set by
// recover.cc, which only programs that call recover() are linked with; null in all others.
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
// Ends the process because of a panic where the runtime must not panic: prints the value, then throws `why`.
[[noreturn]] void bad_panic(Any value, const char* why);

template <usize N>
constexpr Text text_of(const char (&s)[N]) {
  return {s, N - 1};
}

// For programs with exceptions: how the frames between here and where the goroutine goes on are left. The functions are
// there only in these programs.
#ifdef RT0_EXCEPTIONS
inline constexpr bool kLeavesFrames = true;
#else
inline constexpr bool kLeavesFrames = false;
#endif
// A frame is being left, and d, which lies in it, has been run by the panic that was recovered.
inline bool has_run(const G* gp, const DeferRecord* d) {
  return kLeavesFrames && gp->defers != d && returns_are_held(gp);
}
// Runs the destructors of the frames up to `to`'s, or up to the goroutine's end if `to` is null, and goes on there. It
// returns, having done nothing, if one of the frames has no tables.
void leave_frames(RecoverPoint* to);
// Goexit: nothing can stop it, so the deferred calls and the destructors of each scope run in the order of its normal
// end. Returns, with all panics ended, if leave_frames does.
void leave_by_goexit();
// The destructor of `rp` has been called: if that is where the goroutine goes on, it does, and this does not return.
void left_to(RecoverPoint* rp);
// Runs the deferred calls newer than `to` whose records lie below `limit`, as at the end of their scopes. limit ~0: all
// that are newer than `to`.
void run_left_defers(RecoverPoint* to, uintptr limit);
// In sigpanic, which a signal handler has put onto the stack: makes the unwinder find the interrupted function.
void settle_interrupted(void* frame);
[[gnu::always_inline]] inline void tell_unwinder_of_interrupted() {
#ifdef RT0_EXCEPTIONS
  __asm__ volatile(RT0_INTERRUPTED_CFI);
  settle_interrupted(__builtin_frame_address(0));
#endif
}
// Goes on at `to`, or ends the goroutine if `to` is null.
[[noreturn]] void go_on(RecoverPoint* to);

// Calls f(arg) with a recover point: returns when f returns, or when one of f's deferred calls has recovered. rt0's
// code that is linked into every program uses it, because func() would be compiled anew for each caller.
void call_with_recover_point(void (*f)(void*), void* arg);

// Runs all deferred calls and ends the goroutine. Go: Goexit.
[[noreturn]] void run_goexit();

}  // namespace rt0
