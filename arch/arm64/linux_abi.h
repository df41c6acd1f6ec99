// linux/arm64: what differs between ISAs in the kernel's interface. Numbers and most layouts are the generic ones.
#pragma once

#include "arch/generic/linux_nr.h"
#include "arch/generic/linux_sigframe.h"
#include "arch/generic/linux_stat.h"

namespace rt0::linux_abi {

inline constexpr uintptr SYS_renameat = 38, SYS_fstatat = SYS_newfstatat;
using OldStat = GenericStat;

// O_DIRECTORY has the value that O_DIRECT has on most ISAs.
inline constexpr Quirks kQuirks = {.o_directory = 040000};

// A record of sigcontext::records: vector registers, and the registers of newer CPUs. If the records are too large for
// the ucontext, an ExtraRecord says that the rest of them lies after it, up to data + extra_size.
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
  void set_pc(uintptr to) { rpc = to; }
  uintptr sp() const { return rsp; }
  uintptr fp() const { return x[29]; }

  uintptr link_register() const { return x[30]; }
  uintptr lr() const { return rpc == 0 ? x[30] : 0; }
  // If the context was interrupted because it called address 0, moves it back to the call instruction.
  void uncall() {
    if (rpc == 0) rpc = x[30] - 4;
  }
  // Makes the context look as if code just before pc had called `to`, which will return to pc. The `gap` bytes below
  // the stack pointer are left alone.
  void call(uintptr to, usize gap) {
    rsp -= gap;
    x[30] = rpc;
    rpc = to;
  }
  // The same, but `to` finds a copy of the signal frame at sp. See asyncPreempt.
  void interrupt(uintptr to, usize, uintptr aside) {
    usize at = 0, bytes = sizeof(*this);
    const ExtraRecord* r = reinterpret_cast<const ExtraRecord*>(records);
    while (r->size != 0 && r->magic != ExtraRecord::kMagic && (at += r->size) < sizeof(records) - sizeof(*r))
      r = reinterpret_cast<const ExtraRecord*>(records + at);
    const bool extra = r->size != 0 && r->magic == ExtraRecord::kMagic;
    if (extra) bytes = max(bytes, static_cast<usize>(r->data + r->extra_size - reinterpret_cast<uintptr>(this)));
    if (bytes > kMostFrame) return;  // this CPU's registers do not fit: the goroutine is not preempted
    Ucontext* copy = copy_signal_frame(this, bytes, aside);
    const uintptr moved = reinterpret_cast<uintptr>(copy) - reinterpret_cast<uintptr>(this);
    if (extra) reinterpret_cast<ExtraRecord*>(copy->records + at)->data += moved;
    rsp = reinterpret_cast<uintptr>(copy) - kSiginfoBytes;
    rpc = to;
  }
};
static_assert(offsetof(Ucontext, x) == 184 && offsetof(Ucontext, records) == 464 && sizeof(Ucontext) == 4560);

// In the order in which Go dumps them.
constexpr RegName reg(const char* name, usize i) { return {name, static_cast<u16>(offsetof(Ucontext, x) + i * 8)}; }
inline constexpr RegName kRegNames[] = {
    reg("r0", 0),   reg("r1", 1),
    reg("r2", 2),   reg("r3", 3),
    reg("r4", 4),   reg("r5", 5),
    reg("r6", 6),   reg("r7", 7),
    reg("r8", 8),   reg("r9", 9),
    reg("r10", 10), reg("r11", 11),
    reg("r12", 12), reg("r13", 13),
    reg("r14", 14), reg("r15", 15),
    reg("r16", 16), reg("r17", 17),
    reg("r18", 18), reg("r19", 19),
    reg("r20", 20), reg("r21", 21),
    reg("r22", 22), reg("r23", 23),
    reg("r24", 24), reg("r25", 25),
    reg("r26", 26), reg("r27", 27),
    reg("r28", 28), reg("r29", 29),
    reg("lr", 30),  reg("sp", 31),
    reg("pc", 32),  {"fault", offsetof(Ucontext, fault_address)},
};

inline constexpr char kVdsoClockGettime[] = "__kernel_clock_gettime";

}  // namespace rt0::linux_abi
