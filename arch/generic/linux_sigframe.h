// The way back from an asynchronous preemption, on ISAs that have no instruction to load all registers, the pc
// included: the signal handler leaves a copy of its whole signal frame on the goroutine's stack, or on its preempt
// stack, and asyncPreempt ends with rt_sigreturn, by which the kernel loads all registers from that copy.
#pragma once

#include "arch/generic/linux_structs.h"

namespace rt0::linux_abi {

// The largest frame that is copied. The copy and the calls into the scheduler have 16 KiB of stack in all (kRoom in
// sched/preempt.cc).
inline constexpr usize kMostFrame = 14 * 1024;

// Copies the signal frame around `uc` to below the interrupted stack pointer, or to below `stack` if that is not 0:
// `bytes` from uc upwards. The `before` bytes that the frame has below uc get room, but are not copied, for
// rt_sigreturn does not read them. Another thread may run the goroutine by the time the copy is loaded. So the
// alternate stack in it is made invalid: the kernel then leaves that thread's own as it is.
template <class Ucontext>
Ucontext* copy_signal_frame(const Ucontext* uc, usize bytes, uintptr stack, usize before = kSiginfoBytes) {
  const uintptr frame = ((stack != 0 ? stack : uc->sp()) - before - bytes) & ~uintptr{15};
  Ucontext* copy = reinterpret_cast<Ucontext*>(frame + before);
  __builtin_memcpy(copy, uc, bytes);
  copy->stack.flags = -1;
  return copy;
}

}  // namespace rt0::linux_abi
