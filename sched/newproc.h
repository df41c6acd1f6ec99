// Goroutines are born and end here. Go: proc.go newproc, newproc1, malg, gfget, gfput, goexit0, gdestroy.
#pragma once

#include "rt0/go.h"
#include "sched/gmp.h"

namespace rt0 {

// A G with a stack of `bytes`, lying at its top; status idle. guard: an overflow faults.
G* malg(usize bytes, bool guard) RT0_SYM("runtime.malg");
void allgadd(G* gp) RT0_SYM("runtime.allgadd");
// A dead G to use again, with the default stack; null if there is none.
G* gfget(P* pp) RT0_SYM("runtime.gfget");
void gfput(P* pp, G* gp) RT0_SYM("runtime.gfput");
// All of a P's dead Gs go to the global list: its P is going away.
void gfpurge(P* pp);

// On g0: the goroutine has returned from its entry.
void goexit0(G* gp) RT0_SYM("runtime.goexit0");
// Makes the running goroutine a dead G; true if it was wired to its M, which must end with it.
bool gdestroy(G* gp) RT0_SYM("runtime.gdestroy");

// Goroutines that the program would count. Go: gcount.
i32 gcount();

}  // namespace rt0
