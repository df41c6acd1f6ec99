// linux/arm64: what differs between ISAs in the kernel's interface. Numbers and most layouts are the generic ones.
#pragma once

#include "arch/generic/linux_lp64.h"
#include "arch/generic/linux_nr.h"
#include "base/types.h"

namespace rt0::linux_abi {

inline constexpr uintptr O_DIRECTORY = 040000;  // 0200000, as elsewhere, is O_DIRECT here
inline constexpr u64 SA_RESTORER = 0x04000000;

struct Sigaction {
  void (*handler)(int, void*, void*);
  u64 flags;
  void (*restorer)();
  Sigset mask;
};

// The registers of the interrupted context, and behind them records: vector registers, and what newer CPUs have.
struct Sigcontext {
  u64 fault_address, x[31], sp, pc, pstate;
  alignas(16) u8 records[4096];
};
struct Record {
  u32 magic, size;
};
inline constexpr u32 kExtraMagic = 0x45585401;
// Says that there are more records, too large for the ucontext, right behind it. They end in a null record of 16 bytes.
struct ExtraRecord {
  Record head;
  u64 data;
  u32 size, reserved[3];
};

struct Ucontext {
  u64 flags;
  Ucontext* link;
  StackT stack;
  Sigset sigmask;
  u8 unused[120];
  alignas(16) Sigcontext regs;

  uintptr pc() const { return regs.pc; }
  uintptr sp() const { return regs.sp; }
  uintptr fp() const { return regs.x[29]; }

  // As if the instruction at pc had been a call of `to`, which finds a copy of the whole signal frame at sp and goes on with it
  // by rt_sigreturn. See asyncPreempt.
  void call(uintptr to, usize) {
    const ExtraRecord* extra = nullptr;
    for (usize at = 0; at + sizeof(ExtraRecord) <= sizeof(regs.records);) {
      const Record* r = reinterpret_cast<const Record*>(regs.records + at);
      if (r->size == 0) break;
      if (r->magic == kExtraMagic) extra = reinterpret_cast<const ExtraRecord*>(r);
      at += r->size;
    }
    constexpr usize kMostExtra = 9 * 1024;  // the widest vectors there can be; asyncPreempt's caller has room for 16 KiB
    const usize more = extra != nullptr ? extra->size : 0;
    if (more > kMostExtra) return;  // what this CPU has cannot be kept: go on undisturbed
    const uintptr frame = (regs.sp - kSiginfoBytes - sizeof(Ucontext) - more) & ~uintptr{15};
    Ucontext* copy = reinterpret_cast<Ucontext*>(frame + kSiginfoBytes);
    *copy = *this;
    copy->stack.flags = -1;  // no such flag: the kernel leaves the thread's alternate stack as it is
    if (extra != nullptr) {
      u8* to_extra = reinterpret_cast<u8*>(copy + 1);
      const u8* from = reinterpret_cast<const u8*>(extra->data);
      for (usize i = 0; i < more; i++) to_extra[i] = from[i];
      const usize at = static_cast<usize>(reinterpret_cast<const u8*>(extra) - regs.records);
      reinterpret_cast<ExtraRecord*>(copy->regs.records + at)->data = reinterpret_cast<u64>(to_extra);
    }
    regs.sp = frame;
    regs.pc = to;
  }
};
static_assert(offsetof(Ucontext, regs) == 176 && offsetof(Sigcontext, records) == 288 && sizeof(Ucontext) == 4560);

inline constexpr char kVdsoClockGettime[] = "__kernel_clock_gettime";

}  // namespace rt0::linux_abi
