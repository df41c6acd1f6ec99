// Preemption: how a goroutine that does not yield is made to. Go: preempt.go, signal_unix.go, proc.go preemptone.
//
// Who wants it sets gp->preempt. Inside the runtime a goroutine looks at that by itself (preempt_point). A loop that
// calls nothing of rt0 is stopped by a signal: the handler lets the interrupted code go on in asyncPreempt, which saves
// all registers on the goroutine's stack and yields. That is done where nothing but the goroutine's own state can be
// half done: in the program's code, on the goroutine's own stack, holding no lock of the runtime. The linker script
// keeps the program's code apart from rt0's, so a program counter tells; code inlined from <rt0/rt0.h> into the program
// must therefore not know which M it is on.
#pragma once

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"

namespace rt0 {

// Asks the goroutine that runs on pp to yield. Any thread; a hint: it may have stopped already, or be another one by
// then.
void preemptone(P* pp) RT0_SYM("runtime.preemptone");
// All of them. Go: preemptall.
void preemptall() RT0_SYM("runtime.preemptall");

// A goroutine may be interrupted where its own stack has no room for all registers and the way into the scheduler: its
// stack is small, or one of its frames is large. It then gets a preempt stack, which stays its own until it ends. The
// handler, which can't allocate, takes it from the M. If the M has none, the handler says so, and the goroutine is
// stopped the next time: preemptone sees what is wanted and provides it, and sysmon and stopTheWorld ask again until
// the
// goroutine has stopped.
void preempt_stack_free(G* gp);
// The end of an M that has one to give.
void preempt_stack_drop(M* mp);

// The preemption signal, on gsignal: gp was interrupted at c.
void doSigPreempt(G* gp, const SigContext& c, void* uctx) RT0_SYM("runtime.doSigPreempt");

// A point of a program's own, at its atomic operations; only while simulated.
void sim_point() RT0_SYM("runtime.simpoint");
// The simulated kernel's watchdog: SIGVTALRM, when so much CPU time has gone by that a thread which has come to no
// point meanwhile must be taken to wait in a loop. On gsignal.
void sim_watchdog_start();
// Gives mp a preempt stack, beforehand: all simulated threads are one thread of the kernel's, so while a goroutine
// waits in a loop no other thread can provide one.
void sim_preempt_stack(M* mp);
void sim_watchdog(G* gp, const SigContext& c, void* uctx);

}  // namespace rt0
