// How goroutines are made and how they end. Go: proc.go newproc, newproc1, malg, gfget, gfput, goexit0, gdestroy.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"
#include "sched/pidle.h"
#include "sched/runq.h"

namespace rt0 {

// A G at the top of a new stack of `bytes`, but at least four pages; status idle. guard: an overflow faults.
// c: the stack cache of the caller's P, for a goroutine's stack; or null.
G* malg(usize bytes, bool guard, StackCache* c = nullptr) RT0_SYM("runtime.malg");
void allgadd(G* gp) RT0_SYM("runtime.allgadd");
// A dead G to use again, with the default stack; null if there is none.
G* gfget(P* pp) RT0_SYM("runtime.gfget");
void gfput(P* pp, G* gp) RT0_SYM("runtime.gfput");
// All of a P's dead Gs go to the global list, and its free stacks to the pools: the P is going away, or has long been
// idle. Called by the P's owner. While the P is on the idle list, that is the thread that holds sched.lock.
void gfpurge(P* pp);

// Returns the new G, runnable but on no queue yet. With a stmt it must be called on a goroutine, because the program's
// code moves the closure; without one, on g0 too. newg: a G with a stack, dead or new; null for any with the default
// stack.
G* newproc1(Funcval* fn, const detail::GoStmt* stmt, G* callergp, uintptr callerpc, G* newg)
    RT0_SYM("runtime.newproc1");
// The same for sysmon, which has no P: a goroutine of the runtime's own, with fn's frame as its first, into the global
// queue.
void newproc_of_sysmon(Funcval* fn);
// gp, which newproc1 has made, runs next on this P.
RT0_INLINE void start_goroutine(G* gp) {
  runqput(getg()->m->p, gp, true);
  if (mainStarted) wakep();
}
// For Gs whose stacks have a size of their own; null until there is one. put: such a G has ended, and goes to a free
// list. purge: the P's Gs of this kind, and its free stacks, go to the global lists.
struct SizedHooks {
  void (*put)(P* pp, G* gp);
  void (*purge)(P* pp);
};
extern Atomic<const SizedHooks*> sized_hooks;
// Called before the first such G is made.
void sized_enable();
// Called with each goroutine that has ended and whose stack is smaller than kStackMin: tests/programs/go_small.h.
extern Atomic<void (*)(G*)> small_put;

// Gives unused memory of free stacks back to the kernel. First the idle Ps' dead goroutines and stacks go to the global
// lists; then the memory of at most `most` dead goroutines' stacks and of all pooled stacks is given back. Returns how
// many stacks that were; 0: there is nothing left, or the kernel is simulated, where all of them go at once. Any
// thread, one at a time (a second caller gets 0), no locks held.
u32 stack_scavenge(u32 most) RT0_SYM("runtime.stack_scavenge");
// The same for all stacks, on a goroutine. If another thread does this at the moment, waits until that one is done:
// until then the stacks that it has taken off the lists still have their memory.
void stack_scavenge_rest();
// With the world stopped: all Ps' dead goroutines and free stacks go to the global lists.
void stack_flush();
// Gives all free stacks' memory back, those of busy Ps too. Stops the world for a moment.
void stack_scavenge_all();

// Makes the running goroutine a dead G; true if it was wired to its M, which must end with it.
bool gdestroy(G* gp) RT0_SYM("runtime.gdestroy");

// The number of goroutines, without the runtime's own. Go: gcount.
i32 gcount();

}  // namespace rt0
