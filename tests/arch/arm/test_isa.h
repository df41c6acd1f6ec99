// What tests need to know about arm.
#pragma once

#include "arch/arch.h"
#include "linux_abi.h"

namespace test_isa {

// The thread pointer; 0 if it has not been set.
inline rt0::uintptr thread_pointer() {
  rt0::uintptr tp;
  __asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(tp));
  return tp;
}
// Sets the thread pointer as a C library's start code does for the main thread.
inline void set_thread_pointer(rt0::uintptr* tls) {
  (void)rt0::Isa::syscall6(rt0::linux_abi::kSetTls, rt0::Isa::tls_base(tls), 0, 0, 0, 0, 0);
}

// interrupted_loop compares every vector register that all CPUs have.
inline bool has_wide_vectors() { return false; }

// __builtin_frame_address(0) modulo the stack alignment, in every function that was entered on an aligned stack.
inline constexpr rt0::uintptr kFrameRemainder = rt0::Isa::kCallerFp == 0 ? 0 : 4;

// The control word that says how floating point rounds, and its value for "up".
inline constexpr unsigned kRoundUp = 1u << 22;
inline unsigned fp_control() {
  unsigned v;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(v));
  return v & 0x00c00000u;
}
inline void set_fp_control(unsigned v) { __asm__ volatile("vmsr fpscr, %0" ::"r"(v)); }

}  // namespace test_isa
