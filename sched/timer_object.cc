#include "sched/timer_object.h"

#include "sched/panic.h"

namespace rt0 {

// Relaxed: who copies a handle has one, so the count can't become 0 meanwhile, and nothing else depends on it.
void detail::timer_ref(TimerObject* t) { (void)t->refs.add_relaxed(1); }
void detail::timer_unref(TimerObject* t) {
  if (t->refs.add_acqrel(static_cast<u32>(-1)) == 0) t->kind->destroy(t);
}

bool Timer::stop() {
  if (t_ == nullptr) panic_plain("time: Stop called on uninitialized Timer");
  return t_->kind->stop(t_);
}

bool Timer::reset(Duration d) {
  if (t_ == nullptr) panic_plain("time: Reset called on uninitialized Timer");
  return t_->kind->reset(t_, d);
}

}  // namespace rt0
