// The order of a P's timers: a heap in which a node has four children. Go: siftUp, siftDown in time.go; timers with the
// same deadline have the same order as there.
//
// All functions are called under ts->lock, or with the world stopped. A timer's pos is its place + 1, so that it can be
// taken out of the middle.
#pragma once

#include "sched/gmp.h"

namespace rt0 {

// Allocates the heap if there is none yet. Takes the lock.
void heap_first(Timers* ts) EXCLUDES(ts->lock);
// Adds t, which is on no heap, with the deadline t->when.
void heap_add(Timers* ts, RtTimer* t) REQUIRES(ts->lock);
// Moves t to its new place: t->when has changed.
void heap_fix(Timers* ts, RtTimer* t) REQUIRES(ts->lock);
void heap_remove(Timers* ts, RtTimer* t) REQUIRES(ts->lock);

}  // namespace rt0
