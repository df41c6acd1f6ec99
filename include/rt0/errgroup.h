// A group of goroutines that work on one thing. Go: golang.org/x/sync/errgroup.
//
//   rt0::errgroup::Group<rt0::errors::Error> g;    // Error: false in a condition means that there is none
//   for (auto& url : urls) g.go([&] { return fetch(url); });
//   if (auto err = g.wait()) …                     // the first error that any of them returned
#pragma once

#include "rt0/sync.h"

namespace rt0::errgroup {

template <class E = const char*>
class Group {
 public:
  constexpr Group() = default;

  // At most n run at one time; go then waits. Negative: no limit; it must be set while none runs.
  void set_limit(int n) { limit_ = n; }

  // Runs f() in a goroutine; the first that returns an error gives the group its own.
  template <class F>
  [[gnu::always_inline]] inline void go(F&& f, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    (void)enter(true);
    start(static_cast<F&&>(f), file, line);
  }
  // The same if the limit allows it at once; false if not.
  template <class F>
  [[gnu::always_inline]] inline bool try_go(F&& f, const char* file = __builtin_FILE(),
                                            unsigned line = __builtin_LINE()) {
    if (!enter(false)) return false;
    start(static_cast<F&&>(f), file, line);
    return true;
  }
  // Waits for all, and returns the first error.
  E wait() {
    wg_.wait();
    return err_;
  }

 private:
  template <class F>
  [[gnu::always_inline]] inline void start(F&& f, const char* file, unsigned line) {
    wg_.add(1);
    ::rt0::go(
        [this, fn = static_cast<typename detail::RemoveRef<F>::type>(static_cast<F&&>(f))]() mutable {
          if (E err = fn()) once_.do_([&] { err_ = err; });
          leave();
          wg_.done();
        },
        file, line);
  }

  bool enter(bool wait) {
    if (limit_ < 0) return true;
    mu_.lock();
    while (running_ >= limit_ && wait) room_.wait();
    const bool ok = running_ < limit_;
    if (ok) running_++;
    mu_.unlock();
    return ok;
  }
  void leave() {
    if (limit_ < 0) return;
    mu_.lock();
    running_--;
    room_.signal();
    mu_.unlock();
  }

  sync::WaitGroup wg_;
  sync::Once once_;
  E err_{};
  sync::Mutex mu_;
  sync::Cond<sync::Mutex> room_{mu_};
  int limit_ = -1;
  int running_ = 0;  // [mu_] if there is a limit
};

}  // namespace rt0::errgroup
