// The heap: what `new` and `delete` stand on. Go: malloc.go, mheap.go.
//
// Memory comes in arenas, an arena is cut into pages, and a run of pages holds objects of one size class, or one large object.
// An arena's header tells the class of each page, so delete needs no size. Differs from Go, for now: one lock, free lists
// instead of spans, no per-P caches, no collector; pages of a size class stay with it.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

inline constexpr usize kHeapPage = 8 * 1024;
inline constexpr usize kMaxSmallSize = 32 * 1024;

// Readies the heap: size classes, locks, and where in the address space arenas are asked for. Reserves nothing yet.
void mallocinit() RT0_SYM("runtime.mallocinit");
void mheap_init() RT0_SYM("runtime.mheap.init");

// n bytes at a multiple of `align` (a power of two), not zeroed; null if there is no memory. Any thread.
void* mallocgc(usize n, usize align) RT0_SYM("runtime.mallocgc");
// Gives back what mallocgc returned; null is allowed. A pointer it did not return ends the program.
void heap_free(void* p) RT0_SYM("runtime.heap_free");

// Bytes in live objects (rounded up to their classes), their number, and bytes taken from the kernel.
struct HeapStats {
  usize live_bytes, live_objects, system_bytes;
};
HeapStats heap_stats();
// The same without the lock, for a message on the way out: it may be torn.
HeapStats heap_stats_unlocked();

// What one goroutine has allocated while its init tasks are traced. Go: inittrace.
struct InitTrace {
  bool active;
  u64 goid;
  u64 allocs, bytes;
};
extern InitTrace inittrace;
// The calling goroutine's id: given by the scheduler.
u64 mem_goid();

}  // namespace rt0
