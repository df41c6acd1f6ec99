// arm (ARMv7-A, hard float, ARM code): constants and the few instructions that C++ can't express.
//
// The thread pointer is TPIDRURO, which only the kernel can set, and g the word 8 bytes above it: where the first
// thread-local variable of a C program would be, after the two words which the ABI keeps for itself.
#pragma once

#include "arch/generic/isa.h"
#define RT0_INTERRUPTED_CFI ""  // see runtime/cxx/exidx.cc
namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "arm";
  static constexpr usize kStackAlign = 8;
  static constexpr usize kPCQuantum = 4;
  static constexpr usize kSwitchFrame = 104;  // r4–r11, lr, d8–d15, fpscr or a recover point's sp
  static constexpr usize kRecoverWords = 26;
  static constexpr int kUnwindFrame = 11;  // DWARF's number of the register that frame_pointer() reads
  static constexpr usize kGTls = 8;        // from the thread pointer to g
  // clang makes no frame for a function that calls no other. GCC's code may access memory, and fault, before it has
  // made its frame.
  static constexpr bool kFramelessLeaves = true;
  // From fp, in words: where the caller's fp lies, and the return address. GCC: -mapcs-frame.
#ifdef __clang__
  static constexpr int kCallerFp = 0, kReturn = 1;
#else
  static constexpr int kCallerFp = -3, kReturn = -1;
#endif
  static constexpr usize kFrameBelow = -kCallerFp * sizeof(uintptr);

  static G* getg() noexcept {
    G* gp;
    __asm__("mrc p15, 0, %0, c13, c0, 3\n\tldr %0, [%0, %1]" : "=&r"(gp) : "i"(kGTls));
    return gp;
  }
  static void setg(G* gp) noexcept {
    uintptr tp;
    __asm__ volatile("mrc p15, 0, %0, c13, c0, 3\n\tstr %1, [%0, %2]" : "=&r"(tp) : "r"(gp), "i"(kGTls) : "memory");
  }

  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    register uintptr r7 __asm__("r7") = nr;
    register uintptr r0 __asm__("r0") = a;
    register uintptr r1 __asm__("r1") = b;
    register uintptr r2 __asm__("r2") = c;
    register uintptr r3 __asm__("r3") = d;
    register uintptr r4 __asm__("r4") = e;
    register uintptr r5 __asm__("r5") = f;
    __asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5) : "memory");
    return r0;
  }

  static void cpu_relax() noexcept { __asm__ volatile("yield"); }
  // There is no counter that can be read on every CPU, so this asks the kernel's clock.
  static u64 cputicks() noexcept {
    constexpr uintptr kClockGettime64 = 403, kMonotonic = 1;
    u64 ts[2] = {0, 0};
    (void)syscall6(kClockGettime64, kMonotonic, reinterpret_cast<uintptr>(ts), 0, 0, 0, 0);
    return ts[0] * 1000000000 + ts[1];
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction.
  // buf->sp: the top of the free stack, 8-byte aligned. `link`: where entry returns to. Go: gostartcall in sys_arm.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->sp -= kSwitchFrame;  // gogo loads registers from here; what most hold does not matter
    uintptr* frame = reinterpret_cast<uintptr*>(buf->sp);
    frame[7] = 0;  // fp: ends the frame chain
    frame[8] = link;
    frame[25] = 0;  // fpscr: rounds to nearest, no traps
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;
  }

  // The asm claims to change lr: so the compiler must give the function a frame.
  [[gnu::always_inline]] static uintptr frame_pointer() noexcept {
    __asm__ volatile("" ::: "lr");
    return reinterpret_cast<uintptr>(__builtin_frame_address(0));
  }
  static uintptr* return_slot(uintptr fp, uintptr* caller_fp) noexcept {
    uintptr* frame = reinterpret_cast<uintptr*>(fp);
    *caller_fp = frame[kCallerFp];  // NOLINT(clang-analyzer-core.NullDereference): the caller has checked fp
    return frame + kReturn;
  }

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls) - kGTls; }
};

}  // namespace rt0
