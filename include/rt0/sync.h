// Go's package sync: Mutex, RWMutex, WaitGroup, Cond, Once.
//
//   constinit rt0::Mutex mu{};              rt0::WaitGroup wg;
//   { rt0::LockGuard l(mu); n++; }          wg.go([&] { work(); });  wg.wait();
//
// The zero value of each is ready to use. None may be copied, or destroyed while a goroutine waits in one of its
// methods. They behave as Go's: they wake goroutines in the same order, and the same misuse is an error with the same
// text. All names are in namespace rt0::sync, which tracebacks spell as Go does, and also in rt0.
// A fatal error ends the program; recover() cannot stop it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rt0/atomic.h"
#include "rt0/go.h"
#include "rt0/panic.h"

// Inside rt0, clang checks that a lock is held where a field is used (base/guards.h). Not in programs: it can't follow
// a lock that a deferred call or another goroutine unlocks, and would warn of programs that are right.
#if defined(RT0_RUNTIME) && defined(__clang__)
#define RT0_LOCKING(x) __attribute__((x))
#else
#define RT0_LOCKING(x)
#endif

namespace rt0 {
namespace detail {

// A counting semaphore that goroutines sleep on, and their queue. Only lib/sync/sema.h and the files there use its
// fields.
struct Sema {
  unsigned lock_key = 0, lock_rank = 0;
  unsigned value = 0;
  void* last = nullptr;

  constexpr Sema() = default;
  Sema(const Sema&) = delete;
  Sema& operator=(const Sema&) = delete;
};

// The wait list of sync.Cond. Go: notifyList.
struct NotifyList {
  unsigned wait = 0, notify = 0;
  unsigned lock_key = 0, lock_rank = 0;
  void *head = nullptr, *tail = nullptr;

  constexpr NotifyList() = default;
  NotifyList(const NotifyList&) = delete;
  NotifyList& operator=(const NotifyList&) = delete;
};

// Calls what a pointer of type P points to. `at` is where that pointer lies.
template <class P>
void call_through(void* at) {
  (**static_cast<P*>(at))();
}

}  // namespace detail

namespace internal::sync {

// The implementation of Mutex. Go has it in a package of its own, whose name tracebacks show.
class Mutex {
 public:
  [[gnu::always_inline]] inline void lock() {
    if (__builtin_expect(state_.compare_and_swap(0, kLocked), 1)) return;
    lock_slow();
  }
  [[gnu::always_inline]] inline void unlock() {
    if (const int32_t left = state_.add(-kLocked); __builtin_expect(left != 0, 0)) unlock_slow(left);
  }
  bool try_lock() {
    const int32_t old = state_.load();
    return (old & (kLocked | kStarving)) == 0 && state_.compare_and_swap(old, old | kLocked);
  }

 private:
  // state_: these bits, and above them the number of goroutines that wait.
  static constexpr int32_t kLocked = 1, kWoken = 2, kStarving = 4, kWaiterShift = 3;

  void lock_slow();
  void unlock_slow(int32_t left);
  void take_handed_over(int32_t old, bool starving);

  atomic::Int32 state_;
  detail::Sema sema_;
};

}  // namespace internal::sync

namespace sync {

// Mutual exclusion between goroutines. A running goroutine that wants the mutex may overtake waiting goroutines; but a
// waiter that has not got it for 1 ms gets it next, before all others. unlock() of an unlocked Mutex is a fatal
// error.
class RT0_LOCKING(capability("mutex")) Mutex {
 public:
  constexpr Mutex() = default;
  [[gnu::always_inline]] inline void lock() RT0_LOCKING(acquire_capability()) { mu_.lock(); }
  [[gnu::always_inline]] inline void unlock() RT0_LOCKING(release_capability()) { mu_.unlock(); }
  // Takes the mutex if it is free; false if not.
  bool try_lock() RT0_LOCKING(try_acquire_capability(true)) { return mu_.try_lock(); }

 private:
  internal::sync::Mutex mu_;
};

// Called by rlock() while there is a writer: waits until the writer has unlocked.
void runtime_SemacquireRWMutexR(detail::Sema* s);

// Many readers or one writer. While a writer waits, new readers wait, too. An unlock without its lock is a fatal error.
class RWMutex {
 public:
  constexpr RWMutex() = default;
  [[gnu::always_inline]] inline void rlock() {
    if (__builtin_expect(readerCount_.add(1) < 0, 0)) runtime_SemacquireRWMutexR(&readerSem_);
  }
  [[gnu::always_inline]] inline void runlock() {
    if (const int32_t r = readerCount_.add(-1); __builtin_expect(r < 0, 0)) runlock_slow(r);
  }
  bool try_rlock();
  void lock();
  void unlock();
  bool try_lock();

