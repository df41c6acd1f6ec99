// linux/riscv64: what differs between ISAs in the kernel's interface. Numbers and most layouts are the generic ones.
#pragma once

#include "arch/generic/linux_nr.h"
#include "arch/generic/linux_sigframe.h"
#include "arch/generic/linux_stat.h"

namespace rt0::linux_abi {

// Linux had renameat2, which can do all that renameat does, before it had this ISA, so there is no renameat here.
inline constexpr uintptr SYS_renameat = SYS_renameat2, SYS_fstatat = SYS_newfstatat;
using OldStat = GenericStat;

inline constexpr Quirks kQuirks = {.sa_restorer = 0, .sigaltstack_pad = 272};

// A record after the floating-point registers: vector registers, and the registers of newer CPUs. The last record has
// magic 0.
struct Record {
  u32 magic, size;
};
struct VectorRecord : Record {
  static constexpr u32 kMagic = 0x53465457;
  u64 vstart, vl, vtype, vcsr, vlenb, data;  // data: the address of the registers, after this
};

struct Ucontext {
  u64 flags;
  Ucontext* link;
  StackT stack;
  Sigset sigmask;
  u8 unused[128];
  u64 rpc, x[31];  // x1 first
  u64 f[64];
  u32 fcsr, reserved;
  Record records;

  uintptr pc() const { return rpc; }
  void set_pc(uintptr to) { rpc = to; }
  uintptr sp() const { return x[1]; }
  // In a function that calls no other, GCC's frame has no return address, but the caller's frame pointer in its place.
  // Tracebacks then need the caller's frame: it is taken if the word looks like the address of a frame further up.
  uintptr fp() const {
    constexpr uintptr kFrame = 1 << 16, kMostStack = 1 << 30;
    if (x[7] % sizeof(uintptr) != 0 || x[7] <= x[1] || x[7] - x[1] >= kFrame) return x[7];
    const uintptr above = reinterpret_cast<const uintptr*>(x[7])[-1];
    return above > x[7] && above - x[7] < kMostStack ? above : x[7];
  }
  uintptr lr() const { return x[0]; }
  uintptr frame_register() const { return x[7]; }

  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (rpc == 0) rpc = x[0] - 2;
  }
  // Makes a frame below `sp` whose function returns to lr(). See Kernel::sigcontext_call.
  uintptr push_link(uintptr sp) const {
    uintptr* frame = reinterpret_cast<uintptr*>(sp);
    frame[-1] = x[0];
    frame[-2] = fp();
    return sp;
  }
  // Makes the context look as if code just before pc had called `to`, which will return to pc. The `gap` bytes below
  // the stack pointer are left alone.
  void call(uintptr to, usize gap) {
    x[7] = push_link(x[1] - gap);
    x[1] = x[7] - 2 * sizeof(uintptr);
    x[0] = rpc;
    rpc = to;
  }
  // The same, but `to` finds a copy of the signal frame at sp. See asyncPreempt.
  void interrupt(uintptr to, usize, uintptr aside) {
    const u8* vector = nullptr;
    const u8* at = reinterpret_cast<const u8*>(&records);
    const u8* self = reinterpret_cast<const u8*>(this);
    for (Record r = records; r.magic != 0 && at < self + kMostFrame; r = *reinterpret_cast<const Record*>(at)) {
      if (r.magic == VectorRecord::kMagic) vector = at;
      at += r.size;
    }
    const usize bytes = static_cast<usize>(at - self) + sizeof(Record);
    if (bytes > kMostFrame) return;  // this CPU's registers do not fit: the goroutine is not preempted
    Ucontext* copy = copy_signal_frame(this, bytes, aside);
    const uintptr moved = reinterpret_cast<uintptr>(copy) - reinterpret_cast<uintptr>(this);
    if (vector != nullptr) reinterpret_cast<VectorRecord*>(reinterpret_cast<uintptr>(vector) + moved)->data += moved;
    x[7] = push_link(reinterpret_cast<uintptr>(copy) - kSiginfoBytes);
    x[1] = x[7];
    rpc = to;
  }
};
static_assert(offsetof(Ucontext, rpc) == 176 && offsetof(Ucontext, records) == 952 && sizeof(Ucontext) == 960);

// In the order in which Go dumps them. The pc lies in front of x1, where x0, which is always zero, would be.
constexpr RegName reg(const char* name, usize i) { return {name, static_cast<u16>(offsetof(Ucontext, rpc) + i * 8)}; }
inline constexpr RegName kRegNames[] = {
    reg("ra", 1),  reg("sp", 2),  reg("gp", 3),  reg("tp", 4),  reg("t0", 5),   reg("t1", 6),   reg("t2", 7),
    reg("s0", 8),  reg("s1", 9),  reg("a0", 10), reg("a1", 11), reg("a2", 12),  reg("a3", 13),  reg("a4", 14),
    reg("a5", 15), reg("a6", 16), reg("a7", 17), reg("s2", 18), reg("s3", 19),  reg("s4", 20),  reg("s5", 21),
    reg("s6", 22), reg("s7", 23), reg("s8", 24), reg("s9", 25), reg("s10", 26), reg("s11", 27), reg("t3", 28),
    reg("t4", 29), reg("t5", 30), reg("t6", 31), reg("pc", 0),
};

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime";

}  // namespace rt0::linux_abi
