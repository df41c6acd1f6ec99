// GOMAXPROCS, where nobody has said what it shall be. Go: defaultGOMAXPROCS, sysmonUpdateGOMAXPROCS.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"

namespace rt0 {

// Set for good once GOMAXPROCS or set_gomaxprocs() has said a number.
extern Atomic<u32> customGOMAXPROCS;

// Linked into programs that start goroutines, or ask for the number; others have as many Ps as there are CPUs, and one
// that runs.
namespace detail {
struct Maxprocs {
  i32 (*at_start)(i32 cpus);
  void (*update)();  // by sysmon, once a second
};
extern const Maxprocs maxprocs __attribute__((weak));
}  // namespace detail

}  // namespace rt0
