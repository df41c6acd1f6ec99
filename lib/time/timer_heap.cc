#include "lib/time/timer_heap.h"

#include "lib/time/timer.h"
#include "mem/malloc.h"

namespace rt0 {

namespace {

constexpr u32 kChildren = 4;
constexpr u32 kFirstCap = 16;

void put(Timers* ts, u32 i, TimerWhen tw) REQUIRES(ts->lock) {
  ts->heap[i] = tw;
  tw.timer->pos = i + 1;
}

// Moves heap[i] up to its place, and returns that place. A timer does not pass a timer with the same deadline.
u32 siftUp(Timers* ts, u32 i) REQUIRES(ts->lock) {
  const TimerWhen tw = ts->heap[i];
  while (i > 0) {
    const u32 parent = (i - 1) / kChildren;
    if (tw.when >= ts->heap[parent].when) break;
    put(ts, i, ts->heap[parent]);
    i = parent;
  }
  put(ts, i, tw);
  return i;
}

// Moves heap[i] down to its place. In each step it changes places with the first of its children that has the earliest
// deadline.
void siftDown(Timers* ts, u32 i) REQUIRES(ts->lock) {
  const TimerWhen tw = ts->heap[i];
  const u32 n = ts->len.load_relaxed();
  for (;;) {
    const u32 left = i * kChildren + 1;
    if (left >= n) break;
    i64 least = tw.when;
    u32 child = 0;
    for (u32 c = left; c < min(left + kChildren, n); c++) {
      if (ts->heap[c].when >= least) continue;
      least = ts->heap[c].when;
      child = c;
    }
    if (child == 0) break;
    put(ts, i, ts->heap[child]);
    i = child;
  }
  put(ts, i, tw);
}

void grow(Timers* ts) REQUIRES(ts->lock) {
  const u32 cap = ts->cap == 0 ? kFirstCap : 2 * ts->cap;
  check(cap > ts->cap, "timers: too many");
  TimerWhen* bigger = malloc_or_die<TimerWhen>(cap);
  for (u32 i = 0; i < ts->cap; i++) bigger[i] = ts->heap[i];
  heap_free(ts->heap);
  ts->heap = bigger;
  ts->cap = cap;
}

}  // namespace

void heap_first(Timers* ts) {
  Locked l(&ts->lock);
  if (ts->cap == 0) grow(ts);
}

void heap_add(Timers* ts, RtTimer* t) {
  check(t->pos == 0 && t->when > 0, "timer data corruption");
  const u32 n = ts->len.load_relaxed();
  if (n == ts->cap) grow(ts);
  ts->heap[n] = {t, t->when};
  ts->len.store_relaxed(n + 1);
  (void)siftUp(ts, n);
}

void heap_fix(Timers* ts, RtTimer* t) {
  const u32 i = t->pos - 1;
  check(i < ts->len.load_relaxed() && ts->heap[i].timer == t && t->when > 0, "timer data corruption");
  ts->heap[i].when = t->when;
  if (siftUp(ts, i) == i) siftDown(ts, i);
}

void heap_remove(Timers* ts, RtTimer* t) {
  const u32 i = t->pos - 1;
  const u32 last = ts->len.load_relaxed() - 1;
  check(i <= last && ts->heap[i].timer == t, "timer data corruption");
  t->pos = 0;
  ts->len.store_relaxed(last);
  if (i == last) return;
  ts->heap[i] = ts->heap[last];  // the last timer takes the free place, and is then moved to its own
  if (siftUp(ts, i) == i) siftDown(ts, i);
}

}  // namespace rt0