  // A lock that locks and unlocks for reading: auto r = mu.rlocker(); Cond c(r);
  class RLocker {
   public:
    explicit RLocker(RWMutex* mu) : mu_(mu) {}
    [[gnu::always_inline]] inline void lock() { mu_->rlock(); }
    [[gnu::always_inline]] inline void unlock() { mu_->runlock(); }
    friend bool operator==(RLocker a, RLocker b) { return a.mu_ == b.mu_; }

   private:
    RWMutex* mu_;
  };
  RLocker rlocker() { return RLocker(this); }

 private:
  static constexpr int32_t kMaxReaders = 1 << 30;

  void runlock_slow(int32_t r);

  Mutex w_;                    // held by a writer, also while it waits for the readers
  atomic::Int32 readerCount_;  // readers, those that wait included; less kMaxReaders while there is a writer
  atomic::Int32 readerWait_;   // readers that the writer still waits for
  detail::Sema writerSem_;     // the writer waits here for readers
  detail::Sema readerSem_;     // readers wait here for the writer
};

// Waits for a number of goroutines to be done.
class WaitGroup {
 public:
  constexpr WaitGroup() = default;
  // Adds delta to the counter of goroutines to wait for; at 0 wakes all that wait. A counter below 0 panics. So
  // does an add to a counter of 0 while goroutines still wait, because they were not woken yet.
  void add(int delta);
  [[gnu::always_inline]] inline void done() { add(-1); }
  // Returns when the counter is 0.
  void wait();
  // Runs f() in a goroutine of its own that is waited for. Go 1.25: WaitGroup.Go.
  template <class F>
  [[gnu::always_inline]] inline void go(F&& f, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    using Fn = typename detail::Decay<F>::type;
    add(1);
    const detail::Undo<NotBegun, !__is_trivially_copyable(Fn)> back(NotBegun{this});
    ::rt0::go(
        [this, own = detail::Owned<Fn>(detail::InPlace{}, static_cast<F&&>(f))]() mutable {
          Defer last([this, &own] {
            if (const Recovered r = recover()) panic(r);  // as Go's: wait() must not come back while the process ends
            own.destroy();
            done();
          });
          func(own.f);
        },
        file, line);
  }

 private:
  // Takes back go's add(1) if the goroutine could not begin. Not a lambda, because tracebacks number the lambdas of a
  // function, and the goroutine's lambda must be go's first, as in Go: WaitGroup.Go.func1.
  struct NotBegun {
    WaitGroup* wg;
    void operator()() const { wg->done(); }
  };

  // The counter, from bit kShift on, and bit 0, which is set while a goroutine waits. They are one word, so that a
  // goroutine that makes the counter 0 learns at the same moment whether one waits: after that the object may be gone.
  static constexpr unsigned kShift = sizeof(size_t) == 8 ? 32 : 1;
  static constexpr size_t kWaiters = 1;
  static int counter(size_t state) { return static_cast<int>(static_cast<ptrdiff_t>(state) >> kShift); }

  friend bool runtime_SemacquireWaitGroup(WaitGroup* wg);

  atomic::Number<size_t> state_;
  detail::Sema sema_;
};

// The runtime's side of Cond.
unsigned runtime_notifyListAdd(detail::NotifyList* l);
void runtime_notifyListWait(detail::NotifyList* l, unsigned ticket);
void runtime_notifyListNotifyOne(detail::NotifyList* l);
void runtime_notifyListNotifyAll(detail::NotifyList* l);

// Waiting for a condition that a lock guards. l is a Mutex, or anything with lock() and unlock().
template <class L = Mutex>
class Cond {
 public:
  constexpr explicit Cond(L& lock) : l(&lock) {}
  Cond(const Cond&) = delete;
  Cond& operator=(const Cond&) = delete;

  L* const l;

  // Unlocks *l, sleeps until signal or broadcast, and locks *l again. The condition may be false then: wait in a loop.
  [[gnu::noinline]] void wait() RT0_LOCKING(no_thread_safety_analysis) {
    const unsigned ticket = runtime_notifyListAdd(&notify_);
    l->unlock();
    runtime_notifyListWait(&notify_, ticket);
    l->lock();
  }
  // signal wakes the goroutine that has waited longest, broadcast all of them.
  void signal() { runtime_notifyListNotifyOne(&notify_); }
  void broadcast() { runtime_notifyListNotifyAll(&notify_); }

