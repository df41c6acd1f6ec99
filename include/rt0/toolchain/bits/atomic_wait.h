// In front of libstdc++'s header of this name, which std::atomic::wait, semaphores, latches and barriers are made of.
// Before a wait it gives way to other threads a few times: sixteen times on most ISAs, four times on x86. Goroutines
// wait cheaply, and on the simulated kernel the difference would be seen in traces, so here it only looks again.
#pragma once
#pragma GCC system_header

#include <bits/functional_hash.h>
#include <bits/gthr.h>
#include <ext/numeric_traits.h>

#pragma push_macro("_GLIBCXX_USE_SCHED_YIELD")
#undef _GLIBCXX_USE_SCHED_YIELD
#include_next <bits/atomic_wait.h>
#pragma pop_macro("_GLIBCXX_USE_SCHED_YIELD")
