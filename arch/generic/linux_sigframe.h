// How an ISA comes back from an asynchronous preemption that has no instruction to load all registers, the pc included:
// the signal handler leaves a copy of its whole signal frame on the goroutine's stack, or on its preempt stack, and
// asyncPreempt lets rt_sigreturn load that.
#pragma once

#include "arch/generic/linux_structs.h"

namespace rt0::linux_abi {

// What a frame may take at most: the preempted goroutine has 16 KiB there, for this and the way into the scheduler.
inline constexpr usize kMostFrame = 14 * 1024;

// Copies the signal frame around `uc`, of which `before` bytes lie below uc and `bytes` from there upwards, below the
// interrupted stack pointer, or below `stack` if that is not 0. The copy is to be loaded on whatever thread runs the
// goroutine then: its alternate stack is made invalid, so that the kernel keeps the thread's.
template <class Ucontext>
Ucontext* copy_signal_frame(const Ucontext* uc, usize bytes, uintptr stack, usize before = kSiginfoBytes) {
  const uintptr frame = ((stack != 0 ? stack : uc->sp()) - before - bytes) & ~uintptr{15};
  Ucontext* copy = reinterpret_cast<Ucontext*>(frame + before);
  __builtin_memcpy(copy, uc, bytes);
  copy->stack.flags = -1;
  return copy;
}

}  // namespace rt0::linux_abi
