// Where pointers may lie outside the heap: every goroutine's stack with the registers that were saved there, and the
// globals. For the collector, which looks at all of it as if every word were a pointer. Go: mgcmark.go markroot. Linked
// only into programs that use it.
//
//   A goroutine that   stands at            and its registers lie
//   parked, yielded    sched.sp             above: mcall pushed them
//   was preempted      sched.sp             above: asyncPreempt pushed all of them
//   is in the kernel   syscallsp            above: in_syscall has spilled them
//   has not run yet    sched.sp             nowhere; what its function captured lies at the top of its stack, or is
//   sched.ctxt
//   calls this         here                 in this frame
//
// Of the runtime's own structures two kinds lie outside the heap and hold addresses of objects in it, and both are
// handed out whole:
//   G   what its function captured (sched.ctxt), the record of its ancestors
//   P   the heap of its timers, and through that the timers, their functions and what those captured
// The other structures keep no object alive while the world is stopped. An M has the address of the lock that gopark
// was handed, but the parked goroutine has it, too, and the M's copy may be stale. The timer of a PollDesc calls the
// runtime with the PollDesc. MSpans and MCaches have addresses of free objects only. All other addresses lie in
// globals, on stacks or in the heap.
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
