// Goroutines are born and end here. Go: proc.go newproc, newproc1, malg, gfget, gfput, goexit0, gdestroy.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"
#include "sched/pidle.h"
#include "sched/runq.h"

namespace rt0 {

// A G with a stack of `bytes`, and at least four pages, lying at its top; status idle. guard: an overflow faults.
// c: the cache of our P, for a goroutine's.
G* malg(usize bytes, bool guard, StackCache* c = nullptr) RT0_SYM("runtime.malg");
void allgadd(G* gp) RT0_SYM("runtime.allgadd");
// A dead G to use again, with the default stack; null if there is none.
G* gfget(P* pp) RT0_SYM("runtime.gfget");
void gfput(P* pp, G* gp) RT0_SYM("runtime.gfput");
// All of a P's dead Gs go to the global list, and its free stacks to the pools: the P is going away, or has long been
// idle. By the P's owner: whoever holds sched.lock, while it is on the idle list.
void gfpurge(P* pp);

// On a goroutine, for the program's code moves the closure; or, without a stmt, on g0. The new G, runnable but on no
// queue yet. newg: a G with a stack, dead or new; null for any with the default stack.
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
// Of Gs whose stacks have another size than most; null until there is one. put: one has ended; purge: all that the P
// has of their kind, and its free stacks, go to everybody.
struct SizedHooks {
  void (*put)(P* pp, G* gp);
  void (*purge)(P* pp);
};
extern Atomic<const SizedHooks*> sized_hooks;
// Before the first such G is made.
void sized_enable();
// Where those with stacks of less than kStackMin go at their end: go_small.h.
extern Atomic<void (*)(G*)> small_put;

// Gives unused memory of free stacks back to the kernel: idle Ps' become everybody's, then at most `most` dead
// goroutines' stacks and all pooled ones are seen to. How many stacks that were; 0: there is nothing left. Any thread,
// one at a time (another caller is told 0), no locks held.
u32 stack_scavenge(u32 most) RT0_SYM("runtime.stack_scavenge");
// The same for all there are, on a goroutine. If another caller is at it, waits for its end first: the stacks that it
// has taken off the lists are not given back before that.
void stack_scavenge_rest();
// The world is stopped: what Ps keep of dead goroutines and free stacks becomes everybody's.
void stack_flush();
// Gives all free stacks' memory back, those of busy Ps too. Stops the world for a moment.
void stack_scavenge_all();

// On g0: the goroutine has returned from its entry.
void goexit0(G* gp) RT0_SYM("runtime.goexit0");
// Makes the running goroutine a dead G; true if it was wired to its M, which must end with it.
bool gdestroy(G* gp) RT0_SYM("runtime.gdestroy");

// Goroutines that the program would count. Go: gcount.
i32 gcount();

}  // namespace rt0
