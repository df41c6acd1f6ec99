// Preemption: how a goroutine that does not yield by itself is made to yield. Go: preempt.go, signal_unix.go, proc.go
// preemptone.
//
// A thread that wants it sets gp->preempt. Inside the runtime a goroutine looks at that by itself (preempt_point). A
// loop that calls nothing of rt0 is stopped by a signal: the handler lets the interrupted code go on in asyncPreempt,
// which saves all registers on the goroutine's stack and yields. The goroutine is stopped only where no state of the
// runtime can be half changed: in the program's code, on the goroutine's own stack, holding no lock of the runtime. The
// linker script keeps the program's code apart from rt0's, so the program counter shows which one runs. Code inlined
// from <rt0/rt0.h> into the program must therefore not know which M it is on.
#pragma once

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"

namespace rt0 {

// Asks the goroutine that runs on pp to yield. Any thread; a hint: it may have stopped already, or be another one by
// then.
void preemptone(P* pp) RT0_SYM("runtime.preemptone");
// Asks the goroutines on all running Ps to yield. Go: preemptall.
void preemptall() RT0_SYM("runtime.preemptall");

// A goroutine may be interrupted where its own stack has no room for all registers and the way into the scheduler: its
// stack is small, or one of its frames is large. It then gets a preempt stack, which stays its own until it ends. The
// handler, which can't allocate, takes it from the M. If the M has none, the handler stores kPreemptStackWanted there,
// and the goroutine is stopped the next time: preemptone sees that and provides a stack, and sysmon and stopTheWorld
// ask again until the goroutine has stopped.
void preempt_stack_free(G* gp);
// The M ends: frees the preempt stack that it has to give, if there is one.
void preempt_stack_drop(M* mp);

// The preemption signal, on gsignal: gp was interrupted at c.
void doSigPreempt(G* gp, const SigContext& c, void* uctx) RT0_SYM("runtime.doSigPreempt");

// A scheduling point in the program's code, at its atomic operations; only while simulated.
void sim_point() RT0_SYM("runtime.simpoint");
// The simulated kernel's watchdog: SIGVTALRM, after so much CPU time that a thread which has come to no scheduling
// point meanwhile most likely waits in a loop. On gsignal.
void sim_watchdog_start();
// Gives mp a preempt stack before one is wanted: all simulated threads are one thread of the kernel's, so while a
// goroutine waits in a loop no other thread can provide one.
void sim_preempt_stack(M* mp);
void sim_watchdog(G* gp, const SigContext& c, void* uctx);

}  // namespace rt0
