// The kernel's structs as most ISAs have them, of 32 bits and of 64. What an ISA lays out otherwise is in its
// linux_abi.h.
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
// rt_sigaction's, where Quirks::sa_restorer is a flag,
template <bool has_restorer>
struct SigactionOf {
  Handler handler;
  uintptr flags;
  void (*restorer)();
  Sigset mask;
};
// and where it is 0. The last member is not the kernel's.
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

// Of 64 bits on 32-bit ISAs, too: their numbers are those of the calls whose name ends in _time64.
struct Timespec {
  i64 sec, nsec;
};

// siginfo_t: the fault address, for SIGSEGV and its kin.
struct Siginfo {
  i32 signo, err, code;
  uintptr addr;
};
inline constexpr usize kSiginfoBytes = 128;  // of the whole

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

// What a dump of the registers shows: a name, and where in the ucontext it lies.
struct RegName {
  const char* name;
  u16 at;
  u16 bytes = sizeof(uintptr);
};

}  // namespace rt0::linux_abi
