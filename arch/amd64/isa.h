// amd64: constants and the few instructions that C++ can't express.
//
// g lives at -8(%fs), as in Go; %fs points to the end of m->tls[0]. No register is reserved for g, because C++ code
// would not keep it, and a load from %fs is as fast.
#pragma once

#include "arch/generic/isa.h"
#include "arch/x86/fp_control.h"
#define RT0_INTERRUPTED_CFI ".cfi_signal_frame; .cfi_offset 7, 72"
namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "amd64";
  static constexpr usize kStackAlign = 16;
  static constexpr usize kPCQuantum = 1;
  static constexpr usize kRedZone = 128;  // below SP, used by leaf functions: signal frames and injected calls skip it
  static constexpr usize kSwitchFrame = 56;  // mxcsr and the x87 control word, r15 r14 r13 r12 rbx rbp
  static constexpr usize kRecoverWords = 9;  // of RecoverPoint::context: the general ones, a gap, rsp and the pc
  static constexpr int kUnwindFrame = 6;     // DWARF's number of the register that frame_pointer() reads

  static G* getg() noexcept {
    G* gp;
    __asm__("movq %%fs:-8, %0" : "=r"(gp));
    return gp;
  }
  static void setg(G* gp) noexcept { __asm__ volatile("movq %0, %%fs:-8" ::"r"(gp) : "memory"); }

  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    register uintptr r10 __asm__("r10") = d;
    register uintptr r8 __asm__("r8") = e;
    register uintptr r9 __asm__("r9") = f;
    uintptr ret;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
  }

  static void cpu_relax() noexcept { __asm__ volatile("pause"); }
  static u64 cputicks() noexcept {
    u32 lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (static_cast<u64>(hi) << 32) | lo;
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction.
  // buf->sp: the top of the free stack, 16-byte aligned. `link`: where entry returns to. Go: gostartcall in sys_x86.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    uintptr sp = buf->sp;
    sp -= sizeof(uintptr);  // entry sees a return address on an aligned stack, as after `call`
    *reinterpret_cast<uintptr*>(sp) = link;
    sp -= kSwitchFrame;  // gogo pops these; what the general ones hold does not matter
    *reinterpret_cast<FpControl*>(sp) = {};
    buf->sp = sp;
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;  // ends the frame chain
  }

  // CPU features, as bits. Go: cpu_x86.go.
  enum Feature : u64 { kSSE42 = 1, kPOPCNT = 2, kAVX = 4, kAVX2 = 8, kBMI2 = 16, kERMS = 32, kRDTSCP = 64 };
  static u64 cpu_features(uintptr hwcap, uintptr hwcap2) noexcept;
  // Asks the CPU how much room its vector registers take.
  static void async_preempt_init() noexcept;

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls + 1); }
};

}  // namespace rt0
