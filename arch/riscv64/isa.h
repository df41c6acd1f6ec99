// riscv64: constants and the few instructions that C++ can't express.
//
// The thread pointer is tp, and g the word there: where the first thread-local variable of a C program would be. A
// frame pointer points to its frame's upper end: the return address and the caller's frame pointer lie below it.
#pragma once

#include "arch/generic/isa.h"

// Any register that a call need not keep can stand for the return address.
#define RT0_INTERRUPTED_CFI                                                                                           \
  ".cfi_signal_frame; .cfi_return_column 6; .cfi_offset 8, 80; .cfi_offset 2, 88; .cfi_offset 1, 96; .cfi_offset 6, " \
  "104"

namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "riscv64";
  static constexpr usize kStackAlign = 16;
  static constexpr usize kPCQuantum = 2;
  static constexpr usize kFrameBelow = 16;
  static constexpr usize kSwitchFrame = 208;  // ra s0–s11 fs0–fs11, frm or a recover point's sp
  static constexpr usize kRecoverWords = 26;
  static constexpr int kUnwindFrame = 8;  // DWARF's number of the register that frame_pointer() reads

  static G* getg() noexcept {
    G* gp;
    __asm__("ld %0, 0(tp)" : "=r"(gp));
    return gp;
  }
  static void setg(G* gp) noexcept { __asm__ volatile("sd %0, 0(tp)" ::"r"(gp) : "memory"); }

  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    register uintptr a7 __asm__("a7") = nr;
    register uintptr a0 __asm__("a0") = a;
    register uintptr a1 __asm__("a1") = b;
    register uintptr a2 __asm__("a2") = c;
    register uintptr a3 __asm__("a3") = d;
    register uintptr a4 __asm__("a4") = e;
    register uintptr a5 __asm__("a5") = f;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
  }

  static void cpu_relax() noexcept { __asm__ volatile(".4byte 0x0100000f"); }  // pause, a hint that older CPUs ignore
  static u64 cputicks() noexcept {
    u64 n;
    __asm__ volatile("rdtime %0" : "=r"(n));
    return n;
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction. buf->sp:
  // the top of the free stack, 16-byte aligned. `link`: where entry returns to. Go: gostartcall in sys_riscv64.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->sp -= kSwitchFrame;  // gogo loads registers from here; what most hold does not matter
    uintptr* frame = reinterpret_cast<uintptr*>(buf->sp);
    frame[0] = link;
    frame[1] = 0;   // s0: ends the frame chain
    frame[25] = 0;  // frm: rounds to nearest
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;
  }

  // In a function that calls no other, GCC does not save ra. The asm claims to change ra, so GCC saves it here.
  static constexpr bool kFramelessLeaves = true;
  [[gnu::always_inline]] static uintptr frame_pointer() noexcept {
    __asm__ volatile("" ::: "ra");
    return reinterpret_cast<uintptr>(__builtin_frame_address(0));
  }
  static uintptr* return_slot(uintptr fp, uintptr* caller_fp) noexcept {
    uintptr* frame = reinterpret_cast<uintptr*>(fp);
    *caller_fp = frame[-2];  // NOLINT(clang-analyzer-core.NullDereference): the caller has checked fp
    return frame - 1;
  }

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls); }
};

}  // namespace rt0
