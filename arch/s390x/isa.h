// s390x: constants and the few instructions that C++ can't express.
//
// The thread pointer is in the access registers a0 and a1, and g the word below it, where a C program's thread-local
// variables lie. A frame's address is its stack pointer: the back chain lies there. The function to which the frame
// belongs has saved its return address 112 bytes above its caller's stack pointer.
#pragma once

#include "arch/generic/isa.h"

// Any register that a call need not keep can stand for the return address.
#define RT0_INTERRUPTED_CFI                                                                                \
  ".cfi_signal_frame; .cfi_return_column 1; .cfi_offset 15, 232; .cfi_offset 14, 240; .cfi_offset 1, 248;" \
  ".cfi_offset 16, 256; .cfi_offset 20, 264; .cfi_offset 17, 272; .cfi_offset 21, 280;" /* f0 to f3 */     \
  ".cfi_offset 18, 288; .cfi_offset 22, 296; .cfi_offset 19, 304; .cfi_offset 23, 312"  /* f4 to f7 */

namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "s390x";
  static constexpr usize kStackAlign = 8;
  static constexpr usize kPCQuantum = 2;
  static constexpr usize kCacheLine = 256;
  static constexpr bool kFramelessLeaves = true;
  static constexpr usize kSaveArea = 160;       // bytes that a caller leaves for its callee's registers
  static constexpr usize kReturnAddress = 112;  // where in it r14 goes
  static constexpr usize kSwitchFrame = 144;    // r6–r14, f8–f15, fpc or a recover point's r15
  static constexpr usize kRecoverWords = 18;
  static constexpr int kUnwindFrame = 15;  // DWARF's number of the register that frame_pointer() reads

  static G* getg() noexcept {
    G* gp;
    __asm__("ear %0,%%a0\n\tsllg %0,%0,32\n\tear %0,%%a1\n\tlg %0,-8(%0)" : "=&a"(gp));
    return gp;
  }
  static void setg(G* gp) noexcept {
    uintptr tp;
    __asm__ volatile("ear %0,%%a0\n\tsllg %0,%0,32\n\tear %0,%%a1\n\tstg %1,-8(%0)" : "=&a"(tp) : "d"(gp) : "memory");
  }

  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    register uintptr r1 __asm__("r1") = nr;
    register uintptr r2 __asm__("r2") = a;
    register uintptr r3 __asm__("r3") = b;
    register uintptr r4 __asm__("r4") = c;
    register uintptr r5 __asm__("r5") = d;
    register uintptr r6 __asm__("r6") = e;
    register uintptr r7 __asm__("r7") = f;
    __asm__ volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6), "d"(r7) : "cc", "memory");
    return r2;
  }

  static void cpu_relax() noexcept { __asm__ volatile("" ::: "memory"); }
  static u64 cputicks() noexcept {
    u64 n;
    __asm__ volatile("stckf %0" : "=Q"(n) : : "cc");
    return n;
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction.
  // buf->sp: the top of the free stack. `link`: where entry returns to. Go: gostartcall in sys_s390x.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->sp -= kSaveArea;
    *reinterpret_cast<uintptr*>(buf->sp) = 0;  // ends the back chain
    buf->sp -= kSwitchFrame;                   // gogo loads registers from here; what most hold does not matter
    reinterpret_cast<uintptr*>(buf->sp)[8] = link;
    reinterpret_cast<uintptr*>(buf->sp)[17] = 0;  // fpc: rounds to nearest, no traps
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;
  }

  // The asm writes a word on the stack, so the function must have a frame; and it claims to change r14, so the function
  // must save its return address.
  [[gnu::always_inline]] static uintptr frame_pointer() noexcept {
    uintptr sp, word;
    __asm__ volatile("lgr %0,%%r15" : "=d"(sp), "=m"(word) : : "r14");
    return sp;
  }
  static uintptr* return_slot(uintptr fp, uintptr* caller_fp) noexcept {
    constexpr uintptr kMostStack = 1 << 30;
    const uintptr caller = *reinterpret_cast<const uintptr*>(fp);
    *caller_fp = caller;
    if (caller % kStackAlign != 0 || caller <= fp || caller - fp >= kMostStack) return nullptr;
    return reinterpret_cast<uintptr*>(caller + kReturnAddress);
  }

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls + 1); }
};

}  // namespace rt0
