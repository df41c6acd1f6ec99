// A group of goroutines that work on parts of one task. Go: golang.org/x/sync/errgroup.
//
//   rt0::errgroup::Group<rt0::errors::Error> g;    // Error: false in a condition means that there is none
//   for (auto& url : urls) g.go([&] { return fetch(url); });
//   if (auto err = g.wait()) …                     // the first error that any of them returned
#pragma once

#include "rt0/chan.h"
#include "rt0/sync.h"

namespace rt0::errgroup {

// The panic of set_limit while `active` goroutines of the group run.
[[noreturn]] void panic_still_active(size_t active);

// E: the type of errors that the functions return; a value that is false means that there is none.
template <class E = const char*>
class Group {
 public:
  constexpr Group() = default;

  // At most n goroutines of the group run at one time; go() waits until one more may run. 0: none can start, and go()
  // waits for ever. Negative: no limit. Panics if goroutines of the group run under a limit at the moment.
  void set_limit(ptrdiff_t n) {
    if (const size_t active = room_.len(); active != 0) panic_still_active(active);
    room_ = n < 0 ? Chan<builtin::Unit>() : Chan<builtin::Unit>(n);
  }

  // Runs f() in a goroutine. The first error that such an f returns becomes the group's error.
  template <class F>
  [[gnu::always_inline]] inline void go(F&& f, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    if (room_) room_.send({});
    add(static_cast<F&&>(f), file, line);
  }
  // The same if the limit allows it now; otherwise does nothing and returns false.
  template <class F>
  [[gnu::always_inline]] inline bool try_go(F&& f, const char* file = __builtin_FILE(),
                                            unsigned line = __builtin_LINE()) {
    if (room_ && !room_.try_send({})) return false;
    add(static_cast<F&&>(f), file, line);
    return true;
  }
  // Waits for all goroutines of the group, and returns the first error.
  E wait() {
    wg_.wait();
    return err_;
  }

 private:
  struct NotBegun {  // no lambda: see WaitGroup
    Group* group;
    void operator()() const { group->leave(); }
  };

  template <class F>
  [[gnu::always_inline]] inline void add(F&& f, const char* file, unsigned line) {
    using Fn = typename detail::Decay<F>::type;
    wg_.add(1);
    const detail::Undo<NotBegun, !__is_trivially_copyable(Fn)> back(NotBegun{this});
    ::rt0::go(
        [this, own = detail::Owned<Fn>(detail::InPlace{}, static_cast<F&&>(f))]() mutable {
          Defer last([this, &own] {
            own.destroy();
            leave();
          });
          if (E err = func(own.f)) fail(err);
        },
        file, line);
  }
  void leave() {
    if (room_) (void)room_.recv();
    wg_.done();
  }
  void fail(E& err) {
    once_.do_([&] { err_ = err; });
  }

  sync::WaitGroup wg_;
  sync::Once once_;
  E err_{};
  Chan<builtin::Unit> room_;  // nil without a limit; each goroutine under it has an element in here
};

}  // namespace rt0::errgroup
