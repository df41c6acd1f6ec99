// Signals as values of a channel. Go: package os/signal.
//
//   rt0::Chan<rt0::os::Signal> stop(1);
//   rt0::signal::notify(stop, rt0::os::kInterrupt, rt0::syscall::kSIGTERM);
//   rt0::println("stopped by", stop.recv());
//
// or, for functions that take a context:
//
//   auto [ctx, stop] = rt0::signal::notify_context(rt0::context::background(), rt0::os::kInterrupt);
//
// As in Go, a signal that finds no room in a channel is not kept for it, so a channel needs a buffer. kSIGKILL and
// kSIGSTOP cannot be caught, 32 to 34 belong to C libraries, SIGPROF to profilers: these are left out silently. A
// fault of the program's own (a nil dereference) stays a panic, whatever is asked for here; the same signal sent by
// another process is delivered, or ignored.
//
// On the simulated kernel, which has no other processes, no signal arrives: a goroutine that waits for one waits for
// ever.
#pragma once

#include "rt0/chan.h"
#include "rt0/context.h"

namespace rt0 {

namespace os {

// A signal by its number, 1 to 64. Prints as in Go: "interrupt", "terminated", "signal 34".
class Signal {
 public:
  constexpr Signal() = default;
  constexpr Signal(int number) : n_(number) {}
  constexpr int number() const { return n_; }
  // Its name.
  const char* data() const;
  size_t size() const;
  friend constexpr bool operator==(Signal, Signal) = default;

 private:
  int n_ = 0;
};

inline constexpr Signal kInterrupt{2}, kKill{9};  // Go: os.Interrupt, os.Kill

}  // namespace os

namespace syscall {

inline constexpr os::Signal kSIGHUP{1}, kSIGINT{2}, kSIGQUIT{3}, kSIGILL{4}, kSIGTRAP{5}, kSIGABRT{6}, kSIGBUS{7},
    kSIGFPE{8}, kSIGKILL{9}, kSIGUSR1{10}, kSIGSEGV{11}, kSIGUSR2{12}, kSIGPIPE{13}, kSIGALRM{14}, kSIGTERM{15},
    kSIGSTKFLT{16}, kSIGCHLD{17}, kSIGCONT{18}, kSIGSTOP{19}, kSIGTSTP{20}, kSIGTTIN{21}, kSIGTTOU{22}, kSIGURG{23},
    kSIGXCPU{24}, kSIGXFSZ{25}, kSIGVTALRM{26}, kSIGPROF{27}, kSIGWINCH{28}, kSIGIO{29}, kSIGPWR{30}, kSIGSYS{31};

}  // namespace syscall

namespace detail {

constexpr uint64_t signal_bit(os::Signal s) {
  return s.number() >= 1 && s.number() <= 64 ? uint64_t{1} << (s.number() - 1) : 0;
}
// A set of signals: bit n - 1 is signal n. No signal named means all.
template <class... S>
constexpr uint64_t signal_set(S... sigs) {
  if constexpr (sizeof...(sigs) == 0) {
    return ~uint64_t{0};
  } else {
    uint64_t set = 0;
    ((set |= signal_bit(sigs)), ...);
    return set;
  }
}
// In lib/signal/signal.cc.
void signal_notify(const Chan<os::Signal>& c, uint64_t set);
void signal_cancel(uint64_t set, bool ignore);
void signal_wait(const context::WithCancelCause& w, const Chan<os::Signal>& c);

}  // namespace detail

namespace signal {

// From now on these signals are sent to c instead of having their default effect; none named: all. More calls for the
// same channel add to its signals; several channels may ask for the same signal, and each gets it. Panics if c is nil.
template <class... S>
void notify(const Chan<os::Signal>& c, S... sigs) {
  detail::signal_notify(c, detail::signal_set(sigs...));
}
// c gets no more signals after this. Signals that no other channel asks for have their default effect again.
void stop(const Chan<os::Signal>& c);
// The process takes no notice of these signals, nor do processes that it starts; none named: of all. Undoes notify for
// them.
template <class... S>
void ignore(S... sigs) {
  detail::signal_cancel(detail::signal_set(sigs...), true);
}
// Whether the signal is ignored: by ignore(), or because the parent process had SIGHUP or SIGINT ignored (as nohup
// does) and notify() has not asked for it since.
bool ignored(os::Signal sig);
// These signals have their default effect again, whatever notify() and ignore() have said; none named: all.
template <class... S>
void reset(S... sigs) {
  detail::signal_cancel(detail::signal_set(sigs...), false);
}

// Ends the context of notify_context, and gives its signals their default effect again.
class StopFunc {
 public:
  StopFunc(const context::Context& ctx, const Chan<os::Signal>& c) : cancel_(ctx), c_(c) {}
  void operator()() const {
    cancel_();
    stop(c_);
  }

 private:
  context::CancelFunc cancel_;
  Chan<os::Signal> c_;
};
struct NotifyContext {
  context::Context ctx;
  StopFunc stop;
};
// A context that ends when one of these signals arrives (none named: any), when `stop` is called, or with its parent.
// The cause of the first kind is "interrupt signal received" or the like. Until stop is called the signals are caught,
// so call it as soon as their default effect is wanted again: for instance when the first interrupt has been seen, so
// that a second one ends the program.
template <class... S>
NotifyContext notify_context(const context::Context& parent, S... sigs) {
  const context::WithCancelCause w = context::with_cancel_cause(parent);
  const Chan<os::Signal> c(1);
  notify(c, sigs...);
  detail::signal_wait(w, c);
  return {w.ctx, StopFunc(w.ctx, c)};
}

}  // namespace signal

template <>
inline constexpr bool kRelocatable<os::Signal> = true;

}  // namespace rt0
