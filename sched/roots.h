// Where pointers may lie outside the heap: every goroutine's stack with the registers that were saved there, and the globals. For the
// collector, which looks at all of it as if every word were a pointer. Go: mgcmark.go markroot. Linked only into programs that use it.
//
//   A goroutine that   stands at            and its registers lie
//   parked, yielded    sched.sp             above: mcall pushed them
//   was preempted      sched.sp             above: asyncPreempt pushed all of them
//   is in the kernel   syscallsp            above: in_syscall has spilled them
//   has not run yet    sched.sp             nowhere; what its function captured lies at the top of its stack, or is sched.ctxt
//   asks               here                 in this frame
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// gp: whose, or null for globals. [lo, hi) is aligned to words.
using RootFn = void (*)(void* arg, const G* gp, uintptr lo, uintptr hi);

// The world is stopped, by the calling goroutine.
void for_each_root(RootFn f, void* arg);
// Is a an address of a global?
bool is_global(uintptr a);

}  // namespace rt0
