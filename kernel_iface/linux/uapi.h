// Linux constants that are equal on every ISA rt0 is ported to. What differs is in arch/<isa>/linux_abi.h.
#pragma once

#include "base/types.h"

namespace rt0::uapi {

inline constexpr uintptr kAtFdcwd = static_cast<uintptr>(-100);
inline constexpr uintptr O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0100, O_TRUNC = 01000, O_CLOEXEC = 02000000;

inline constexpr uintptr PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2;
inline constexpr uintptr MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000;
inline constexpr uintptr MADV_DONTNEED = 4;

inline constexpr uintptr FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129;
inline constexpr uintptr CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1;

inline constexpr uintptr CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800,
                         CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_SETTLS = 0x80000;

inline constexpr uintptr SIG_BLOCK = 0, SIG_SETMASK = 2;
inline constexpr i32 SS_DISABLE = 2;

inline constexpr u16 POLLNVAL = 0x20;
struct Pollfd {
  i32 fd;
  u16 events, revents;
};

// Keys of the ELF auxiliary vector.
inline constexpr uintptr AT_NULL = 0, AT_PAGESZ = 6, AT_HWCAP = 16, AT_SECURE = 23, AT_RANDOM = 25, AT_HWCAP2 = 26,
                         AT_SYSINFO_EHDR = 33;

}  // namespace rt0::uapi
