// Goroutines whose stacks are smaller than a page, several in a page: a prototype of the plan in docs/STACKS.md, and no
// part of the public API, for nothing proves that a function fits. Linked only into programs that use it.
//
//   kSmallStack bytes for frames, the closure included, and right above them the G, which is never parted from them. No
//   guard lies between neighbours: who needs more writes into the next one's G. A word at the lower end is looked at
//   when the goroutine ends; if it was overwritten, the program ends, late. Such a goroutine is not preempted
//   asynchronously, for it has no room for all registers, and a fault in it is no panic but fatal.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"

namespace rt0 {

inline constexpr usize kSmallStack = 2048;

void newproc_small(Funcval* closure, const detail::GoStmt* stmt);

// As go.
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
