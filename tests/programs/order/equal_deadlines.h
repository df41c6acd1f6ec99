// Go's faketime stands still while a program runs, so that timers can have equal deadlines. Here they are given them: each timer fires at
// `base` + after, and starts a goroutine as AfterFunc does.
#pragma once

#include "sched/timer.h"

#include <rt0/rt0.h>

class EqualDeadlines {
 public:
  static constexpr int kMax = 64;

  void after_func(rt0::Duration after, void (*f)(int), int id) {
    check(n_ < kMax);
    Entry& e = entries_[n_++];
    e.f = f;
    e.id = id;
    rt0::timer_init(&e.timer, fire, &e);
    (void)rt0::timer_reset(&e.timer, base_ + after.count, 0);
  }

 private:
  struct Entry {
    rt0::RtTimer timer;
    void (*f)(int);
    int id;
  };
  static void check(bool ok) { rt0::check(ok, "EqualDeadlines: too many"); }
  static void fire(void* arg, rt0::uintptr, rt0::i64) {
    Entry* e = static_cast<Entry*>(arg);
    rt0::go([e] { e->f(e->id); });
  }

  rt0::i64 base_ = rt0::deadline_after(rt0::ms(50).count);  // late enough for all to be on the heap
  int n_ = 0;
  Entry entries_[kMax];
};
