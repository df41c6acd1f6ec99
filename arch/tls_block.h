// Where the thread_local variables of a goroutine lie: in a block at the top of its stack, which the thread pointer
// leads to. Only programs that have such variables are linked with this (RT0_TLS): see sched/thread_pointer.h.
//
// The layout is that of the ISA's ABI, with the linker's offsets. getg() finds g at a fixed place near the thread
// pointer, in each block as in M::tls. sched/tls_room.cc keeps that place free: it has the first and the last 64 bytes
// of all variables.
#pragma once

#include "arch/arch.h"
#include "thread_pointer.h"

namespace rt0 {

// From the linker script: the initial values, and where those of the variables that begin as 0 would end.
extern const u8 tls_image[] __asm__("runtime.tdata"),
    tls_image_end[] __asm__("runtime.etdata"), tls_end[] __asm__("runtime.etbss");

struct TlsBlock {
  static constexpr usize kAlign = 64;  // rt0.ld checks that no variable needs more
  static constexpr usize kHeadRoom = align_up(ThreadPointer::kHead, kAlign);

  uintptr variables, end;  // [variables, end)
  uintptr tp;

  // Of the goroutine whose stack's upper end is `top`.
  RT0_INLINE static TlsBlock at(uintptr top) {
    const usize bytes = align_up(static_cast<usize>(tls_end - tls_image), kAlign);
    TlsBlock b;
    if constexpr (ThreadPointer::kVariablesBelow) {
      b.tp = b.end = align_down(top - ThreadPointer::kHead, kAlign);
      b.variables = b.end - bytes;
    } else {
      b.variables = align_down(top - bytes, kAlign);
      b.end = b.variables + bytes;
      b.tp = b.variables - kHeadRoom;
    }
    return b;
  }
  // The block's lower end, where the stack begins.
  uintptr low() const { return ThreadPointer::kVariablesBelow ? variables : tp; }

  // Where getg() looks if the thread pointer is tp.
  RT0_INLINE static G** g_at(uintptr tp) { return reinterpret_cast<G**>(tp - Isa::tls_base(nullptr)); }
  // Gives the variables their initial values.
  void init() const {
    const usize given = static_cast<usize>(tls_image_end - tls_image);
    __builtin_memset(reinterpret_cast<void*>(low()), 0,
                     (ThreadPointer::kVariablesBelow ? tp + ThreadPointer::kHead : end) - low());
    __builtin_memcpy(reinterpret_cast<void*>(variables), tls_image, given);
    if constexpr (ThreadPointer::kVariablesBelow) *reinterpret_cast<uintptr*>(tp) = tp;
  }
};

}  // namespace rt0
