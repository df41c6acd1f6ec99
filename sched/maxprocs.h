// GOMAXPROCS, where neither the environment nor the program has set it. Go: defaultGOMAXPROCS, sysmonUpdateGOMAXPROCS.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"

namespace rt0 {

// Becomes 1, and stays so, when the environment's GOMAXPROCS or set_gomaxprocs() has given a number.
extern Atomic<u32> customGOMAXPROCS;

// Linked into programs that start goroutines or ask for the number. Other programs have as many Ps as there are CPUs,
// of which only one is ever used.
namespace detail {
struct Maxprocs {
  i32 (*at_start)(i32 cpus);
  void (*update)();  // by sysmon, once a second
};
extern const Maxprocs maxprocs __attribute__((weak));
}  // namespace detail

}  // namespace rt0
