// The scheduling loop and how a goroutine leaves the CPU. Go: proc.go.
#pragma once

#include "kernel_iface/choice.h"
#include "rt0/runtime.h"
#include "sched/gmp.h"

namespace rt0 {

// One round: finds a runnable goroutine and runs it. On g0; never returns.
[[noreturn]] void schedule() RT0_SYM("runtime.schedule");
[[noreturn]] void execute(G* gp, bool inherit_time) RT0_SYM("runtime.execute");

// Stops the calling goroutine until somebody calls goready() on it. After the goroutine has left its stack and is
// marked waiting, unlockf(gp, lock) runs on g0: if it returns false the goroutine goes on at once. unlockf may be null.
//   P1  A waiting G is known to exactly one place (wait queue, timer, note), or to a waker that has not called ready()
//   yet.
//   P2  Once unlockf has let go of the lock it touches nothing of the G: another M may be running it.
void gopark(bool (*unlockf)(G*, void*), void* lock, WaitReason reason) RT0_SYM("runtime.gopark");
// The same with `l` unlocked at the end: the lock that guards the place where gp can be found.
void goparkunlock(Mutex* l, WaitReason reason) RELEASE(l);
// Makes a waiting goroutine runnable: it runs next on this P. The caller has taken it out of the place that knew it.
void goready(G* gp) RT0_SYM("runtime.goready");
void ready(G* gp, bool next) RT0_SYM("runtime.ready");

// Leaves gp, the running goroutine, for another one: straight for the next of this P's queue, if there is one and
// nothing else is due, and then after(gp) runs on that one's stack; otherwise by mcall(over_g0). Both must do the same
// with gp, and after() must not stop; over_g0 goes on to schedule(). Returns when some M runs gp again.
void leave(G* gp, void (*after)(G*), void (*over_g0)(G*));
// The first half of it: next is runnable, off all queues, and gp's P's.
void switch_to(G* gp, G* next, void (*after)(G*));

// Where the runtime lets go of a goroutine which somebody wants to yield: at the end of what programs call. Never with
// a lock.
void preempt_here();
RT0_INLINE void preempt_point() {
  if (RT0_UNLIKELY((getg()->preempt.load_relaxed() | simulated) != 0)) preempt_here();
}

// Yields as gosched does, because somebody has asked for it. Go: gopreempt_m.
void gopreempt();
// Yields to the end of the local queue. Go: goyield.
void goyield() RT0_SYM("runtime.goyield");

// Makes a list of waiting goroutines, which nobody else knows, runnable; with or without a P. False if it was empty.
bool injectglist(GList* list) RT0_SYM("runtime.injectglist");
// Ends the wait of the M that waits in the poller, if there is one, or the next such wait.
void poll_wake();

// g0 leaves its goroutine: m->curg and gp->m no longer know each other.
void dropg();

// On g0 of an M wired to a goroutine that is not the one to run: hands its P on and sleeps until its turn comes.
void stoplockedm() RT0_SYM("runtime.stoplockedm");
// Hands this M's P to the M that gp is wired to, and sleeps.
void startlockedm(G* gp) RT0_SYM("runtime.startlockedm");

// Go: runtime.lockOSThread and kin: the runtime's own wish, counted apart from the program's.
void lockOSThread() RT0_SYM("runtime.lockOSThread");
void unlockOSThread() RT0_SYM("runtime.unlockOSThread");
// What both wishes have in common: ties the goroutine to its M; unties them if neither wish is left.
void dolockOSThread() RT0_SYM("runtime.dolockOSThread");
void dounlockOSThread() RT0_SYM("runtime.dounlockOSThread");

}  // namespace rt0
