// What an x86 CPU says of itself. Intel SDM vol. 2A, CPUID; vol. 1, 13.2, XSAVE.
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

// How many bytes xsave writes, which leaf 13 tells for what xcr0 has switched on; 0: there is no xsave, and fxsave
// writes 512.
inline u32 xsave_bytes() {
  constexpr u32 kOSXSAVE = 1u << 27;
  return cpuid(0).eax >= 13 && (cpuid(1).ecx & kOSXSAVE) != 0 ? cpuid(13).ebx : 0;
}

}  // namespace rt0
