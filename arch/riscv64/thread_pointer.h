// The thread pointer of riscv64: the variables of the thread begin there.
#pragma once

#include "arch/generic/thread_pointer.h"

struct rt0::ThreadPointer : rt0::GenericThreadPointer {
  static constexpr usize kHead = 0;
  static constexpr uintptr kOffsetBias = 0x800;
  static void set(uintptr tp, uintptr) noexcept { __asm__ volatile("mv tp, %0" ::"r"(tp) : "memory"); }
};
