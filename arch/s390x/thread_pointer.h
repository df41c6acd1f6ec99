// The thread pointer of s390x, in two access registers: the variables of the thread lie below it.
#pragma once

#include "arch/generic/thread_pointer.h"

struct rt0::ThreadPointer : rt0::GenericThreadPointer {
  static constexpr bool kVariablesBelow = true;
  static void set(uintptr tp, uintptr) noexcept {
    __asm__ volatile("sar %%a1, %0\n\tsrlg %0, %0, 32\n\tsar %%a0, %0" : "+d"(tp)::"memory");
  }
};
