#include "lib/time/timer_object.h"

#include "rt0/panic.h"
#include "sched/proc.h"

namespace rt0 {

// Relaxed: the goroutine that copies a handle has one, so the count cannot become 0 meanwhile, and nothing else depends
// on the count.
void detail::timer_ref(TimerObject* t) { (void)t->refs.add_relaxed(1); }
void detail::timer_unref(TimerObject* t) {
  if (t->refs.sub_acqrel(1) == 0) t->kind->destroy(t);
}

bool Timer::stop() const {
  if (h_.t_ == nullptr) panic("time: Stop called on uninitialized Timer");
  op_point(h_.t_);
  return h_.t_->kind->stop(h_.t_);
}

bool Timer::reset(Duration d) const {
  if (h_.t_ == nullptr) panic("time: Reset called on uninitialized Timer");
  op_point(h_.t_);
  return h_.t_->kind->reset(h_.t_, deadline_after(d.count), 0);
}

}  // namespace rt0
