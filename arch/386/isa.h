// 386 (with SSE2): constants and the few instructions that C++ can't express.
//
// g lives at -4(%gs); %gs selects a descriptor whose base is the end of m->tls[0]. See tls.S.
#pragma once

#include "arch/generic/isa.h"
#include "arch/x86/fp_control.h"

#define RT0_INTERRUPTED_CFI ".cfi_signal_frame; .cfi_offset 4, 36"

namespace rt0 {

struct Isa : GenericIsa {
  static constexpr char kName[] = "386";
  static constexpr usize kStackAlign = 16;
  static constexpr usize kPCQuantum = 1;
  static constexpr usize kSwitchFrame = 24;  // mxcsr and the x87 control word, edi esi ebx ebp
  static constexpr usize kRecoverWords = 8;  // the general ones, a gap of two words, esp and the pc
  static constexpr int kUnwindFrame = 5;     // DWARF's number of the register that frame_pointer() reads

  static G* getg() noexcept {
    G* gp;
    __asm__("movl %%gs:-4, %0" : "=r"(gp));
    return gp;
  }
  static void setg(G* gp) noexcept { __asm__ volatile("movl %0, %%gs:-4" ::"r"(gp) : "memory"); }

  // The sixth argument goes in ebp, which is the frame pointer and is saved on the stack meanwhile.
  static uintptr syscall6(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d, uintptr e, uintptr f) noexcept {
    uintptr ret;
    __asm__ volatile("pushl %[f]\n\tpushl %%ebp\n\tmovl 4(%%esp), %%ebp\n\tint $0x80\n\tpopl %%ebp\n\taddl $4, %%esp"
                     : "=a"(ret)
                     : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "g"(f)
                     : "memory", "cc");
    return ret;
  }

  // Keeps nothing on the stack: for a clone whose child uses the same stack before the parent goes on.
  [[gnu::always_inline]] static uintptr syscall5(uintptr nr, uintptr a, uintptr b, uintptr c, uintptr d,
                                                 uintptr e) noexcept {
    uintptr ret;
    __asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "cc");
    return ret;
  }

  static void cpu_relax() noexcept { __asm__ volatile("pause"); }
  static u64 cputicks() noexcept {
    u64 n;
    __asm__ volatile("rdtsc" : "=A"(n));
    return n;
  }

  // Makes `buf` look as if goexit had called `entry`, which was stopped before its first instruction.
  // buf->sp: the top of the free stack, 16-byte aligned. `link`: where entry returns to. Go: gostartcall in sys_x86.go.
  static void gostartcall(Gobuf* buf, uintptr entry, void* ctxt, uintptr link) noexcept {
    buf->sp -= kStackAlign;
    *reinterpret_cast<void**>(buf->sp) = ctxt;  // entry's argument
    buf->sp -= sizeof(uintptr);
    *reinterpret_cast<uintptr*>(buf->sp) = link;
    buf->sp -= kSwitchFrame;  // gogo pops these; what the general ones hold does not matter
    *reinterpret_cast<FpControl*>(buf->sp) = {};
    buf->pc = entry;
    buf->ctxt = ctxt;
    buf->bp = 0;  // ends the frame chain
  }

  // Asks the CPU how much room its vector registers take.
  static void async_preempt_init() noexcept;

  static uintptr tls_base(uintptr* tls) noexcept { return reinterpret_cast<uintptr>(tls + 1); }
};

}  // namespace rt0
