// What tests need to know about 386.
#pragma once

#include "arch/arch.h"
#include "arch/x86/cpuid.h"
#include "linux_abi.h"

namespace test_isa {

// The thread pointer: gs, an empty selector (0) if it has not been set.
inline rt0::uintptr thread_pointer() {
  rt0::u32 gs;
  __asm__ volatile("movl %%gs, %0" : "=r"(gs));
  return gs;
}
// Sets the thread pointer as a C library's start code does for the main thread.
inline void set_thread_pointer(rt0::uintptr* tls) {
  struct {
    rt0::u32 entry, base, limit, flags;
  } desc = {~0u, rt0::Isa::tls_base(tls), 0xfffff, 0x51};
  (void)rt0::Isa::syscall6(rt0::linux_abi::SYS_set_thread_area, reinterpret_cast<rt0::uintptr>(&desc), 0, 0, 0, 0, 0);
  __asm__ volatile("movw %w0, %%gs" ::"r"(desc.entry * 8 + 3) : "memory");
}

// Whether interrupted_loop can use the upper halves of vector registers: the CPU has AVX, and the system saves them.
inline bool has_wide_vectors() {
  constexpr rt0::u32 kAVX = 1u << 28, kOSXSAVE = 1u << 27, kSavesAVX = 6;
  if ((rt0::cpuid(1).ecx & (kAVX | kOSXSAVE)) != (kAVX | kOSXSAVE)) return false;
  rt0::u32 xcr0, high;
  __asm__ volatile("xgetbv" : "=a"(xcr0), "=d"(high) : "c"(0));
  return (xcr0 & kSavesAVX) == kSavesAVX;
}

// __builtin_frame_address(0) modulo the stack alignment, in every function that was entered on an aligned stack.
inline constexpr rt0::uintptr kFrameRemainder = 8;

// The control word that says how floating point rounds, and its value for "up".
inline constexpr unsigned kRoundUp = 0x5f80;
inline unsigned fp_control() { return __builtin_ia32_stmxcsr() & ~0x3fu; }
inline void set_fp_control(unsigned v) { __builtin_ia32_ldmxcsr(v); }

}  // namespace test_isa
