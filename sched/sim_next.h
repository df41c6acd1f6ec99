// Which goroutine runs next, on the simulated kernel. On a real kernel, none of this is called.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// Asks the simulated kernel which of the goroutines that pp may run is to be next: pp's own queue, its runnext, and the
// global queue. Takes it off its queue and returns it. Null if Go's own order decides: the first in that order was
// picked, or there are not two to pick from.
//
// `stolen`, if not null, is the first in that order, lies on no queue, and is returned in place of null; if another one
// is picked, it goes to the end of pp's queue.
//
// unwired: the caller gives way without going over g0, so it can't run a goroutine that is wired to an M. As long as
// one of those to pick from is wired, nothing is asked, and the result is null.
G* sim_next(P* pp, G* stolen = nullptr, bool unwired = false);

// Fills sim_candidates with the running goroutine, then with those that wait for its P.
void sim_waiting_for(P* pp, G* running);

}  // namespace rt0
