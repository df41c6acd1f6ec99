// The thread pointer of arm, which only the kernel can change.
#pragma once
#include "arch/generic/thread_pointer.h"
#include "isa.h"
struct rt0::ThreadPointer : rt0::GenericThreadPointer {  // __ARM_NR_set_tls
  static void set(uintptr tp, uintptr) noexcept { (void)Isa::syscall6(0xf0005, tp, 0, 0, 0, 0, 0); }
};
