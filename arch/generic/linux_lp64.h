// The kernel's structs as 64-bit ISAs have them that follow asm-generic. What an ISA lays out otherwise is in its linux_abi.h.
#pragma once

#include "base/types.h"

namespace rt0::linux_abi {

inline constexpr usize kSigsetBytes = 8;
struct Sigset {
  u64 bits;
};
inline constexpr u64 SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000;

struct StackT {
  void* sp;
  i32 flags;
  usize size;
};

struct Timespec {
  i64 sec, nsec;
};

// siginfo_t: the fault address, for SIGSEGV and its kin.
struct Siginfo {
  i32 signo, err, code, pad;
  uintptr addr;
};
inline constexpr usize kSiginfoBytes = 128;  // a signal frame begins with one, the ucontext follows

struct EpollEvent {
  u32 events;
  u64 data;
};
// A 64-bit argument in two registers begins at an even one. 32-bit ISAs only.
inline constexpr bool kAlignedPairs = false;

}  // namespace rt0::linux_abi
