// The thread pointer of arm64.
#pragma once

#include "arch/generic/thread_pointer.h"

struct rt0::ThreadPointer : rt0::GenericThreadPointer {
  static void set(uintptr tp, uintptr) noexcept { __asm__ volatile("msr tpidr_el0, %0" ::"r"(tp) : "memory"); }
};
