// How a running goroutine leaves the CPU. There are four ways, and each exists twice: `after` runs on the stack of the
// goroutine that this M runs next, and `over_g0` runs on g0 and goes on to schedule(). leave() takes the first if this
// P's queue has a next goroutine and nothing else is due. Both must leave the goroutine in the same state and in the
// same place.
#pragma once

#include "sched/g.h"

namespace rt0 {

struct WayToLeave {
  void (*after)(G* gp);    // the goroutine has left its stack, and another one runs on this M; must not stop
  void (*over_g0)(G* gp);  // the same, then schedule(); does not return
};

// Running → waiting; then the parking goroutine's unlockf is asked. If it refuses, gp is runnable again: over g0 it
// goes on at once; after a direct switch another goroutine runs here already, so gp becomes the P's next one.
void parked(G* gp);
[[noreturn]] void park_m(G* gp) RT0_SYM("runtime.park_m");
// Running → runnable, to the end of the global queue. Go: goschedImpl.
void goschedImpl(G* gp);
[[noreturn]] void gosched_m(G* gp) RT0_SYM("runtime.gosched_m");
// Running → runnable, to the end of this P's queue.
void goyielded(G* gp);
[[noreturn]] void goyield_m(G* gp);
// Running → dead, to a free list. A goroutine that ends while it is wired to its M takes the M along, on g0: leave()
// sends a wired goroutine that way.
void gexited(G* gp);
[[noreturn]] void goexit0(G* gp) RT0_SYM("runtime.goexit0");

inline constexpr WayToLeave kPark = {parked, park_m};
inline constexpr WayToLeave kGosched = {goschedImpl, gosched_m};
inline constexpr WayToLeave kGoyield = {goyielded, goyield_m};
inline constexpr WayToLeave kGoexit = {gexited, goexit0};

// Leaves gp, the running goroutine, in the given way. Returns when some M runs gp again.
void leave(G* gp, WayToLeave way);
// The direct switch alone. next is runnable, on no queue, and is to run on gp's P.
void switch_to(G* gp, G* next, void (*after)(G*));

}  // namespace rt0
