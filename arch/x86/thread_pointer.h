// The thread pointer of amd64 (the base of %fs) and 386 (that of %gs): the variables of the thread lie below it, and it
// points to a word that holds its own value.
#pragma once

#include "arch/generic/thread_pointer.h"

struct rt0::ThreadPointer : rt0::GenericThreadPointer {
  static constexpr bool kVariablesBelow = true;

#if __SIZEOF_POINTER__ == 8
  // hwcap2: the kernel says there whether programs may use wrfsbase. Otherwise the kernel has to do it.
  static void set(uintptr tp, uintptr hwcap2) noexcept {
    constexpr uintptr kFsgsbase = 2, kArchSetFs = 0x1002, kArchPrctl = 158;
    if (RT0_LIKELY((hwcap2 & kFsgsbase) != 0)) {
      __asm__ volatile("wrfsbase %0" ::"r"(tp) : "memory");
      return;
    }
    uintptr result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(kArchPrctl), "D"(kArchSetFs), "S"(tp) : "rcx", "r11", "memory");
  }
#else
  // The kernel changes the descriptor that %gs selects; then %gs is loaded anew. Flags and limit are those of tls.S.
  static void set(uintptr tp, uintptr) noexcept {
    constexpr uintptr kSetThreadArea = 243;
    u32 gs;
    __asm__ volatile("movl %%gs, %0" : "=r"(gs));
    u32 descriptor[4] = {gs >> 3, tp, 0xfffff, 0x51};
    uintptr result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(kSetThreadArea), "b"(descriptor) : "memory", "cc");
    __asm__ volatile("movl %0, %%gs" ::"r"(gs) : "memory");
  }
#endif
};
