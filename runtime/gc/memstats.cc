// The heap's figures and the collector's parameters, for programs. Go: mstats.go, runtime/debug.
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/mheap.h"
#include "rt0/runtime.h"
#include "sched/hooks.h"
#include "sched/newproc.h"
#include "sched/stw.h"

namespace rt0 {

void read_mem_stats(MemStats* out) {
  stopTheWorld();
  const HeapStats st = heap_stats();
  const HeapPages pages = mheap_pages;
  const u64 goal = gcController.gcPercentHeapGoal;
  startTheWorld(0);
  const u64 in_use = u64{pages.in_use} * kHeapPage, dirty = u64{pages.dirty} * kHeapPage;
  *out = {.heap_alloc = st.live_bytes,
          .heap_objects = st.live_objects,
          .heap_inuse = in_use,
          .heap_idle = pages.system - in_use,
          .heap_released = pages.system - in_use - dirty,
          .heap_sys = pages.system,
          .next_gc = goal};
}

int set_gc_percent(int percent) {
  stopTheWorld();
  const int before = gcController.gcPercent;
  gcController.setGCPercent(percent);
  gcController.commit();
  startTheWorld(0);
  return before;
}

long long set_memory_limit(long long limit) {
  if (limit >= 0) stack_scavenge_enable();
  return mheap_set_limit(limit);
}
void free_os_memory() {
  (void)mheap_scavenge_all();
  stack_scavenge_all();
}

}  // namespace rt0
