// The kernel's structs as most ISAs have them, of 32 bits and of 64. Structs that an ISA lays out differently are in
// its linux_abi.h.
#pragma once

#include "arch/generic/linux_quirks.h"
#include "base/types.h"

namespace rt0::linux_abi {

// Signal n is bit (n - 1) % word size of word (n - 1) / word size, whatever the byte order.
inline constexpr usize kSigsetBytes = 8;
struct Sigset {
  uintptr words[kSigsetBytes / sizeof(uintptr)];

  static constexpr Sigset of(u64 bits) {
    Sigset s = {};
    for (uintptr& w : s.words) {
      w = static_cast<uintptr>(bits);
      bits = sizeof(w) < sizeof(bits) ? bits >> 32 : 0;
    }
    return s;
  }
  constexpr u64 bits() const {
    u64 v = 0;
    for (usize i = 0; i < countof(words); i++) v |= static_cast<u64>(words[i]) << (i * 32);
    return v;
  }
};
inline constexpr uintptr SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000;

using Handler = void (*)(int, void*, void*);
// The struct of rt_sigaction on ISAs whose Quirks::sa_restorer is a flag.
template <bool has_restorer>
struct SigactionOf {
  Handler handler;
  uintptr flags;
  void (*restorer)();
  Sigset mask;
};
// The same on ISAs whose Quirks::sa_restorer is 0. The last member is not part of the kernel's struct.
template <>
struct SigactionOf<false> {
  Handler handler;
  uintptr flags;
  Sigset mask;
  void (*restorer)();
};

struct StackT {
  void* sp;
  i32 flags;
  usize size;
};

// Has 64-bit members on 32-bit ISAs, too: their SYS_ numbers are those of the calls with 64-bit times (_time64).
struct Timespec {
  i64 sec, nsec;
};

// siginfo_t: the fault address, for SIGSEGV, SIGBUS, SIGFPE and SIGILL.
struct Siginfo {
  i32 signo, err, code;
  uintptr addr;
};
inline constexpr usize kSiginfoBytes = 128;  // the size of the kernel's siginfo_t

template <bool packed>
struct EpollEventOf {
  u32 events;
  u64 data;
};
template <>
struct [[gnu::packed]] EpollEventOf<true> {
  u32 events;
  u64 data;
};

// A register in a dump: its name, and where in the ucontext it lies.
struct RegName {
  const char* name;
  u16 at;
  u16 bytes = sizeof(uintptr);
};

}  // namespace rt0::linux_abi
