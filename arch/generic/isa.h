// The members of struct Isa that are the same on most ISAs. A port's isa.h has `struct Isa : GenericIsa` and the
// members that are different there.
#pragma once

#include "arch/gobuf.h"
#include "base/types.h"

namespace rt0 {

struct GenericIsa {
  static constexpr bool kBigEndian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  static constexpr usize kRedZone = 0;
  static constexpr usize kCacheLine = 64;
  static constexpr bool kFramelessLeaves = false;
  static constexpr usize kFrameBelow = 0;

  // The frame of the function that this is inlined into. At that address lies the caller's frame pointer, and above it
  // the return address.
  [[gnu::always_inline]] static uintptr frame_pointer() noexcept {
    return reinterpret_cast<uintptr>(__builtin_frame_address(0));
  }
  static uintptr* return_slot(uintptr fp, uintptr* caller_fp) noexcept {
    uintptr* frame = reinterpret_cast<uintptr*>(fp);
    *caller_fp = frame[0];  // NOLINT(clang-analyzer-core.NullDereference): the caller has checked fp
    return frame + 1;
  }

  // The kernel's bits (asm/hwcap.h).
  static u64 cpu_features(uintptr hwcap, uintptr) noexcept { return hwcap; }
  // Called once per process, in osinit.
  static void arch_init(uintptr, uintptr) noexcept {}
  // Called before the first asynchronous preemption.
  static void async_preempt_init() noexcept {}
};

}  // namespace rt0
