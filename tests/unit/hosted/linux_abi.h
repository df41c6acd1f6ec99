// A test double of arch/<isa>/linux_abi.h, as far as kernel_iface/linux/vdso.cc needs it, for the machine that runs the
// tests.
#pragma once

#include <time.h>

#include "base/types.h"

namespace rt0::linux_abi {

struct Timespec {
  decltype(timespec::tv_sec) sec;
  decltype(timespec::tv_nsec) nsec;
};

// The name differs between ISAs; see vdso(7).
#if defined(__aarch64__) || defined(__powerpc__) || defined(__s390__)
inline constexpr char kVdsoClockGettime[] = "__kernel_clock_gettime";
#else
inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime";
#endif

}  // namespace rt0::linux_abi
