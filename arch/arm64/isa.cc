// CPU features as the kernel tells them. arch/arm64/include/uapi/asm/hwcap.h.
#include "isa.h"

namespace rt0 {

u64 Isa::cpu_features(uintptr hwcap, uintptr) noexcept {
  auto when = [hwcap](u32 bit, u64 feature) { return (hwcap >> bit & 1) != 0 ? feature : 0; };
  return when(3, kAES) | when(4, kPMULL) | when(5, kSHA1) | when(6, kSHA2) | when(7, kCRC32) | when(8, kATOMICS) |
         when(11, kCPUID) | when(22, kSVE);
}

}  // namespace rt0
