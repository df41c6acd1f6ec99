// The scheduling loop and how a goroutine leaves the CPU. Go: proc.go.
#pragma once

#include "rt0/runtime.h"
#include "sched/gmp.h"

namespace rt0 {

// One round: finds a runnable goroutine and runs it. On g0; never returns.
[[noreturn]] void schedule() RT0_SYM("runtime.schedule");
[[noreturn]] void execute(G* gp, bool inherit_time) RT0_SYM("runtime.execute");

// Stops the calling goroutine until somebody calls goready() on it. After the goroutine has left its stack and is marked
// waiting, unlockf(gp, lock) runs on g0: if it returns false the goroutine goes on at once. unlockf may be null.
//   P1  A waiting G is known to exactly one place (wait queue, timer, note), or to a waker that has not called ready() yet.
//   P2  Once unlockf has let go of the lock it touches nothing of the G: another M may be running it.
void gopark(bool (*unlockf)(G*, void*), void* lock, WaitReason reason) RT0_SYM("runtime.gopark");
// The same with `l` unlocked at the end: the lock that guards the place where gp can be found.
void goparkunlock(Mutex* l, WaitReason reason);
// Makes a waiting goroutine runnable: it runs next on this P. The caller has taken it out of the place that knew it.
void goready(G* gp) RT0_SYM("runtime.goready");
void ready(G* gp, bool next) RT0_SYM("runtime.ready");

// Like gosched, but the goroutine goes to the end of this P's own queue, not of the global one.
void goyield() RT0_SYM("runtime.goyield");

// g0 leaves its goroutine: m->curg and gp->m no longer know each other.
void dropg();

// On g0 of an M wired to a goroutine that is not the one to run: hands its P on and sleeps until its turn comes.
void stoplockedm() RT0_SYM("runtime.stoplockedm");
// Hands this M's P to the M that gp is wired to, and sleeps.
void startlockedm(G* gp) RT0_SYM("runtime.startlockedm");

// Go: runtime.lockOSThread and kin: the runtime's own wish, counted apart from the program's.
void lockOSThread() RT0_SYM("runtime.lockOSThread");
void unlockOSThread() RT0_SYM("runtime.unlockOSThread");

}  // namespace rt0
