// The interface of an ISA: what rt0 needs from it, and what its assembly may call.
//
// arch/<isa>/isa.h defines `struct Isa`; the include path (-I arch/<isa>) picks it. The assembly entry points below
// have one contract on all ISAs; arch/generic/asm.S and arch/x86/asm.S say how it is met, arch/<isa>/asm.S in which
// instructions.
#pragma once

#include "arch/gobuf.h"
#include "base/check.h"
#include "base/types.h"

#include "isa.h"  // IWYU pragma: export

namespace rt0 {

struct M;

template <class A>
concept Arch = requires(G* gp, Gobuf* buf, uintptr a, uintptr* out, void* p) {
  // The alignment of the stack pointer at a call.
  requires A::kStackAlign >= sizeof(void*);
  // The smallest instruction, in bytes.
  requires A::kPCQuantum >= 1;
  requires A::kCacheLine >= 32;
  // Bytes that mcall pushes and gogo pops.
  requires A::kSwitchFrame >= 0;
  // Whether a function that calls no other may have no frame, with its return address in a register.
  requires SameAs<decltype(A::kFramelessLeaves), const bool>;
  // How many bytes of the two words that frame_return reads lie below fp.
  requires A::kFrameBelow % sizeof(void*) == 0;
  // Words of RecoverPoint::context that setrecover fills.
  requires A::kRecoverWords >= 2;
  { A::kName[0] } -> SameAs<const char&>;
  { A::kBigEndian } -> SameAs<const bool&>;
  // The G of this M, from the thread pointer or a fixed register.
  { A::getg() } noexcept -> SameAs<G*>;
  { A::setg(gp) } noexcept -> SameAs<void>;
  // Returns -errno on failure, also where the kernel uses a flag.
  { A::syscall6(a, a, a, a, a, a, a) } noexcept -> SameAs<uintptr>;
  // To be called in spin loops: a hint to the CPU.
  { A::cpu_relax() } noexcept -> SameAs<void>;
  // A fast counter, in no particular unit.
  { A::cputicks() } noexcept -> SameAs<u64>;
  // See arch/amd64/isa.h.
  { A::gostartcall(buf, a, p, a) } noexcept -> SameAs<void>;
  { A::frame_pointer() } noexcept -> SameAs<uintptr>;
  // Where the return address of the frame at fp lies, null if there is none; *out = the caller's fp.
  { A::return_slot(a, out) } noexcept -> SameAs<uintptr*>;
  // The CPU's features, from AT_HWCAP, AT_HWCAP2 or the CPU itself; each ISA has its own bits.
  { A::cpu_features(a, a) } noexcept -> SameAs<u64>;
  // Called once, in osinit, with AT_HWCAP and AT_HWCAP2.
  { A::arch_init(a, a) } noexcept -> SameAs<void>;
  // Called once or more, before a thread is interrupted to run asyncPreempt.
  { A::async_preempt_init() } noexcept -> SameAs<void>;
  // The thread pointer for an M whose tls words lie at *out.
  { A::tls_base(out) } noexcept -> SameAs<uintptr>;
};
static_assert(Arch<Isa>, "isa.h is incomplete: see the concept above");

// The documents that rt0 follows name the entry points after this ISA (_rt0_amd64_linux). So does a simulated trace on
// every ISA, because it must be the same on all.
inline constexpr char kDocumentsIsa[] = "amd64";

inline G* getg() { return Isa::getg(); }

// The return address in the frame at fp, 0 if there is none; *caller_fp = the caller's fp.
RT0_INLINE uintptr frame_return(uintptr fp, uintptr* caller_fp) {
  const uintptr* slot = Isa::return_slot(fp, caller_fp);
  return slot != nullptr ? *slot : 0;
}

// --- Assembly that C++ calls -----------------------------------------------------------------------------------------

// Resumes `buf`: makes buf->g the current G, restores its stack and callee-saved registers, jumps to buf->pc. It
// never returns to the caller's stack.
[[noreturn]] void gogo(Gobuf* buf) __asm__("runtime.gogo");

// Leaves the running goroutine's stack and calls fn(gp) on its M's g0. gp->sched is complete before the stack is left.
// Returns when some M runs gogo(&gp->sched). fn must not return. Called on g0 or gsignal it ends in badmcall.
void mcall(void (*fn)(G*)) __asm__("runtime.mcall");

// mcall and gogo in one, without g0 in between: `from`, the running goroutine, stops here and `to` goes on. The first
// call on to's stack is goswitched(from, to): it does the part that must wait until from's stack has been left, such as
// letting other Ms run `from`. Returns when some M resumes `from`.
void goswitch(G* from, G* to) __asm__("runtime.goswitch");

// The signal handler makes a goroutine that it has interrupted call this: it keeps every register (general, vector,
// flags), calls asyncPreempt2, and goes on where the goroutine was interrupted. Never called by C++.
void asyncPreempt() __asm__("runtime.asyncPreempt");

// Calls fn(arg) on g0's stack and returns; a plain call if it is already on g0 or gsignal.
void systemstack_call(void (*fn)(void*), void* arg) __asm__("runtime.systemstack");

// Runs f on g0's stack. f must not park and must not outlive the call.
template <class F>
inline void systemstack(const F& f) {
  systemstack_call([](void* p) { (*static_cast<const F*>(p))(); }, const_cast<F*>(&f));
}

// The return address of every goroutine's entry function: calls goexit1. No code calls it.
void goexit() __asm__("runtime.goexit");

// Where a new M begins, on its g0: calls mstart0, which does not return.
void mstart() __asm__("runtime.mstart");

// Executes an instruction that always faults.
[[noreturn]] void abort_() __asm__("runtime.abort");

// The offsets and sizes of C++ structs with which the assembly was built, in the order of runtime/boot/asm_offsets.def.
// checkASM compares them with those of the C++ code.
extern const u16 asm_beliefs[] __asm__("runtime.asm_beliefs");

struct RecoverPoint;
// setrecover(p) fills p->context and returns 0. recovery(p) makes that call return once more, with 1; the frame of
// setrecover's caller must still be there. Programs see setrecover in rt0/panic.h, the same declaration.
namespace detail {
[[gnu::returns_twice]] int setrecover(RecoverPoint* p) __asm__("runtime.setrecover");
}
[[noreturn]] void recovery(RecoverPoint* p) __asm__("runtime.recovery");

// --- C++ that assembly calls -----------------------------------------------------------------------------------------
// First the functions that rt0_go calls, in its order, then those that the other entry points call. Assembly may call
// no other C++ function.

void check_boot() RT0_SYM("runtime.check");
void args(i32 argc, char** argv) RT0_SYM("runtime.args");
void osinit() RT0_SYM("runtime.osinit");
void schedinit() RT0_SYM("runtime.schedinit");
// then runtime.newproc(&mainPC, null): include/rt0/go.h

void mstart0() RT0_SYM("runtime.mstart0");
void goexit1() RT0_SYM("runtime.goexit1");
void goswitched(G* from, G* to) RT0_SYM("runtime.goswitched");
[[noreturn]] void badmcall() RT0_SYM("runtime.badmcall");
[[noreturn]] void badmcall2() RT0_SYM("runtime.badmcall2");
[[noreturn]] void badsystemstack() RT0_SYM("runtime.badsystemstack");
void asyncPreempt2() RT0_SYM("runtime.asyncPreempt2");
void sigtrampgo(u32 sig, void* info, void* uctx) RT0_SYM("runtime.sigtrampgo");

}  // namespace rt0
