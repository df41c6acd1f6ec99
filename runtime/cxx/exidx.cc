// arm's unwinder finds frames by another table than those of other ISAs: an index, sorted by address, whose entries say
// how to unwind a function, in a few bytes. Here are what hides the runtime's frames (see runtime_is_shown) and the
// entries of the two functions that no compiler can make.
#include <unwind.h>

#include "runtime/panic/defer.h"

#if !defined(__ARM_EABI_UNWINDER__)

namespace rt0 {

void settle_interrupted(void*) {}

}  // namespace rt0

#else

#include "kernel_iface/kernel.h"
#include "runtime/cxx/exceptions.h"

namespace rt0 {

void sigpanic() RT0_SYM("runtime.sigpanic");

extern "C" {
extern const u8 rt0_text[] __asm__("runtime.text"), rt0_runtime_etext[] __asm__("runtime.eruntimetext");
struct IndexEntry {
  u32 function;  // relative to the entry, 31 bits
  u32 how;
};
extern const IndexEntry __exidx_start[], __exidx_end[];
_Unwind_Ptr __gnu_Unwind_Find_exidx(_Unwind_Ptr pc, int* n);
}

namespace {

uintptr function_of(const IndexEntry& e) {
  return reinterpret_cast<uintptr>(&e) + static_cast<uintptr>(static_cast<i32>(e.function << 1) >> 1);
}

// The start of the function that has pc.
uintptr start_of(uintptr pc) {
  const IndexEntry *lo = __exidx_start, *hi = __exidx_end;
  while (hi - lo > 1) {
    const IndexEntry* const mid = lo + (hi - lo) / 2;
    (function_of(*mid) <= pc ? lo : hi) = mid;
  }
  return function_of(*lo);
}

// sigpanic's frame pointer lies a word below its stack pointer at the entry, and the frame that the signal handler has
// pushed for tracebacks has four words. Then comes an Interrupted.
constexpr usize kAboveFrame = sizeof(uintptr) * (1 + 4);
static_assert(offsetof(Interrupted, kept) == 4 && offsetof(Interrupted, frame) == 32 &&
              offsetof(Interrupted, pc) == 44);
static_assert(kAboveFrame + offsetof(Interrupted, kept) == 24);
// The opcodes of the generic routine 1, with one more word and no descriptors: the stack pointer is r11; add 24; pop r4
// to r11 and r13 to r15; finish.
constexpr u32 kPopInterrupted[] = {0x81019b05, 0x8effb0b0, 0};
// Of routine 0: finish. Nobody asks what lies beyond goexit.
constexpr u32 kFinish = 0x80b0b0b0;

// An entry refers to itself, so it is made in memory. Several threads may make it; all write the same.
struct Made {
  Atomic<u32> function, how;
};
constinit Made of_goexit{}, of_sigpanic{};

u32 from(const void* here, const void* to) {
  return (reinterpret_cast<uintptr>(to) - reinterpret_cast<uintptr>(here)) & 0x7fffffff;
}

}  // namespace

_Unwind_Ptr __gnu_Unwind_Find_exidx(_Unwind_Ptr pc, int* n) {
  const bool of_runtime =
      pc >= reinterpret_cast<uintptr>(rt0_text) && pc < reinterpret_cast<uintptr>(rt0_runtime_etext);
  if (of_runtime && !runtime_is_shown()) return 0;
  *n = 1;
  // The unwinder has subtracted 2, so that the address lies before the return address.
  if (pc == reinterpret_cast<uintptr>(&goexit) + Isa::kPCQuantum - 2) {
    of_goexit.how.store_relaxed(kFinish);
    of_goexit.function.store_relaxed(from(&of_goexit.function, reinterpret_cast<const void*>(&goexit)));
    return reinterpret_cast<_Unwind_Ptr>(&of_goexit);
  }
  if (start_of(pc) == reinterpret_cast<uintptr>(&sigpanic)) {
    of_sigpanic.how.store_relaxed(from(&of_sigpanic.how, kPopInterrupted));
    of_sigpanic.function.store_relaxed(from(&of_sigpanic.function, reinterpret_cast<const void*>(&sigpanic)));
    return reinterpret_cast<_Unwind_Ptr>(&of_sigpanic);
  }
  *n = static_cast<int>(__exidx_end - __exidx_start);
  return reinterpret_cast<_Unwind_Ptr>(__exidx_start);
}

// The tables describe a function as it is after it has made its frame. If it has not, it has changed nothing yet that
// its caller needs, so the unwinder is led to the caller. A frame's first word is a pc near its function's start.
void settle_interrupted(void* frame) {
  auto* const i = reinterpret_cast<Interrupted*>(static_cast<u8*>(frame) + kAboveFrame);
  constexpr usize kBeginning = 64;
  const uintptr made_by = *reinterpret_cast<const uintptr*>(i->frame) - start_of(i->pc);
  if (made_by >= kBeginning) i->pc = i->link;
  else i->pc += 4;  // the unwinder looks before a return address
}

}  // namespace rt0

#endif
