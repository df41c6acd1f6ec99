// Deferred calls: what a goroutine still has to do when it ends by Goexit. Go: _defer in runtime2.go.
//
// A record lies on the goroutine's own stack, in a frame that is left only by pop() or by Goexit, which runs the records
// from the newest to the oldest while all frames are still there.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

struct Defer {
  void (*fn)(Defer* self) = nullptr;
  Defer* link = nullptr;

  void push(void (*f)(Defer*)) {
    fn = f;
    link = getg()->defers;
    getg()->defers = this;
  }
  // Takes the newest record, which must be this one, off without running it.
  void pop() {
    check(getg()->defers == this, "defer: records are not left in the order in which they were made");
    getg()->defers = link;
  }
};

inline void run_defers() {
  G* gp = getg();
  while (Defer* d = gp->defers) {
    gp->defers = d->link;
    d->fn(d);
  }
}

}  // namespace rt0
