#include "sched/signal.h"

#include "kernel_iface/kernel.h"
#include "mem/stack.h"
#include "sched/panic.h"
#include "sched/preempt.h"
#include "sched/print.h"
#include "sched/tracer.h"

namespace rt0 {

namespace {

struct SigEntry {
  u32 sig;
  const char* text;
  const char* fault;  // what a panic calls it, or null
};
constexpr SigEntry kSigTable[] = {
    {kSIGILL, "SIGILL: illegal instruction", nullptr},
    {kSIGTRAP, "SIGTRAP: trace trap", nullptr},
    {kSIGBUS, "SIGBUS: bus error", "invalid memory address or nil pointer dereference"},
    {kSIGFPE, "SIGFPE: floating-point exception", "integer divide by zero"},
    {kSIGSEGV, "SIGSEGV: segmentation violation", "invalid memory address or nil pointer dereference"},
};

const SigEntry* sig_entry(u32 sig) {
  for (const SigEntry& e : kSigTable)
    if (e.sig == sig) return &e;
  return nullptr;
}

// The goroutine ran over the end of its stack into the guard page. Go's text; the limit is what was reserved, not 1 GB.
[[noreturn]] void stack_overflow(G* gp, const SigContext& c) {
  using ull = unsigned long long;
  eprintf("runtime: goroutine stack exceeds %llu-byte limit\nruntime: sp=%#llx stack=[%#llx, %#llx]\n",
          static_cast<ull>(gp->stack_bytes), static_cast<ull>(c.sp), static_cast<ull>(gp->stack.lo),
          static_cast<ull>(gp->stack.hi));
  gp->m->throwing = Throwing::runtime;
  die_of_signal("fatal error: ", "stack overflow", 0, gp, c);
}

}  // namespace

const char* signal_text(u32 sig) {
  const SigEntry* e = sig_entry(sig);
  return e != nullptr ? e->text : "?";
}

void sigsave(M* mp) {
  trace_boot(Ev::sigsave);
  mp->sigmask = kernel->sigmask_get();
}

void initsig() {
  trace_boot(Ev::initsig);
  for (const SigEntry& e : kSigTable)
    check(kernel->setsig(e.sig, SigDisposition::handler).ok(), "initsig: the kernel refused a handler");
}

// On the alternate stack, all signals blocked. The interrupted code may have held any lock.
//   g  is still the interrupted one; from here on it is gsignal, so that locks and checks count in a G of their own
void sigtrampgo(u32 sig, void* info, void* uctx) {
  const SigContext c = kernel->sigcontext(info, uctx);
  G* gp = getg();
  M* mp = gp->m;
  Isa::setg(mp->gsignal);
  if (sig == kSIGURG) {
    doSigPreempt(gp, c, uctx);
    Isa::setg(gp);
    return;
  }

  const SigEntry* e = sig_entry(sig);
  const uintptr guard = gp->stack.lo - physPageSize;
  const bool on_goroutine = gp == mp->curg && gp != mp->g0;
  if (on_goroutine && sig == kSIGSEGV && c.fault_addr >= guard && c.fault_addr < gp->stack.lo) stack_overflow(gp, c);
  // The kernel's own faults (code > 0), in the program's own code, are panics; all else means that rt0 is broken.
  if (e != nullptr && e->fault != nullptr && on_goroutine && c.code > 0 && mp->locks == 0 && mp->dying == 0)
    die_of_signal("panic: runtime error: ", e->fault, sig, gp, c);
  mp->throwing = Throwing::runtime;
  const bool on_curg = mp->curg != nullptr && c.sp >= mp->curg->stack.lo && c.sp < mp->curg->stack.hi;
  die_of_signal("fatal error: ", "unexpected signal during runtime execution", sig, on_curg ? mp->curg : mp->g0, c);
}

}  // namespace rt0