 private:
  detail::NotifyList notify_;
};

// Runs a function once, by the first goroutine that comes; other goroutines wait until it has been done.
class Once {
 public:
  constexpr Once() = default;
  // Calls f() if no other f has been called through this Once. An f that does not return (Goexit) has been called, too.
  template <class F>
  [[gnu::always_inline]] inline void do_(F&& f) {
    if (__builtin_expect(done_.load() == 0, 0)) {
      auto* p = &f;  // in a variable of its own: a pointer to a function can't travel as a void*
      do_slow(detail::call_through<decltype(p)>, &p);
    }
  }

 private:
  void do_slow(void (*f)(void*), void* arg);

  atomic::Uint32 done_;
  Mutex m_;
};

// The outcome of the one call: whether it has returned; if not, the value of its panic, with which every later call
// panics, too.
struct OnceOutcome {
  bool valid = false;
  Recovered panicked;

  void note() {  // at once, so that the traceback shows the call
    panicked = recover();
    if (!valid) panic(panicked);
  }
  void check() const {
    if (!valid) panic(panicked);
  }
};

// What once_func, once_value and once_values return: a callable that calls the function at its own first call. Go:
// OnceFunc, OnceValue, OnceValues.
template <class F, class R>
class OnceCall {
 public:
  template <class G>
  OnceCall(detail::InPlace, G&& f) : f_(static_cast<G&&>(f)) {}
  const R& operator()() {
    once_.do_([this] {
      Defer d([this] { outcome_.note(); });
      value_ = func([this]() -> R { return f_(); });
      outcome_.valid = true;
    });
    outcome_.check();
    return value_;
  }

 private:
  F f_;
  R value_{};
  Once once_;
  OnceOutcome outcome_;
};
template <class F>
class OnceCall<F, void> {
 public:
  template <class G>
  OnceCall(detail::InPlace, G&& f) : f_(static_cast<G&&>(f)) {}
  void operator()() {
    once_.do_([this] {
      Defer d([this] { outcome_.note(); });
      func([this] { f_(); });
      outcome_.valid = true;
    });
    outcome_.check();
  }

 private:
  F f_;
  Once once_;
  OnceOutcome outcome_;
};

// auto config = rt0::once_value([] { return load(); });   The first call of config() calls load().
// once_func(f) is the same without a value. f is any callable, copied or moved.
template <class F>
auto once_value(F&& f) {
  using R = typename detail::Decay<decltype(f())>::type;
  return OnceCall<typename detail::Decay<F>::type, R>(detail::InPlace{}, static_cast<F&&>(f));
}
// Of an f that returns several results, as a struct: const auto& [host, port] = address(). Go: OnceValues.
template <class F>
auto once_values(F&& f) {
  return once_value(static_cast<F&&>(f));
}
template <class F>
auto once_func(F&& f) {
  return OnceCall<typename detail::Decay<F>::type, void>(detail::InPlace{}, static_cast<F&&>(f));
}

// Holds a lock for a scope. Without exceptions, Goexit and a panic that is recovered outside of the scope run no
// destructors and leave it locked. Where that may be, use lock() and `Defer unlock([&] { mu.unlock(); });`, as in Go.
template <class L>
class [[nodiscard]] RT0_LOCKING(scoped_lockable) LockGuard {
 public:
  explicit LockGuard(L& l) RT0_LOCKING(acquire_capability(l)) : l_(&l) { l.lock(); }
  ~LockGuard() RT0_LOCKING(release_capability()) { l_->unlock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  L* l_;
};

// Holds an RWMutex for reading.
class [[nodiscard]] RLockGuard {
 public:
  explicit RLockGuard(RWMutex& l) : l_(&l) { l.rlock(); }
  ~RLockGuard() { l_->runlock(); }
  RLockGuard(const RLockGuard&) = delete;
  RLockGuard& operator=(const RLockGuard&) = delete;

 private:
  RWMutex* l_;
};

}  // namespace sync

#if !defined(RT0_NO_SHORT_NAMES)  // see error.h
using sync::Cond;
using sync::LockGuard;
using sync::Once;
using sync::once_func;
using sync::once_value;
using sync::once_values;
using sync::RLockGuard;
using sync::RWMutex;
using sync::WaitGroup;
#if !defined(RT0_RUNTIME)  // there Mutex is the runtime's own, of base/lock.h
using sync::Mutex;
#endif
#endif

}  // namespace rt0
