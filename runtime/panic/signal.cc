#include "runtime/panic/signal.h"

#include "kernel_iface/choice.h"
#include "kernel_iface/kernel.h"
#include "mem/sysmem.h"
#include "runtime/diag/tracer.h"
#include "runtime/panic/defer.h"
#include "runtime/panic/panic.h"
#include "sched/preempt.h"
#include "trace/trace.h"

namespace rt0 {

namespace {

struct SigEntry {
  u32 sig;
  bool panics;  // it becomes a panic, if the kernel sent it and a goroutine caused it
  const char* text;
};
constexpr SigEntry kSigTable[] = {
    {kSIGQUIT, false, "SIGQUIT: quit"},
    {kSIGILL, false, "SIGILL: illegal instruction"},
    {kSIGTRAP, false, "SIGTRAP: trace trap"},
    {kSIGABRT, false, "SIGABRT: abort"},
    {kSIGBUS, true, "SIGBUS: bus error"},
    {kSIGFPE, true, "SIGFPE: floating-point exception"},
    {kSIGSEGV, true, "SIGSEGV: segmentation violation"},
    {kSIGSTKFLT, false, "SIGSTKFLT: stack fault"},
    {kSIGSYS, false, "SIGSYS: bad system call"},
};

// Signals that do nothing, although their default action would end the program. Go has a handler for them that does
// nothing; rt0 blocks them all with one system call, where a handler would take one each. Because SIGPIPE is blocked, a
// write to a pipe without a reader fails with EPIPE; the code that writes to standard output and error ends the process
// then. Real-time signals, 34 to 64, are blocked, too.
constexpr u32 kBlocked[] = {kSIGUSR1, kSIGUSR2,   kSIGPIPE, kSIGALRM, kSIGXCPU,
                            kSIGXFSZ, kSIGVTALRM, kSIGPROF, kSIGIO,   kSIGPWR};
constexpr u64 blocked_set() {
  u64 set = ~u64{0} << (34 - 1);
  for (u32 sig : kBlocked) set |= sig_bit(sig);
  return set;
}

// Signals that must not be blocked in any thread, even if the parent process had them blocked. With SIGURG blocked
// there would be no preemption, with SIGSEGV blocked a fault would end the process without a message, and with SIGTERM
// blocked only SIGKILL would end the program. Go: blockableSig.
constexpr u32 kEnding[] = {kSIGHUP, kSIGINT, kSIGTERM};
constexpr u64 unblocked_set() {
  u64 set = sig_bit(kSIGCHLD) | sig_bit(kSIGURG);
  for (const SigEntry& e : kSigTable) set |= sig_bit(e.sig);
  for (u32 sig : kEnding) set |= sig_bit(sig);
  return set;
}

// si_code of faults, the same on all ISAs.
constexpr i32 kSegvMaperr = 1, kSegvAccerr = 2, kBusAdrerr = 2, kFpeIntdiv = 1, kFpeIntovf = 2;
constexpr uintptr kNilPage = 4096;  // a fault at an address below this is an access through a null pointer
// A fault becomes a panic only if this much of the stack is left. A stack without a guard page is smaller than that
// (tests/programs/go_small.h), so a fault there never becomes a panic, which could overflow into the neighbouring
// memory. On a stack with a guard page, a panic with too little room faults there, as any other overflow does.
constexpr usize kPanicRoom = 2560;

const SigEntry* sig_entry(u32 sig) {
  for (const SigEntry& e : kSigTable)
    if (e.sig == sig) return &e;
  return nullptr;
}

// A fault of the program's own, if the kernel sent it. The other signals of the table are requests, whatever sent them.
bool is_fault(u32 sig) { return sig_entry(sig) != nullptr && sig != kSIGQUIT && sig != kSIGABRT; }

// gp has overflowed its stack into the guard page. The texts are Go's; the limit is the reserved size, not 1 GB. An
// overflow of the signal stack does not come here: the handler would need that stack, so the kernel ends the process by
// SIGSEGV.
[[noreturn]] void stack_overflow(G* gp, const SigContext& c) {
  using ull = unsigned long long;
  const bool on_g0 = gp == gp->m->g0;
  if (on_g0) eprintf("runtime: morestack on g0, ");
  else eprintf("runtime: goroutine stack exceeds %llu-byte limit\nruntime: ", static_cast<ull>(gp->stack_bytes));
  eprintf("sp=%#llx stack=[%#llx, %#llx]\n", static_cast<ull>(c.sp), static_cast<ull>(gp->stack.lo),
          static_cast<ull>(gp->stack.hi));
  gp->m->throwing = Throwing::runtime;
  die_of_signal(on_g0 ? "morestack on g0" : "stack overflow", gp, c);
}

// The running goroutine has written beyond the upper end of its stack, over its own G. No field of the G can be
// trusted, not even its M, so this function prints with the kernel's write alone. The pc of the fault may be far from
// the code that wrote too much.
[[noreturn]] void overrun(const SigContext& c) {
  char text[160];
  Out out{text, sizeof(text)};
  out.put("fatal error: a ");
  out.put("goroutine has written beyond the upper end of its stack");  // stored once: newproc.cc has this text, too
  out.put("\n[pc=");
  out.put_hex(c.pc);
  out.put(" addr=");
  out.put_hex(c.fault_addr);
  out.put("]\n");
  (void)kernel->write(2, text, out.len);
  kernel->exit(2);
  __builtin_unreachable();
}

// May gp, interrupted at c, panic? It must be a goroutine on its own stack, and hold no lock. Go: canpanic.
bool canpanic(const G* gp, const SigContext& c) {
  const M* mp = gp->m;
  if (gp != mp->curg.load_relaxed() || gp == mp->g0 || readgstatus(gp) != GStatus::running || gp->syscallsp != 0)
    return false;
  if (mp->locks != 0 || mp->dying != 0 || mp->throwing != Throwing::none || mp->printlock != 0) return false;
  return c.sp >= gp->stack.lo + kPanicRoom && c.sp <= gp->stack.hi;
}

SysResult install(u32 sig) {
  const SysResult was = kernel->setsig(sig, SigDisposition::handler);
  check(was.ok(), "initsig: the kernel refused a handler");
  return was;
}

// If the parent process has made SIGHUP or SIGINT ignored, as nohup does, they stay ignored. Go: sigInstallGoHandler.
void install_ending() {
  for (u32 sig : kEnding)
    if (static_cast<SigDisposition>(install(sig).value) == SigDisposition::ignore && sig != kSIGTERM)
      (void)kernel->setsig(sig, SigDisposition::ignore);
}

}  // namespace

bool sig_needed(u32 sig) { return sig == kSIGURG || is_fault(sig); }

const char* signal_text(u32 sig) {
  const SigEntry* e = sig_entry(sig);
  return e != nullptr ? e->text : "?";
}

void sigsave(M* mp) {
  trace_boot(Ev::sigsave);
  mp->sigmask = kernel->sigmask_block(blocked_set());
}

// A thread inherits the mask of the thread that made it, which is the right one. But under QEMU it begins with all
// signals blocked if a signal was on its way to its maker at that moment; then no preemption would ever reach its
// goroutines. Therefore each thread sets the mask.
void minitSignalMask() { kernel->sigmask_set((getg()->m->sigmask & ~unblocked_set()) | blocked_set()); }

// SIGHUP, SIGINT and SIGTERM need no handler: their default action ends the program. Two kinds of processes have one
// all the same: process 1 of a namespace, because the kernel drops signals that have no handler there, and a process
// with a trace, which has to be written out. SIGTERM ends a program even if its parent ignored SIGTERM, as in Go.
void initsig() {
  trace_boot(Ev::initsig);
  for (const SigEntry& e : kSigTable) (void)install(e.sig);
  if (trace_on.load_relaxed() == kTraceOn || (simulated == 0 && kernel->getpid() == 1)) install_ending();
  else if (simulated == 0) (void)kernel->setsig(kSIGTERM, SigDisposition::dfl);
  if ((m0.sigmask & unblocked_set()) != 0) minitSignalMask();
}

// On the goroutine's stack, as if the code at gp->sigpc had called it. Go: sigpanic.
void sigpanic() RT0_SYM("runtime.sigpanic");
void sigpanic() {
  tell_unwinder_of_interrupted();
  const G* gp = getg();
  const i32 code = gp->sigcode0;
  const bool nil_page = gp->sigcode1 < kNilPage;
  if (gp->sig == kSIGFPE) {
    if (code == kFpeIntdiv) panic_divide();
    panic_plain(code == kFpeIntovf ? "runtime error: integer overflow" : "runtime error: floating point error");
  }
  if (nil_page && (gp->sig == kSIGBUS ? code == kBusAdrerr : code == 0 || code == kSegvMaperr || code == kSegvAccerr))
    panic_plain("runtime error: invalid memory address or nil pointer dereference");
  eprintf("unexpected fault address %#llx\n", static_cast<unsigned long long>(gp->sigcode1));
  throw_("fault");
}

// On the alternate stack, all signals blocked. The interrupted code may have held any lock.
// The current g is still the interrupted one. It becomes gsignal, so that locks and checks do not use the interrupted
// G.
void sigtrampgo(u32 sig, void* info, void* uctx) {
  SigContext c = kernel->sigcontext(info, uctx);
  G* gp = getg();
  if (RT0_UNLIKELY(gp->below != kBelowG && gp != &g0)) overrun(c);
  M* mp = gp->m;
  Isa::setg(mp->gsignal);
  // A function of rt0's has returned into the mirror, because preemption has diverted its return (sched/preempt.h). The
  // goroutine goes on where it should have returned to, or is preempted there. The kernel may also bring another signal
  // at that moment, before the fault: it has its usual effect, at the place in the program for which the mirror stands.
  if (const uintptr pc = program_pc(c.pc); RT0_UNLIKELY(pc != c.pc)) {
    c.pc = pc;
    kernel->sigcontext_set_pc(uctx, pc);
    if (c.code > 0 && (sig == kSIGSEGV || sig == kSIGBUS)) {
      doSigPreempt(gp, c, uctx);
      Isa::setg(gp);
      return;
    }
  }
  auto* send = sigsend.load_acquire();
  if (sig == kSIGURG) {
    doSigPreempt(gp, c, uctx);
    if (send != nullptr) (void)send(sig);
    Isa::setg(gp);
    return;
  }

  if (sig == kSIGVTALRM && simulated != 0) {
    sim_watchdog(gp, c, uctx);
    Isa::setg(gp);
    return;
  }

  if (sig == kSIGTERM && simulated != 0 && sim_stop()) {
    Isa::setg(gp);
    return;
  }

  const SigEntry* e = sig_entry(sig);
  const bool ending = sig == kSIGHUP || sig == kSIGINT || sig == kSIGTERM;
  // The program may have asked for it, unless it is a fault of its own. A signal that is not in the table and does not
  // end the program had been asked for until a moment ago, and this handler was entered before its default effect was
  // restored; or it is SIGCHLD, see linux_spawn. It is dropped.
  const bool fault = c.code > 0 && is_fault(sig);
  if (!fault && ((send != nullptr && send(sig)) || (e == nullptr && !ending))) {
    Isa::setg(gp);
    return;
  }

  if (simulated != 0 && !fault) sim_killed();
  if (ending) {
    mp->throwing = Throwing::runtime;  // locks may be held in any order from here on
    if (!trace_ends_by(sig)) dieFromSignal(sig);
    Isa::setg(gp);  // returns into the tracer, which ends the process when it has finished its line
    return;
  }

  const uintptr guard = gp->stack.lo - physPageSize;
  // code > 0: the kernel reports a fault of this thread. A signal that a process has sent ends this process.
  if (!e->panics || c.code <= 0) fatal_signal(sig, gp, c, uctx);
  if (sig == kSIGSEGV && c.fault_addr >= guard && c.fault_addr < gp->stack.lo) stack_overflow(gp, c);
  const bool panics = canpanic(gp, c);
  const bool on_curg = mp->curg.load_relaxed() != nullptr && c.sp >= mp->curg.load_relaxed()->stack.lo &&
                       c.sp < mp->curg.load_relaxed()->stack.hi;
  G* whose = on_curg ? mp->curg.load_relaxed() : mp->g0;
  whose->sig = sig;
  whose->sigcode0 = c.code;
  whose->sigcode1 = c.fault_addr;
  whose->sigpc = c.pc;
  if (panics) {
    kernel->sigcontext_call(uctx, reinterpret_cast<uintptr>(&sigpanic), false, 0);
    Isa::setg(gp);
    return;
  }
  mp->throwing = Throwing::runtime;
  die_of_signal("unexpected signal during runtime execution", whose, c);
}

}  // namespace rt0
