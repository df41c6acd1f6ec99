// System calls that may block, and the scheduler. Go: proc.go entersyscall … exitsyscall.
//
// Before such a call the goroutine leaves its P loosely tied to its M: the P's status becomes syscall, and from then on
// whoever changes it by CAS has it: the M itself when it comes back in time (exitsyscall's fast path), sysmon when the
// call takes longer than a tick, or who stops the world. An M that comes back late takes any idle P or queues its
// goroutine and sleeps.
#pragma once

#include "kernel_iface/errno.h"
#include "sched/gmp.h"

namespace rt0 {

// Around a system call which may block. In between the goroutine may touch nothing of the scheduler.
void entersyscall() RT0_SYM("runtime.entersyscall");
void exitsyscall() RT0_SYM("runtime.exitsyscall");
// Instead of entersyscall where the call is sure to block: gives the P away at once.
void entersyscallblock() RT0_SYM("runtime.entersyscallblock");

// All registers that functions keep are put into the calling function's frame at its beginning, whatever its callers
// have in them.
RT0_INLINE void spill_registers() { __builtin_unwind_init(); }

// f() between the two. Never inlined: what its callers have in registers lies in its frame then, above syscallsp, where
// a collector finds it while the thread is in the kernel. See runtime/gc/roots.h.
template <class F>
[[gnu::noinline]] SysResult in_syscall(F& f) {
  spill_registers();
  entersyscall();
  const SysResult r = f();
  exitsyscall();
  return r;
}

}  // namespace rt0
