// linux/riscv64: what differs between ISAs in the kernel's interface. Numbers and most layouts are the generic ones.
#pragma once

#include "arch/generic/linux_lp64.h"
#include "arch/generic/linux_nr.h"
#include "arch/generic/linux_sigframe.h"

namespace rt0::linux_abi {

inline constexpr uintptr O_DIRECTORY = 0200000;
inline constexpr usize kSigaltstackPad = 272;  // see arch/generic/linux_sigframe.h
inline constexpr u64 SA_RESTORER = 0;          // the kernel has its own sigreturn

struct Sigaction {
  void (*handler)(int, void*, void*);
  u64 flags;
  Sigset mask;
  void (*restorer)();  // not the kernel's: it ends at mask
};

// Behind the floating-point registers: vector registers, and what newer CPUs have. The last has magic 0.
struct Record {
  u32 magic, size;
};
struct VectorRecord : Record {
  static constexpr u32 kMagic = 0x53465457;
  u64 vstart, vl, vtype, vcsr, vlenb, data;  // data: the address of the registers, behind this
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
  uintptr sp() const { return x[1]; }
  uintptr fp() const { return x[7]; }

  // As if the instruction at pc had been a call of `to`, which finds a copy of the signal frame at sp. See asyncPreempt.
  void call(uintptr to, usize) {
    const u8* vector = nullptr;
    const u8* at = reinterpret_cast<const u8*>(&records);
    const u8* self = reinterpret_cast<const u8*>(this);
    for (Record r = records; r.magic != 0 && at < self + kMostFrame; r = *reinterpret_cast<const Record*>(at)) {
      if (r.magic == VectorRecord::kMagic) vector = at;
      at += r.size;
    }
    const usize bytes = static_cast<usize>(at - self) + sizeof(Record);
    if (bytes > kMostFrame) return;  // what this CPU has cannot be kept: go on undisturbed
    Ucontext* copy = copy_signal_frame(this, bytes);
    const uintptr moved = reinterpret_cast<uintptr>(copy) - reinterpret_cast<uintptr>(this);
    if (vector != nullptr) reinterpret_cast<VectorRecord*>(reinterpret_cast<uintptr>(vector) + moved)->data += moved;
    x[1] = reinterpret_cast<uintptr>(copy) - kSiginfoBytes;
    rpc = to;
  }
};
static_assert(offsetof(Ucontext, rpc) == 176 && offsetof(Ucontext, records) == 952 && sizeof(Ucontext) == 960);

inline constexpr char kVdsoClockGettime[] = "__vdso_clock_gettime";

}  // namespace rt0::linux_abi
