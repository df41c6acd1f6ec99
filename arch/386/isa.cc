// How large the vector registers are. Intel SDM vol. 1, 13.2.
#include "isa.h"

extern "C" {
// What xsave writes, in bytes; 0: there is no xsave, and fxsave writes 512.
constinit rt0::u32 runtime_xsaveBytes __asm__("runtime.xsaveBytes") = 0;
}

namespace rt0 {

namespace {
struct Regs {
  u32 eax, ebx, ecx, edx;
};
Regs cpuid(u32 leaf) {
  Regs r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(0));
  return r;
}
}  // namespace

// Leaf 13 tells the size for what xcr0 has switched on.
void Isa::async_preempt_init() noexcept {
  constexpr u32 kOSXSAVE = 1u << 27;
  if (cpuid(0).eax >= 13 && (cpuid(1).ecx & kOSXSAVE) != 0) runtime_xsaveBytes = cpuid(13).ebx;
}

}  // namespace rt0
