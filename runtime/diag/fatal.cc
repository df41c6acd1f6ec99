// How a process ends by an error: throw, fatal, and a panic that no deferred call recovers. One M prints, others wait.
// Go: panic.go fatalthrow, fatalpanic, startpanic_m, dopanic_m.
#include "runtime/diag/fatal.h"

#include "kernel_iface/kernel.h"
#include "kernel_iface/signum.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "runtime/diag/gotraceback.h"
#include "runtime/diag/traceback.h"
#include "runtime/diag/tracer.h"

namespace rt0 {

namespace {

// Held by the M that prints why the process ends. Another M with a fatal error waits for the lock until the process
// exits. It guards no variable.
constinit Mutex paniclk{{0}, LockRank::panic};

using ull = unsigned long long;  // what %llu takes

// Prints the tracebacks of a fatal error; true if the process has to end by SIGABRT. Runs on g0 or the signal stack.
// gp: the goroutine with the error. Go: dopanic_m.
bool dopanic_m(G* gp, TracePoint at) {
  const TracebackLevel t = gotraceback();
  M* mp = getg()->m;
  Writer w(kStderr);
  if (gp->sig != 0)
    w.fmt("[signal %s code=%#llx addr=%#llx pc=%#llx]\n", signal_text(gp->sig),
          static_cast<ull>(static_cast<u32>(gp->sigcode0)), static_cast<ull>(gp->sigcode1),
          static_cast<ull>(gp->sigpc));
  if (t.level > 0) {
    bool all = t.all;
    if (gp != mp->curg.load_relaxed()) all = true;
    if (gp != mp->g0) {
      w.put('\n');
      goroutineheader(w, gp, t.level >= 2);
      traceback(w, gp, at, t.level);
    } else if (t.level >= 2) {
      w.put("\nruntime stack:\n");
      traceback(w, gp, at, t.level);
    }
    if (all) tracebackothers(w, gp, t.level);
  }
  return t.crash;
}

}  // namespace

// Takes the lock for printing why the process ends. If printing fails, the same M comes here again: it may try once
// more, after that it only exits. Go: startpanic_m.
void startpanic_m() {
  M* mp = getg()->m;
  mp->locks++;
  mp->dying++;
  if (mp->dying == 1) {
    (void)panicking.add_seqcst(1);
    lock(&paniclk);
    return;
  }
  if (mp->dying == 2) {
    eprintf("panic during panic\n");
    return;
  }
  kernel->exit(mp->dying == 3 ? 4 : 5);
}

void die(G* gp, TracePoint at) {
  const bool crash = dopanic_m(gp, at);
  if (panicking.sub_seqcst(1) != 0) {
    // Another M also has a fatal error and waits for the lock. Let it print; it exits the process.
    unlock(&paniclk);
    for (;;) kernel->usleep(1000 * 1000);
  }
  trace_flush();
  if (crash) kernel->raise_default(kSIGABRT);
  exit_process(2);
}

void fatal_at(Str why, Throwing how, TracePoint at) {
  G* gp = getg();
  systemstack([&] {
    M* mp = gp->m;
    if (mp->throwing == Throwing::none) mp->throwing = how;
    trace_text(Ev::Throw, why);
    eprintf("fatal error: %.*s\n", static_cast<i32>(why.len), why.ptr);
    startpanic_m();
    die(gp, at);
  });
  __builtin_unreachable();
}

void throw_(const char* why) { fatal_at(cstr(why), Throwing::runtime, trace_here()); }
void fatal(Str why) { fatal_at(why, Throwing::user, trace_here()); }

// On the signal stack, because gp's own stack may be broken.
void die_of_signal(const char* why, G* gp, const SigContext& c) {
  trace_text(Ev::Throw, cstr(why));
  eprintf("fatal error: %s\n", why);
  startpanic_m();
  die(gp, {c.pc, c.fp, false, c.lr});
}

void fatal_signal(u32 sig, G* gp, const SigContext& c, void* uctx) {
  M* mp = getg()->m;
  mp->throwing = Throwing::runtime;
  startpanic_m();
  const TracebackLevel t = gotraceback();
  {
    Writer w(kStderr);
    w.fmt("%s\nPC=%#llx m=%d sigcode=%d", signal_text(sig), static_cast<ull>(c.pc), mp->id, c.code);
    if (sig == kSIGSEGV || sig == kSIGBUS) w.fmt(" addr=%#llx", static_cast<ull>(c.fault_addr));
    w.put("\n\n");
    if (t.level > 0) {
      goroutineheader(w, gp, true);
      traceback(w, gp, {c.pc, c.fp, false, c.lr}, t.level);
      tracebackothers(w, gp, t.level);
      w.put('\n');
      SigReg regs[kMaxSigRegs];
      const u32 n = kernel->sigcontext_regs(uctx, regs);
      for (u32 i = 0; i < n; i++) {
        w.put(cstr(regs[i].name));
        for (usize k = cstr(regs[i].name).len; k < 7; k++) w.put(' ');
        w.fmt("%#llx\n", static_cast<ull>(regs[i].value));
      }
    }
  }
  trace_flush();
  if (t.crash) kernel->raise_default(kSIGABRT);
  exit_process(2);
}

void fatal_out_of_memory(usize n) {
  eprintf("runtime: out of memory: cannot allocate %llu-byte block (%llu in use)\n", static_cast<ull>(n),
          static_cast<ull>(heap_in_use()));
  throw_("out of memory");
}

void check_failed() { fatal_at("runtime check failed", Throwing::runtime, trace_here()); }

void badmcall() { check_failed(); }        // mcall called on g0's stack
void badmcall2() { check_failed(); }       // mcall's function returned
void badsystemstack() { check_failed(); }  // systemstack called from a goroutine that is not m->curg

void dieFromSignal(u32 sig) {
  trace_flush();
  kernel->raise_default(sig);
  exit_process(2);  // only process 1 of its namespace comes here: the signal's default action does not end it
}

constinit Atomic<bool (*)(u32)> sigsend{nullptr};
constinit Atomic<u32> sigignored[2] = {};

void sigpipe(bool standard) {
  auto* send = sigsend.load_acquire();
  if (send != nullptr && send(kSIGPIPE)) return;
  if (standard) dieFromSignal(kSIGPIPE);
}

void exit_process(i32 status) {
  trace_boot(Ev::exit);
  trace_exit(status);
  kernel->exit(status);
  // The kernel's exit must not return. If it does, fault for ever, as Go does: nothing may run after the exit.
  for (;;) *static_cast<volatile u32*>(nullptr) = 0;  // NOLINT(clang-analyzer-core.NullDereference): on purpose
}

// fatal() may call this function again, if the thread that prints the message has to wait and no thread can wake it.
// Then the process exits at once.
void sim_over(const char* why) {
  static constinit bool over = false;
  if (over) linux_kernel.exit(2);
  over = true;
  fatal(cstr(why));
}

}  // namespace rt0
