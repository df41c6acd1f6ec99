// Facts that an x86 CPU reports about itself. Intel SDM vol. 2A, CPUID; vol. 1, 13.2, XSAVE.
#pragma once

#include "base/types.h"

namespace rt0 {

struct CpuidRegs {
  u32 eax, ebx, ecx, edx;
};
[[gnu::always_inline]] inline CpuidRegs cpuid(u32 leaf, u32 sub = 0) {
  CpuidRegs r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(sub));
  return r;
}

// How many bytes xsave writes for the registers that xcr0 has switched on, from leaf 13. 0: there is no xsave; fxsave
// then writes 512 bytes.
inline u32 xsave_bytes() {
  constexpr u32 kOSXSAVE = 1u << 27;
  return cpuid(0).eax >= 13 && (cpuid(1).ecx & kOSXSAVE) != 0 ? cpuid(13).ebx : 0;
}

}  // namespace rt0
