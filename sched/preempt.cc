#include "sched/preempt.h"

#include "kernel_iface/signum.h"
#include "mem/stack.h"
#include "mem/sysmem.h"
#include "sched/debugvars.h"
#include "sched/proc.h"
#include "sched/runq.h"
#include "sched/sim_next.h"
#include "trace/trace.h"

namespace rt0 {

// The linker script's names for the program's own code.
extern "C" const u8 rt0_program_text[] __asm__("runtime.programtext");
extern "C" const u8 rt0_program_etext[] __asm__("runtime.eprogramtext");
// And for rt0's. Between the two lies that of libgcc and libstdc++, which use the frame pointer's register otherwise.
extern "C" const u8 rt0_runtime_text[] __asm__("runtime.text");
extern "C" const u8 rt0_runtime_etext[] __asm__("runtime.eruntimetext");
extern "C" const u8 rt0_etext[] __asm__("runtime.etext");

namespace {

constinit Atomic<u32> handler_installed{0};

bool within(uintptr pc, const u8* from, const u8* to) {
  return pc >= reinterpret_cast<uintptr>(from) && pc < reinterpret_cast<uintptr>(to);
}
bool in_program(uintptr pc) { return within(pc, rt0_program_text, rt0_program_etext); }

// Where the mirror of the program's text begins, 0 while there is none. It is written once. Relaxed: a diverted return
// address is met by the thread whose signal handler has read this, or by a thread that has taken the goroutine over.
constinit Atomic<uintptr> mirror{0};

// As large as the program's text; no access. Without memory for it goroutines are not stopped in the runtime.
void make_mirror() {
  if (simulated != 0 || mirror.load_relaxed() != 0) return;
  const usize n = align_up(static_cast<usize>(rt0_program_etext - rt0_program_text), physPageSize);
  const SysResult at = kernel->mem_map(nullptr, n);
  if (!at.ok()) return;
  void* const p = reinterpret_cast<void*>(at.value);
  if (!kernel->mem_protect(p, n, Prot::none).ok() || !mirror.cas_acqrel(0, at.value)) (void)kernel->mem_unmap(p, n);
}

// Stack for asyncPreempt's frame with all registers, and for the calls from there into the scheduler.
constexpr usize kRoom = 16 * 1024;
// What asyncPreempt puts on the interrupted stack even if it has another: on x86 the general registers, below the red
// zone. A function whose SP is closer than this to the stack's end is not stopped there.
constexpr usize kLeastRoom = 512;

// Left free at a preempt stack's upper end: rt_sigreturn may read a little beyond the copy of the signal frame.
constexpr usize kAbove = 256;

usize preempt_stack_bytes() { return max(2 * kRoom, static_cast<usize>(4 * physPageSize)); }

// No stack is overwritten and lost: a stack is put only in place of kPreemptStackWanted, and only the handler, or the
// M's end, takes it. Release here and acquire there: the thread that takes the stack sees the memory as stackalloc left
// it.
void provide_preempt_stack(M* mp) {
  void* base = stackalloc(preempt_stack_bytes(), true);
  if (!mp->preempt_stack.cas_release(kPreemptStackWanted, reinterpret_cast<uintptr>(base)))
    stackfree(base, preempt_stack_bytes(), true);
}

// On gsignal. Gives gp a preempt stack. False if it has none and its M has none to give.
bool get_preempt_stack(G* gp) {
  if (gp->preempt_stack.hi != 0) return true;
  M* mp = gp->m;
  const uintptr base = mp->preempt_stack.load_acquire();
  if (base <= kPreemptStackWanted) {
    if (base == 0) mp->preempt_stack.store_relaxed(kPreemptStackWanted);  // while it is 0 no other thread writes it
    return false;
  }
  mp->preempt_stack.store_relaxed(0);
  gp->preempt_stack = {base + physPageSize, base + preempt_stack_bytes()};
  return true;
}

// Lets gp, interrupted at c, go on in asyncPreempt.
void interrupt(G* gp, const SigContext& c, void* uctx) {
  uintptr stack = 0;
  if (c.sp < gp->stack.lo + kRoom) {
    if (!get_preempt_stack(gp)) return;
    stack = gp->preempt_stack.hi - kAbove;
    gp->preempt_sp = c.sp - kLeastRoom;
  }
  kernel->sigcontext_call(uctx, reinterpret_cast<uintptr>(&asyncPreempt), true, stack);
}

// Go: preemptM. Most programs never get here, so the first caller installs the handler; two at once do no harm.
void preemptM(M* mp) {
  if (handler_installed.load_acquire() == 0) {
    Isa::async_preempt_init();
    make_mirror();
    if (!kernel->setsig(kSIGURG, SigDisposition::handler).ok()) return;
    handler_installed.store_release(1);
  }
  if (!mp->signalPending.cas_acqrel(0, 1)) return;
  const u64 tid = mp == &m0 ? kernel->getpid() : mp->procid.load_acquire();
  // The M may have ended in between. The signal then reaches no thread; or another thread of this process, and then
  // the handler there acts only if that thread's goroutine has been asked to yield.
  if (tid == 0 || !kernel->tgkill(tid, kSIGURG).ok()) mp->signalPending.store_release(0);
}

bool is_safe_point(const G* gp, const SigContext& c) {
  const M* mp = gp->m;
  if (gp != mp->curg.load_relaxed() || mp->locks != 0 || mp->p == nullptr || mp->dying != 0) return false;
  if (readgstatus(gp) != GStatus::running) return false;
  if (c.sp < gp->stack.lo + kLeastRoom || c.sp > gp->stack.hi) return false;
  return in_program(c.pc);
}

// A program with exceptions is linked with this file compiled anew: only a return of one of the runtime's functions is
// diverted there, never that of a program's own function, as D3 allows. When an exception is thrown, the unwinder looks
// the return addresses of the program's frames up in its tables, which have no mirrored ones; and it stops at a frame
// of the runtime, before it reads that frame's return address. It passes such frames only while returns are held.
// On arm no goroutine of such a program is interrupted at all: one that was, while a panic left its frames, sometimes
// went on at a wrong address.
#if defined(RT0_EXCEPTIONS) && defined(__ARM_EABI__)
constexpr bool kNeverInterrupts = true;
#else
constexpr bool kNeverInterrupts = false;
#endif
#ifdef RT0_EXCEPTIONS
constexpr bool kOnlyRuntimeReturns = true;
#else
constexpr bool kOnlyRuntimeReturns = false;
#endif

// The frame chain of gp's stack from fp on: diverts the first return into the program.
//
// A word is changed only if it is the return address of a frame on a whole chain: every frame lies above the one
// before, every return address in the text, and the outermost frame, which is that of the goroutine's entry, returns to
// goexit. So no other word is ever changed, although fp may be anything if the program was compiled without frame
// pointers and the function that it has called has not made its frame yet. A deep chain is not followed to its end.
void divert(const G* gp, uintptr fp) {
  constexpr u32 kMostFrames = 64;
  constexpr uintptr kFrame = 2 * sizeof(uintptr);
  uintptr* slot = nullptr;
  bool of_runtime = false;  // whether it is certain that the frame is that of a function of the runtime
  for (u32 n = 0; n < kMostFrames; n++) {
    const uintptr lo = fp - Isa::kFrameBelow;
    if (fp % sizeof(uintptr) != 0 || lo < gp->stack.lo || lo > gp->stack.hi - kFrame) return;
    uintptr caller;
    uintptr* const at = Isa::return_slot(fp, &caller);
    const uintptr in_slot = reinterpret_cast<uintptr>(at);
    if (in_slot < gp->stack.lo || in_slot >= gp->stack.hi) return;
    const uintptr pc = program_pc(*at);
    if (pc == reinterpret_cast<uintptr>(&goexit) + Isa::kPCQuantum) break;
    if (caller <= fp || !within(pc, rt0_runtime_text, rt0_etext)) return;
    if (slot == nullptr && in_program(pc) && (!kOnlyRuntimeReturns || of_runtime)) {
      if (pc != *at) return;  // it is diverted already
      slot = at;
    }
    of_runtime = within(pc, rt0_runtime_text, rt0_runtime_etext);
    fp = caller;
  }
  if (slot != nullptr) *slot += mirror.load_relaxed() - reinterpret_cast<uintptr>(rt0_program_text);
}

// The signal came while the runtime worked for the goroutine `curg`, on its stack (then gp is curg) or on g0.
//
// On g0, curg->sched is where systemstack or mcall has left the goroutine's stack. No other thread can be using that
// stack: as long as curg is this M's and its status is running, only this thread, which is in the handler, may let
// another M have it.
void divert_return(const G* gp, const G* curg, const SigContext& c) {
  const M* mp = gp->m;
  if (mirror.load_relaxed() == 0 || mp->dying != 0 || readgstatus(curg) != GStatus::running) return;
  if (kOnlyRuntimeReturns && returns_are_held(curg)) return;
  if (gp == curg) {
    if (within(c.pc, rt0_runtime_text, rt0_runtime_etext) && c.sp >= gp->stack.lo && c.sp < gp->stack.hi)
      divert(gp, c.fp);
  } else if (gp == mp->g0 && curg->sched.sp != 0) {
    divert(curg, curg->sched.bp);
  }
}

}  // namespace

uintptr program_pc(uintptr pc) {
  const uintptr from = mirror.load_relaxed(), text = reinterpret_cast<uintptr>(rt0_program_text);
  const uintptr size = reinterpret_cast<uintptr>(rt0_program_etext) - text;
  return from != 0 && pc - from < size ? text + (pc - from) : pc;
}

void preemptone(P* pp) {
  M* mp = pp->m.load_relaxed();
  if (mp == nullptr || mp == getg()->m) return;
  // Also if no goroutine runs at this moment: see findrunnable. A hint: if another M has the P by now, one time slice
  // ends too early there, and nothing else happens.
  pp->preempt.store_relaxed(1);
  G* gp = mp->curg.load_relaxed();
  if (gp == nullptr || gp == mp->g0) return;
  if (RT0_UNLIKELY(mp->preempt_stack.load_relaxed() == kPreemptStackWanted)) provide_preempt_stack(mp);
  if (simulated != 0 || gp->preempt.load_relaxed() == 0) trace(Ev::ProcPreempt, pp->id);  // not again and again
  gp->preempt.store_relaxed(1);
  if (debug.asyncpreemptoff == 0) preemptM(mp);
}

void ask_to_yield(P* pp) {
  const M* mp = pp->m.load_relaxed();
  G* gp = mp != nullptr ? mp->curg.load_relaxed() : nullptr;
  if (gp != nullptr) gp->preempt.store_relaxed(1);
}

void preemptall() {
  for (P* pp : procs())
    if (pp->status.load_relaxed() == PStatus::running) preemptone(pp);
}

void doSigPreempt(G* gp, const SigContext& c, void* uctx) {
  gp->m->signalPending.store_release(0);
  const G* curg = gp->m->curg.load_relaxed();
  if (curg == nullptr || curg->preempt.load_relaxed() == 0 || kNeverInterrupts) return;
  if (is_safe_point(gp, c)) interrupt(gp, c, uctx);
  else divert_return(gp, curg, c);
}

void preempt_stack_free(G* gp) {
  stackfree(reinterpret_cast<void*>(gp->preempt_stack.lo - physPageSize), preempt_stack_bytes(), true);
  gp->preempt_stack = {};
}

void preempt_stack_drop(M* mp) {
  const uintptr base = mp->preempt_stack.xchg_acquire(0);
  if (base > kPreemptStackWanted) stackfree(reinterpret_cast<void*>(base), preempt_stack_bytes(), true);
}

// Called by asyncPreempt, on the goroutine's stack. Go: asyncPreempt2.
//
// On the simulated kernel the watchdog has brought the goroutine here, because it waits in a loop for other threads. So
// these run first, among them sysmon, which may find that the goroutine's time slice is over.
void asyncPreempt2() {
  if (simulated != 0) {
    const G* gp = getg();
    sim_preempt_stack(gp->m);  // this goroutine may have taken the M's
    sim_let_others_run(&gp->preempt);
    if (gp->preempt.load_relaxed() == 0 || debug.asyncpreemptoff != 0) return;
  }
  gopreempt();
}

// The caller has seen a request, or runs on the simulated kernel. Where preempt_point stands in a program's own text, a
// signal may have preempted the goroutine since: then the request has been answered, and there is nothing to do.
void preempt_here(const volatile void* touches) {
  const G* gp = getg();
  if (gp->preempt.load_relaxed() == 0) {
    if (simulated != 0) sim_point(touches);
  } else if (gp == gp->m->curg.load_relaxed() && gp->m->locks == 0) {
    gopreempt();
  }
}

// A place at which the simulated kernel may let other threads run, or make the goroutine yield. If no other
// goroutine waits for its P, to yield would change nothing.
void sim_point(const volatile void* touches) {
  G* gp = getg();
  M* mp = gp->m;
  if (gp != mp->curg.load_relaxed() || mp->locks != 0 || mp->p == nullptr || !bootDone || mp->dying != 0) return;
  const Resource on{'g', static_cast<i64>(gp->goid)};
  gp->chance.touches = touches;
  sim_event(on);
  if (!runqempty(gp->m->p) || sched.runqsize.load_relaxed() != 0) {
    if (gp->preempt.load_relaxed() != 0) {
      gopreempt();
    } else if (sim_picks_goroutines) {
      sim_waiting_for(gp->m->p, gp);
      if (sim_preempt(on)) gopreempt();
    }
  }
  // Not about to use it any more: it may be gone, and another value may have its address, when this goroutine is
  // compared with others next.
  gp->chance.touches = nullptr;
}

void sim_signal_in_kernel() { getg()->m->signalPending.store_release(0); }

void sim_preempt_stack(M* mp) {
  if (mp->preempt_stack.load_relaxed() > kPreemptStackWanted) return;
  mp->preempt_stack.store_relaxed(kPreemptStackWanted);  // no other thread runs at this moment
  const bool booting = mp->booting;
  mp->booting = false;  // the allocation is no step of the boot, so the boot's trace must not show it
  provide_preempt_stack(mp);
  mp->booting = booting;
}

void sim_watchdog_start() {
  Isa::async_preempt_init();
  constexpr u32 kHandled[] = {kSIGVTALRM, kSIGTERM};
  for (u32 sig : kHandled)
    check(kernel->setsig(sig, SigDisposition::handler).ok(), "sim: the kernel refused a handler");
  sim_watchdog_arm();
}

void sim_watchdog(G* gp, const SigContext& c, void* uctx) {
  if (bootDone && sim_is_stuck() && is_safe_point(gp, c)) interrupt(gp, c, uctx);
}

#ifdef RT0_EXCEPTIONS
void restore_returns() {
  const G* gp = getg();
  uintptr fp = Isa::frame_pointer();
  while (fp >= gp->stack.lo + Isa::kFrameBelow && fp < gp->stack.hi) {
    uintptr caller;
    uintptr* const at = Isa::return_slot(fp, &caller);
    const uintptr in_slot = reinterpret_cast<uintptr>(at);
    if (in_slot < gp->stack.lo || in_slot >= gp->stack.hi) return;
    if (const uintptr pc = program_pc(*at); pc != *at) *at = pc;
    if (caller <= fp) return;
    fp = caller;
  }
}
#endif

}  // namespace rt0
