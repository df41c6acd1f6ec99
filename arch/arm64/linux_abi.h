// linux/arm64: what differs between ISAs in the kernel's interface. Numbers and most layouts are the generic ones.
#pragma once

#include "arch/generic/linux_lp64.h"
#include "arch/generic/linux_nr.h"
#include "arch/generic/linux_sigframe.h"

namespace rt0::linux_abi {

inline constexpr uintptr O_DIRECTORY = 040000;  // 0200000, as elsewhere, is O_DIRECT here
inline constexpr usize kSigaltstackPad = 0;     // see arch/generic/linux_sigframe.h
inline constexpr u64 SA_RESTORER = 0x04000000;

struct Sigaction {
  void (*handler)(int, void*, void*);
  u64 flags;
  void (*restorer)();
  Sigset mask;
};

// In sigcontext::records: vector registers, and what newer CPUs have. An extra record says that the others lie behind it, as far
// as data + size, for they are too large to end where the ucontext does.
struct Record {
  u32 magic, size;
};
struct ExtraRecord : Record {
  static constexpr u32 kMagic = 0x45585401;
  u64 data;
  u32 extra_size, reserved[3];
};

struct Ucontext {
  u64 flags;
  Ucontext* link;
  StackT stack;
  Sigset sigmask;
  u8 unused[128];
  u64 fault_address, x[31], rsp, rpc, pstate, pad;
  u8 records[4096];

  uintptr pc() const { return rpc; }
  uintptr sp() const { return rsp; }
  uintptr fp() const { return x[29]; }

  // As if the instruction at pc had been a call of `to`, which finds a copy of the signal frame at sp. See asyncPreempt.
  void call(uintptr to, usize) {
    usize at = 0, bytes = sizeof(*this);
    const ExtraRecord* r = reinterpret_cast<const ExtraRecord*>(records);
    while (r->size != 0 && r->magic != r->kMagic && (at += r->size) < sizeof(records) - sizeof(*r))
      r = reinterpret_cast<const ExtraRecord*>(records + at);
    const bool extra = r->size != 0 && r->magic == r->kMagic;
    if (extra) bytes = max(bytes, static_cast<usize>(r->data + r->extra_size - reinterpret_cast<uintptr>(this)));
    if (bytes > kMostFrame) return;  // what this CPU has cannot be kept: go on undisturbed
    Ucontext* copy = copy_signal_frame(this, bytes);
    const uintptr moved = reinterpret_cast<uintptr>(copy) - reinterpret_cast<uintptr>(this);
    if (extra) reinterpret_cast<ExtraRecord*>(copy->records + at)->data += moved;
    rsp = reinterpret_cast<uintptr>(copy) - kSiginfoBytes;
    rpc = to;
  }
};
static_assert(offsetof(Ucontext, x) == 184 && offsetof(Ucontext, records) == 464 && sizeof(Ucontext) == 4560);

inline constexpr char kVdsoClockGettime[] = "__kernel_clock_gettime";

}  // namespace rt0::linux_abi
