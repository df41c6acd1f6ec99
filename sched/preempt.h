// Preemption: how a goroutine that does not yield by itself is made to yield. Go: preempt.go, signal_unix.go, proc.go
// preemptone.
//
// A thread that wants it sets gp->preempt. Some of the runtime's functions look at that by themselves (preempt_point).
// Elsewhere the goroutine is stopped by a signal: the handler lets the interrupted code go on in asyncPreempt, which
// saves all registers on the goroutine's stack and yields. The goroutine is stopped only where no state of the runtime
// can be half changed: in the program's code, on the goroutine's own stack, holding no lock of the runtime. The linker
// script keeps the program's code apart from rt0's, so the program counter shows which one runs. Code inlined from
// <rt0/rt0.h> into the program must therefore not know which M it is on.
//
// If the signal finds the goroutine in the runtime, the handler diverts the runtime's return into the program: the
// goroutine is stopped there, however little of its time a loop spends in the program's own code. For that there is a
// mirror of the program's text: as much address space, to which there is no access. To divert a return, the handler
// adds to the return address, in the frame of the function that the program has called, the distance from the text to
// its mirror. The function returns as usual, and at the first instruction in the mirror the thread faults, with all
// registers as the function has left them. The handler of that fault moves the pc back by the same distance, and from
// there on all is as if the preemption signal had come just after the return.
//
// Why this is safe, whatever happens between the two steps:
//   D1  The mirrored address says by itself where it leads; there is no record that could be lost, or mistaken for
//       another one. So it does not matter in how many frames there are such addresses, in which order they are used,
//       on which M, or whether ever: a panic's recovery and Goexit just leave the frames behind. If the goroutine has
//       yielded in the meantime, the fault costs it some time, and that is all.
//   D2  A copy of the address, in a link register, in gobuf.pc after a tail call of mcall, in a recover point, leads to
//       the same place. One that is only shown, in a traceback or as the place of a go statement, is translated by
//       program_pc when its line is looked up.
//   D3  If the function has already read its return address, the handler changes a word that is not used any more.
//       Before the function has made its frame, the frame pointer is the program's: then it is the return of the
//       program's own function that is diverted, which does no harm either, and the next signal tries again.
//   D4  No other word is changed: see divert().
//   D5  SIGSEGV is never blocked while a goroutine runs, and its handler has a stack of its own.
// The return address must not be protected by other means: no shadow stack, no signed return addresses in rt0's code.
#pragma once

#include "kernel_iface/kernel.h"
#include "sched/gmp.h"

namespace rt0 {

// Asks the goroutine that runs on pp to yield. Any thread; a hint: it may have stopped already, or be another one by
// then.
void preemptone(P* pp) RT0_SYM("runtime.preemptone");
// The same without a signal: the goroutine yields at its next preempt_point.
void ask_to_yield(P* pp);
// Asks the goroutines on all running Ps to yield. Go: preemptall.
void preemptall() RT0_SYM("runtime.preemptall");

// The pc in the program's text for which `pc`, in the mirror, stands; any other pc as it is.
uintptr program_pc(uintptr pc);

// A goroutine may be interrupted where its own stack has no room for all registers and the way into the scheduler: its
// stack is small, or one of its frames is large. It then gets a preempt stack, which stays its own until it ends. The
// handler, which can't allocate, takes it from the M. If the M has none, the handler stores kPreemptStackWanted there,
// and the goroutine is stopped the next time: preemptone sees that and provides a stack, and sysmon and stopTheWorld
// ask again until the goroutine has stopped.
void preempt_stack_free(G* gp);
// The M ends: frees the preempt stack that it has to give, if there is one.
void preempt_stack_drop(M* mp);

// Only in programs with exceptions, where G::exceptions points to an object that begins with this. While a panic or
// Goexit leaves frames, the unwinder reads the return addresses of the runtime's frames, so none is diverted.
struct HeldReturns {
  // Written by the goroutine, read by the signal handler on its thread.
  Atomic<u32> held{0};
};
inline bool returns_are_held(const G* gp) {
  return gp->exceptions != nullptr && static_cast<const HeldReturns*>(gp->exceptions)->held.load_relaxed() != 0;
}
// Takes back all diversions in the calling goroutine's frames.
void restore_returns();

// The preemption signal, on gsignal: gp was interrupted at c.
void doSigPreempt(G* gp, const SigContext& c, void* uctx) RT0_SYM("runtime.doSigPreempt");

// A scheduling point in the program's code, before an atomic operation on `touches`; only while simulated.
void sim_point(const volatile void* touches) RT0_SYM("runtime.simpoint");
// The simulated kernel's watchdog: SIGVTALRM, after so much CPU time that a thread which has come to no scheduling
// point meanwhile most likely waits in a loop. On gsignal.
void sim_watchdog_start();
// Gives mp a preempt stack before one is wanted: all simulated threads are one thread of the kernel's, so while a
// goroutine waits in a loop no other thread can provide one.
void sim_preempt_stack(M* mp);
void sim_watchdog(G* gp, const SigContext& c, void* uctx);

}  // namespace rt0
