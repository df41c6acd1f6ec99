// Goroutines with stacks smaller than a page, several of them in a page: a prototype of the plan in docs/STACKS.md. Not
// in the public API, because nothing proves that a function's frames fit. Linked only into programs that use it.
//
//   kSmallStack bytes for frames and closure, and directly above them the G, which always stays with them. Between
//   neighbours there is no guard: an overflow writes into the G below it. A word at the lower end is checked when the
//   goroutine ends; if it has changed, the program ends, though late. Such a goroutine is not preempted asynchronously,
//   because it has no room for all registers, and a fault in it is fatal, not a panic.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"

namespace rt0 {

inline constexpr usize kSmallStack = 2048;

void newproc_small(Funcval* closure, const detail::GoStmt* stmt);

// Like go.
template <class F>
[[gnu::always_inline]] inline void go_small(F&& f, const char* file = __builtin_FILE(),
                                            unsigned line = __builtin_LINE()) {
  using Fn = typename detail::Decay<F>::type;
  using C = detail::Closure<Fn>;
  C closure{&C::run, static_cast<F&&>(f)};
  const detail::GoStmt stmt{&C::move, sizeof(C), alignof(C), file, line, nullptr};
  newproc_small(reinterpret_cast<Funcval*>(&closure), &stmt);
}

}  // namespace rt0
