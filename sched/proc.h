// The scheduling loop and how a goroutine leaves the CPU. Go: proc.go.
#pragma once

#include "kernel_iface/choice.h"
#include "rt0/runtime.h"
#include "sched/gmp.h"

namespace rt0 {

// One round: finds a runnable goroutine and runs it. On g0; never returns.
[[noreturn]] void schedule() RT0_SYM("runtime.schedule");
[[noreturn]] void execute(G* gp, bool inherit_time) RT0_SYM("runtime.execute");

// Stops the calling goroutine until goready() is called on it. After the goroutine has left its stack and is waiting,
// unlockf(gp, lock) runs, on g0 or the next goroutine's stack: if it returns false, gp is made runnable. May be null.
//   P1  A waiting G is known to exactly one place (wait queue, timer, note), or to a waker that has not called ready()
//       yet.
//   P2  Once unlockf has released the lock it must not use the G: another M may be running it.
void gopark(bool (*unlockf)(G*, void*), void* lock, WaitReason reason) RT0_SYM("runtime.gopark");
// The same, and unlocks `l` at the end: the lock that guards the place where a waker finds the goroutine.
void goparkunlock(Mutex* l, WaitReason reason) RELEASE(l);
// Makes a waiting goroutine runnable: it runs next on this P. The caller has removed it from the place that knew it.
void goready(G* gp) RT0_SYM("runtime.goready");
void ready(G* gp, bool next) RT0_SYM("runtime.ready");

// If the goroutine has been asked to yield, it does so here. Functions that programs call have this at their beginning
// or end; no lock may be held.
void preempt_here(const volatile void* touches = nullptr);
RT0_INLINE void preempt_point() {
  if (RT0_UNLIKELY((getg()->preempt.load_relaxed() | simulated) != 0)) preempt_here();
}
// The same at the beginning of an operation on `object`, by which goroutines wait for each other: on the simulated
// kernel another goroutine may run between any two of these operations.
RT0_INLINE void op_point(const volatile void* object) {
  if (RT0_UNLIKELY((getg()->preempt.load_relaxed() | simulated) != 0)) preempt_here(object);
}

// Yields as gosched does, because the goroutine was asked to. Go: gopreempt_m.
void gopreempt();
// Yields to the end of the local queue. Go: goyield.
void goyield() RT0_SYM("runtime.goyield");

// Makes a list of waiting goroutines, which no other thread knows, runnable; with or without a P. False if it was
// empty.
bool injectglist(GList* list) RT0_SYM("runtime.injectglist");
// Ends the wait of the M that waits in the poller, if there is one, or the next such wait.
void poll_wake();

// g0 leaves its goroutine: m->curg and gp->m no longer know each other.
void dropg();

// On g0 of an M wired to a goroutine that is not the one to run: hands its P on and sleeps until its turn comes.
void stoplockedm() RT0_SYM("runtime.stoplockedm");
// Hands this M's P to the M that gp is wired to, and sleeps.
void startlockedm(G* gp) RT0_SYM("runtime.startlockedm");

// Wires the goroutine to its M for the runtime's own purposes, counted apart from the program's lock_os_thread. Go:
// runtime.lockOSThread.
void lockOSThread() RT0_SYM("runtime.lockOSThread");
void unlockOSThread() RT0_SYM("runtime.unlockOSThread");
// The common part of lockOSThread and lock_os_thread: wires the goroutine to its M. dounlockOSThread unwires it if both
// counts are 0.
void dolockOSThread() RT0_SYM("runtime.dolockOSThread");
void dounlockOSThread() RT0_SYM("runtime.dounlockOSThread");

}  // namespace rt0
