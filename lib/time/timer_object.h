// The object that a program's Timer or Ticker points to.
//
// Its references are counted: one for each handle, and those that its kind adds (a pending call, for example). When the
// count is 0 the timer cannot be started again, it is on no heap, and its f will not use it.
#pragma once

#include "lib/time/timer.h"
#include "rt0/time.h"

namespace rt0 {

struct TimerKind {
  bool (*stop)(detail::TimerObject*);
  bool (*reset)(detail::TimerObject*, i64 when, i64 period);
  void (*destroy)(detail::TimerObject*);  // the count has become 0
};

namespace detail {
struct TimerObject {
  const TimerKind* kind;
  Atomic<u32> refs;
};
}  // namespace detail

}  // namespace rt0
