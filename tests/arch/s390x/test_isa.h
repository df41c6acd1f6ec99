// What tests need to know about s390x.
#pragma once

#include "arch/arch.h"
#include "linux_abi.h"

namespace test_isa {

// The thread pointer; 0 if it has not been set.
inline rt0::uintptr thread_pointer() {
  rt0::uintptr tp;
  __asm__ volatile("ear %0,%%a0\n\tsllg %0,%0,32\n\tear %0,%%a1" : "=&d"(tp));
  return tp;
}
// Sets the thread pointer as a C library's start code does for the main thread.
inline void set_thread_pointer(rt0::uintptr* tls) {
  const rt0::uintptr tp = rt0::Isa::tls_base(tls);
  __asm__ volatile("sar %%a1,%0\n\tsar %%a0,%1" ::"d"(tp), "d"(tp >> 32) : "memory");
}

// interrupted_loop compares all 128 bits of every vector register, on any CPU.
inline bool has_wide_vectors() { return false; }

// __builtin_frame_address(0) modulo the stack alignment, in every function that was entered on an aligned stack.
inline constexpr rt0::uintptr kFrameRemainder = 0;

// The control word that says how floating point rounds, and its value for "up".
inline constexpr unsigned kRoundUp = 2;
inline unsigned fp_control() {
  unsigned long v;
  __asm__ volatile("efpc %0" : "=r"(v));
  return static_cast<unsigned>(v) & 3;
}
inline void set_fp_control(unsigned v) { __asm__ volatile("sfpc %0" ::"r"(static_cast<unsigned long>(v))); }

}  // namespace test_isa
