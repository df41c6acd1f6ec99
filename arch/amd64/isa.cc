// CPU features by cpuid. AMD APM vol. 3, appendix E.
#include "isa.h"
#include "arch/x86/cpuid.h"

extern "C" {
// Set by rt0_go: the vendor is "GenuineIntel"; leaf 1's eax.
constinit rt0::u8 runtime_isIntel __asm__("runtime.isIntel") = 0;
constinit rt0::u32 runtime_processorVersionInfo __asm__("runtime.processorVersionInfo") = 0;
constinit rt0::u32 runtime_xsaveBytes __asm__("runtime.xsaveBytes") = 0;  // for asyncPreempt
}

namespace rt0 {

static u32 xgetbv0() {
  u32 lo, hi;
  __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
  return lo;
}

u64 Isa::cpu_features(uintptr, uintptr) noexcept {
  const u32 max_leaf = cpuid(0).eax;
  if (max_leaf < 1) return 0;
  const u32 c = cpuid(1).ecx;
  const u32 b7 = max_leaf >= 7 ? cpuid(7).ebx : 0;
  const u32 d_ext = cpuid(0x80000000u).eax >= 0x80000001u ? cpuid(0x80000001u).edx : 0;
  // AVX needs the system to save its registers: OSXSAVE says that xcr0 can be asked, and xcr0 whether it does.
  const bool avx_saved = (c >> 27 & 1) != 0 && (xgetbv0() & 6) == 6;
  auto when = [](u32 reg, u32 bit, u64 feature) { return (reg >> bit & 1) != 0 ? feature : 0; };
  u64 set =
      when(c, 20, kSSE42) | when(c, 23, kPOPCNT) | when(b7, 8, kBMI2) | when(b7, 9, kERMS) | when(d_ext, 27, kRDTSCP);
  if (avx_saved) set |= when(c, 28, kAVX) | when(b7, 5, kAVX2);
  return set;
}

void Isa::async_preempt_init() noexcept { runtime_xsaveBytes = xsave_bytes(); }

}  // namespace rt0
