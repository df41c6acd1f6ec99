// A test double of arch/<isa>/isa.h, for hosted runtime code: each thread of the test is an M and has its g in a
// thread_local. Functions that need real assembly (gogo, mcall) are missing; a test that calls one does not link.
#pragma once

#include "arch/gobuf.h"
#include "base/types.h"

namespace rt0 {

struct Isa {
  static constexpr char kName[] = "hosted";
  static constexpr bool kBigEndian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  static constexpr usize kStackAlign = 16;
  static constexpr usize kPCQuantum = 1;
  static constexpr usize kCacheLine = 64;
  static constexpr usize kRedZone = 0;
  static constexpr bool kFramelessLeaves = false;
  static constexpr usize kFrameBelow = 0;
  static constexpr usize kSwitchFrame = 0;
  static constexpr usize kRecoverWords = 2;

  static inline thread_local G* g = nullptr;
  static G* getg() noexcept { return g; }
  static void setg(G* gp) noexcept { g = gp; }

  static uintptr syscall6(uintptr, uintptr, uintptr, uintptr, uintptr, uintptr, uintptr) noexcept {
    return static_cast<uintptr>(-38);  // ENOSYS: hosted code goes through the kernel table
  }
  static void cpu_relax() noexcept {}
  static u64 cputicks() noexcept { return 0; }
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->lr = link;
  }
  static uintptr frame_pointer() noexcept { return reinterpret_cast<uintptr>(__builtin_frame_address(0)); }
  static uintptr* return_slot(uintptr, uintptr* caller_fp) noexcept {
    *caller_fp = 0;
    return nullptr;
  }
  static constexpr const char* kFeatures[] = {"none"};
  static constexpr usize kFeatureCount = 1;
  static u64 cpu_features(uintptr, uintptr) noexcept { return 0; }
  static void arch_init(uintptr, uintptr) noexcept {}
  static void async_preempt_init() noexcept {}
  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls); }
};

}  // namespace rt0
