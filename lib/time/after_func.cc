// Timers that start a goroutine. Go: time.AfterFunc.
//
// A pending call has one reference in TimerObject::refs. The goroutine that starts the timer adds it. The goroutine
// that runs the function drops it at its end; or stop drops it, if it comes before the timer fires.
#include "lib/time/timer_object.h"
#include "mem/malloc.h"

namespace rt0 {

namespace {

struct AfterFunc : detail::TimerObject {
  RtTimer timer;
  detail::TimerFunc* f;
};

AfterFunc* of(detail::TimerObject* t) { return static_cast<AfterFunc*>(t); }

struct Call {
  void (*fn)(Call* self);  // first: a Call is a Funcval to the runtime
  AfterFunc* t;

  static void run(Call* self) {
    AfterFunc* t = self->t;
    const detail::Finally give_up([t] { detail::timer_unref(t); });
    t->f->call(t->f);
  }
  static void move(void* dst, void* src, void*) { *static_cast<Call*>(dst) = *static_cast<Call*>(src); }
};

// On g0. A function of its own, because tracebacks show it: "created by time.goFunc".
void goFunc(void* arg, uintptr, i64) RT0_SYM("time.goFunc");
void goFunc(void* arg, uintptr, i64) {
  Call call{Call::run, static_cast<AfterFunc*>(arg)};
  constexpr detail::GoStmt kStmt{Call::move, sizeof(Call), alignof(Call), nullptr, 0, nullptr};
  detail::newproc(reinterpret_cast<Funcval*>(&call), &kStmt);
  __asm__ volatile("");  // keeps the call above from being a tail call, which would remove this function's frame
}

bool stop(detail::TimerObject* t) {
  const bool pending = timer_stop(&of(t)->timer);
  if (pending) detail::timer_unref(t);
  return pending;
}

// The reference of the new pending call is added first, because the timer may fire before timer_reset returns.
bool reset(detail::TimerObject* t, i64 when, i64) {
  detail::timer_ref(t);
  const bool pending = timer_reset(&of(t)->timer, when, 0);
  if (pending) detail::timer_unref(t);  // the earlier pending call will not happen
  return pending;
}

void destroy(detail::TimerObject* t) {
  detail::TimerFunc* f = of(t)->f;
  heap_free(t);
  f->destroy(f);
}

constexpr TimerKind kKind = {stop, reset, destroy};

}  // namespace

detail::TimerObject* detail::new_after_func(Duration d, TimerFunc* f) {
  const i64 when = deadline_after(d.count);
  AfterFunc* t = malloc_or_die<AfterFunc>();
  t->kind = &kKind;
  t->refs.store_relaxed(2);  // the caller's handle and the pending call; published by the heap's lock
  t->f = f;
  timer_init(&t->timer, goFunc, t);
  (void)timer_reset(&t->timer, when, 0);
  return t;
}

}  // namespace rt0
