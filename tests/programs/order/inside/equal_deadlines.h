// Go's faketime stands still while goroutines run, then jumps to the next deadline, so timers can have equal deadlines.
// Here the timers are due in an hour, and run() pretends that the hour is over: it runs the timers due at each deadline
// as the scheduler would, then lets the goroutines run that they started, as AfterFunc does.
#pragma once

#include "lib/time/timer.h"
#include "sched/hooks.h"

#include <rt0/internal.h>

class EqualDeadlines {
 public:
  void after_func(rt0::Duration after, void (*f)(int), int id) {
    rt0::check(n_ < kMax, "EqualDeadlines: too many");
    Entry& e = entries_[n_++];
    e.f = f;
    e.id = id;
    rt0::timer_init(&e.timer, fire, &e);
    (void)rt0::timer_reset(&e.timer, base_ + after.count, 0);
  }

  void run() {
    const rt0::TimerHooks* hooks = rt0::timer_hooks.load_acquire();
    while (ended_ < n_) {
      rt0::internal::on_system_stack([hooks] {
        rt0::P* pp = rt0::getg()->m->p;
        (void)hooks->check(pp, hooks->wake_time(pp));
      });
      while (ended_ < fired_) rt0::gosched();
    }
  }

 private:
  static constexpr int kMax = 64;
  struct Entry {
    rt0::RtTimer timer;
    void (*f)(int);
    int id;
  };
  static void fire(void* arg, rt0::uintptr, rt0::i64) {
    Entry* e = static_cast<Entry*>(arg);
    fired_ = fired_ + 1;
    rt0::go([e] {
      e->f(e->id);
      ended_ = ended_ + 1;
    });
  }

  // With GOMAXPROCS=1 no two goroutines use them at the same time.
  static inline constinit volatile int fired_ = 0, ended_ = 0;
  rt0::i64 base_ = rt0::deadline_after(rt0::hours(1).count);
  int n_ = 0;
  Entry entries_[kMax];
};
