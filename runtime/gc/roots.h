// The roots: memory outside the heap that may hold pointers. These are the globals, and every goroutine's stack with
// the registers that were saved there. The collector treats every word of them as a possible pointer. Go: mgcmark.go
// markroot. Linked only into programs that use it.
//
//   A goroutine that   has its stack from   and its registers
//   parked, yielded    sched.sp             above that: mcall pushed them
//   was preempted      sched.sp             above that: asyncPreempt pushed all of them
//   is in the kernel   syscallsp            above that: in_syscall has spilled them
//   has not run yet    sched.sp             nowhere; the values that its function captured are at the top of its stack,
//                                           or sched.ctxt points to them
//   calls this         the current frame    in this frame
//
// Two kinds of the runtime's own structures lie outside the heap and hold addresses of objects in it. Both are searched
// as a whole:
//   G   the values that its function captured (sched.ctxt), the record of its ancestors
//   P   the heap of its timers, and through it the timers, their functions and the values that those captured
// The other structures keep no object alive while the world is stopped. An M has the address of the lock that gopark
// was handed, but the parked goroutine has it, too, and the M's copy may be stale. The timer of a PollDesc calls the
// runtime with the PollDesc. MSpans and MCaches have addresses of free objects only. All other addresses lie in
// globals, on stacks or in the heap.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// Called for each range [lo, hi) of memory, which is aligned to words. gp: the goroutine it belongs to, or null.
using RootFn = void (*)(void* arg, const G* gp, uintptr lo, uintptr hi);

// Calls f for all roots. The calling goroutine must have stopped the world.
void for_each_root(RootFn f, void* arg);
// Whether `a` is an address in a global.
bool is_global(uintptr a);

}  // namespace rt0
