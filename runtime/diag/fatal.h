// How a process ends by an error. Go: panic.go.
//
//   throw_(why)   rt0 is broken (base/check.h)           "fatal error: why", all frames of all goroutines, exit 2
//   fatal(why)    the program broke a rule that no       "fatal error: why", the program's frames, exit 2
//                 recover may hide (deadlock, …)
#pragma once

#include "base/atomic.h"
#include "base/check.h"
#include "base/guards.h"
#include "kernel_iface/kernel.h"
#include "runtime/diag/traceback.h"
#include "sched/above.h"
#include "sched/gmp.h"

namespace rt0 {

// For a signal handler that has found the runtime broken: prints "fatal error: " and why, gp's signal (g->sig), then
// the tracebacks; gp's comes first and begins at c.
[[noreturn]] void die_of_signal(const char* why, G* gp, const SigContext& c);
// A signal in words: "SIGSEGV: segmentation violation". In runtime/panic/signal.cc.
const char* signal_text(u32 sig);
// Ends the process because of a signal. Prints, in Go's form, the signal's name, the interrupted pc, all goroutines and
// the registers. gp: the goroutine that was interrupted.
[[noreturn]] void fatal_signal(u32 sig, G* gp, const SigContext& c, void* uctx) RT0_SYM("runtime.fatalsignal");
// The same as throw_, for a caller that knows whether rt0 or the program is at fault, and where the traceback begins.
[[noreturn]] void fatal_at(Str why, Throwing how, TracePoint at);

// The two halves of a fatal error; the caller prints its message in between. On g0 or the signal stack. Go:
// startpanic_m, dopanic_m. startpanic_m takes the lock for printing: another M with a fatal error at the same time
// waits in it, until this M exits the process.
void startpanic_m() NO_LOCK_ANALYSIS;  // if the same M calls it a second time, it holds the lock already
// Prints the tracebacks that belong to a fatal error, and ends the process with status 2 or by SIGABRT. gp: the
// goroutine with the error.
[[noreturn]] void die(G* gp, TracePoint at) NO_LOCK_ANALYSIS;  // gives back the lock that startpanic_m took

// Writes out the trace and ends the process by `sig`'s default action. Process 1 of a namespace, which a signal's
// default action does not end, exits with status 2. Go: dieFromSignal.
[[noreturn]] void dieFromSignal(u32 sig) RT0_SYM("runtime.dieFromSignal");
// A write failed for lack of a reader. Queues SIGPIPE if the program has asked for it; else SIGPIPE ends the program
// if `standard` says that this was standard output or error, as in any pipeline. Go: sigpipe, epipecheck.
void sigpipe(bool standard) RT0_SYM("os.sigpipe");
// Queues a signal that the program has asked for, and returns true; returns true also for one that the program ignores.
// Null in a program that neither asks for signals nor ignores any. In runtime/panic/sigqueue.cc. Go: sigsend.
extern Atomic<bool (*)(u32 sig)> sigsend;
// The signals that the program takes no notice of because it has said so: word 0 has signals 1 to 32, word 1 33 to 64.
extern Atomic<u32> sigignored[2];
// Ends the process with `status`: writes out the trace, then the kernel's exit. If that returns, faults.
[[noreturn]] void exit_process(i32 status) RT0_SYM("runtime.exit");

}  // namespace rt0
