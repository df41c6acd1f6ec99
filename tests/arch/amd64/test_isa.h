// What tests need to know about amd64.
#pragma once

#include "arch/arch.h"
#include "linux_abi.h"

namespace test_isa {

// The thread pointer; 0 if it has not been set.
inline rt0::uintptr thread_pointer() {
  constexpr rt0::uintptr kArchGetFs = 0x1003;
  rt0::uintptr fs = 0;
  (void)rt0::Isa::syscall6(rt0::linux_abi::SYS_arch_prctl, kArchGetFs, reinterpret_cast<rt0::uintptr>(&fs), 0, 0, 0, 0);
  return fs;
}
// Sets the thread pointer as a C library's start code does for the main thread.
inline void set_thread_pointer(rt0::uintptr* tls) {
  (void)rt0::Isa::syscall6(rt0::linux_abi::SYS_arch_prctl, rt0::linux_abi::kArchSetFs, rt0::Isa::tls_base(tls), 0, 0, 0,
                           0);
}

// Whether interrupted_loop can use the upper halves of vector registers.
inline bool has_wide_vectors() { return (rt0::Isa::cpu_features(0, 0) & rt0::Isa::kAVX) != 0; }

// __builtin_frame_address(0) modulo the stack alignment, in every function that was entered on an aligned stack.
inline constexpr rt0::uintptr kFrameRemainder = 0;

// The control word that says how floating point rounds, and its value for "up".
inline constexpr unsigned kRoundUp = 0x5f80;
inline unsigned fp_control() { return __builtin_ia32_stmxcsr() & ~0x3fu; }
inline void set_fp_control(unsigned v) { __builtin_ia32_ldmxcsr(v); }

}  // namespace test_isa
