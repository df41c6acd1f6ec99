// The size of the vector registers.
#include "isa.h"
#include "arch/x86/cpuid.h"

constinit rt0::u32 runtime_xsaveBytes __asm__("runtime.xsaveBytes") = 0;  // for asyncPreempt

void rt0::Isa::async_preempt_init() noexcept { runtime_xsaveBytes = xsave_bytes(); }
