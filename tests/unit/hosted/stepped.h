// Runs a function one instruction at a time, so that a test can do between any two of its instructions what another
// thread might do there.
#pragma once

#include <gtest/gtest.h>

#include <functional>

// Not with TSan, which delivers signals too late.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#include <ucontext.h>
#include <csignal>

namespace rt0::hosted {

inline constexpr bool kCanStep = true;

namespace detail {
inline int steps_left = 0;
inline const std::function<void()>* between = nullptr;
constexpr unsigned long kTrapFlag = 0x100;

inline void step(int, siginfo_t*, void* context) {
  if (--steps_left != 0) return;
  static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~static_cast<long>(kTrapFlag);
  (*between)();
}

// Switches the trap flag on (set = kTrapFlag) or off (set = 0). The two lea move rsp below the red zone and back, so
// that pushfq does not write into the red zone.
[[gnu::always_inline]] inline void trap_flag(unsigned long set) {
  __asm__ volatile(
      "lea -128(%%rsp), %%rsp\n\t"
      "pushfq\n\t"
      "andq $~0x100, (%%rsp)\n\t"
      "orq %0, (%%rsp)\n\t"
      "popfq\n\t"
      "lea 128(%%rsp), %%rsp" ::"r"(set)
      : "memory", "cc");
}
}  // namespace detail

// Calls f, and `between` after f's n-th instruction. False if f has ended before that. At that instruction f must hold
// no lock that `between` needs.
template <class F>
bool with_between(int n, F f, const std::function<void()>& between) {
  struct sigaction now = {}, before;
  now.sa_sigaction = detail::step;
  now.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &now, &before);
  detail::steps_left = n;
  detail::between = &between;
  detail::trap_flag(detail::kTrapFlag);
  f();
  detail::trap_flag(0);
  sigaction(SIGTRAP, &before, nullptr);
  return detail::steps_left <= 0;
}

}  // namespace rt0::hosted
#else
namespace rt0::hosted {
inline constexpr bool kCanStep = false;
template <class F>
bool with_between(int, F, const std::function<void()>&) {
  return false;
}
}  // namespace rt0::hosted
#endif
