// arm64: constants and the few instructions that C++ can't express.
//
// The thread pointer is tpidr_el0, and g the word 16 bytes above it: where the first thread-local variable of a C
// program would be, after the two words which the ABI keeps for itself. No register is reserved for g, because C++
// code would not keep it.
#pragma once

#include "arch/generic/isa.h"

// Any register that a call need not keep can stand for the return address.
#define RT0_INTERRUPTED_CFI \
  ".cfi_signal_frame; .cfi_return_column 17; .cfi_offset 31, 72; .cfi_offset 30, 80; .cfi_offset 17, 88"

namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "arm64";
  static constexpr usize kStackAlign = 16;
  static constexpr usize kPCQuantum = 4;
  static constexpr usize kCacheLine = 128;
  static constexpr usize kSwitchFrame = 176;  // x19–x30, d8–d15, fpcr, a gap of one word
  static constexpr usize kRecoverWords = 23;
  static constexpr int kUnwindFrame = 29;  // DWARF's number of the register that frame_pointer() reads
  static constexpr usize kGTls = 16;       // from the thread pointer to g

  // One asm: between the two instructions the goroutine must not move to another M, and runtime code is not preempted.
  static G* getg() noexcept {
    G* gp;
    __asm__("mrs %0, tpidr_el0\n\tldr %0, [%0, %1]" : "=&r"(gp) : "i"(kGTls));
    return gp;
  }
  static void setg(G* gp) noexcept {
    uintptr tp;
    __asm__ volatile("mrs %0, tpidr_el0\n\tstr %1, [%0, %2]" : "=&r"(tp) : "r"(gp), "i"(kGTls) : "memory");
  }

  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    register uintptr x8 __asm__("x8") = nr;
    register uintptr x0 __asm__("x0") = a;
    register uintptr x1 __asm__("x1") = b;
    register uintptr x2 __asm__("x2") = c;
    register uintptr x3 __asm__("x3") = d;
    register uintptr x4 __asm__("x4") = e;
    register uintptr x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
  }

  static void cpu_relax() noexcept { __asm__ volatile("yield"); }
  static u64 cputicks() noexcept {
    u64 n;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(n));
    return n;
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction. buf->sp:
  // the top of the free stack, 16-byte aligned. `link`: where entry returns to. Go: gostartcall in sys_arm64.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->sp -= kSwitchFrame;  // gogo loads registers from here; what most hold does not matter
    uintptr* frame = reinterpret_cast<uintptr*>(buf->sp);
    frame[10] = 0;  // x29: ends the frame chain
    frame[11] = link;
    frame[20] = 0;  // fpcr: rounds to nearest, no traps
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;
  }

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls) - kGTls; }
};

}  // namespace rt0
