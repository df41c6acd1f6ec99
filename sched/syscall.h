// System calls that may block, and the scheduler. Go: proc.go entersyscall … exitsyscall.
//
// Before such a call the status of the goroutine's P becomes syscall. From then on the thread that changes the status
// by CAS has the P: the M itself when it comes back in time (exitsyscall's fast path), sysmon when it has seen
// the call at two looks, or the thread that stops the world. An M that comes back late takes any idle P or queues its
// goroutine and sleeps.
#pragma once

#include "kernel_iface/errno.h"
#include "sched/gmp.h"

namespace rt0 {

// Around a system call which may block. In between the goroutine must not use the scheduler's state.
void entersyscall() RT0_SYM("runtime.entersyscall");
void exitsyscall() RT0_SYM("runtime.exitsyscall");
// Instead of entersyscall where the call is sure to block: gives the P away at once.
void entersyscallblock() RT0_SYM("runtime.entersyscallblock");

// Makes the calling function save all callee-saved registers in its frame at its beginning, with the values that its
// callers have in them.
RT0_INLINE void spill_registers() { __builtin_unwind_init(); }

// Calls f() between entersyscall and exitsyscall. Never inlined: its callers' registers are saved in its frame, which
// lies above syscallsp, so a collector finds pointers in them while the thread is in the kernel. See
// runtime/gc/roots.h.
template <class F>
[[gnu::noinline]] SysResult in_syscall(F& f) {
  spill_registers();
  entersyscall();
  const SysResult r = f();
  exitsyscall();
  return r;
}

}  // namespace rt0
