// The order of a P's timers: a heap of four children to a node. Go: siftUp, siftDown in time.go, and which of several
// timers with the same deadline comes first is as there.
//
// All under ts->lock, or with the world stopped. A timer's pos is its place + 1, so that it can be taken out of the
// middle.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// Makes room, if there is none at all yet. Takes the lock.
void heap_first(Timers* ts) EXCLUDES(ts->lock);
// t, which is on no heap, with t->when.
void heap_add(Timers* ts, RtTimer* t) REQUIRES(ts->lock);
// t's `when` has changed.
void heap_fix(Timers* ts, RtTimer* t) REQUIRES(ts->lock);
void heap_remove(Timers* ts, RtTimer* t) REQUIRES(ts->lock);

}  // namespace rt0
