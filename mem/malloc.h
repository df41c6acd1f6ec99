// The heap: what `new` and `delete` stand on. Go: malloc.go. mem/mheap.h says what it is made of, docs/MEMORY.md how it
// works.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

struct MCache;

// Readies the heap. Reserves nothing yet.
void mallocinit() RT0_SYM("runtime.mallocinit");
void mheap_init() RT0_SYM("runtime.mheap.init");

// n bytes at a multiple of `align` (a power of two), not zeroed; null if there is no memory. Any thread. Of up to 8
// bytes the address is a multiple of 8, of more at least of 16.
void* mallocgc(usize n, usize align) RT0_SYM("runtime.mallocgc");
// The same for an object that holds no pointers: the collector need not look into it.
void* mallocgc_noscan(usize n, usize align);
// The same as mallocgc, zeroed; what comes fresh from the kernel is not zeroed again.
void* mallocgc_zeroed(usize n, usize align);
// The same as mallocgc, but never null: without memory the program ends (fatal_out_of_memory).
void* malloc_or_die(usize n, usize align);
// Memory for n objects of type T in a row, not zeroed and not constructed; never null.
template <class T>
T* malloc_or_die(usize n = 1) {
  return static_cast<T*>(malloc_or_die(n * sizeof(T), alignof(T)));
}
// Gives back what mallocgc returned; null is allowed. Any other pointer ends the program if that is noticed: always in
// dev builds, in release builds if it points to no object at all.
void heap_free(void* p) RT0_SYM("runtime.heap_free");
// Makes the object at p longer where it lies, to n bytes at least; false if it can't be: then nothing has changed. For
// objects of whole pages only, those beyond 32 KiB.
bool heap_grow(void* p, usize n);
// How many bytes the object at p may use: at least what was asked for.
usize heap_usable(const void* p);

// Bytes in live objects (rounded up to their classes), their number, and bytes of address space taken from the kernel.
struct HeapStats {
  usize live_bytes, live_objects, system_bytes;
};
// Exact if no thread allocates or frees meanwhile.
HeapStats heap_stats();
// Bytes of the pages that hold objects or are kept for some, for a message on the way out. Go: gcController.heapInUse.
usize heap_in_use();

// The P goes away: gives the objects in its cache back to the mcentrals, for all Ps. The world is stopped. Go:
// mcache.releaseAll.
void mcache_flush(MCache* c);

// Called by sysmon now and then: gives some free memory back to the kernel if there is much of it; returns how many
// bytes. At most kScavengeBytes every kScavengeNs, 50 MB a second: a hundredth of a CPU or so. A tenth of what is in
// use, and 1 MB, is left free. Go: bgscavenge, the part of it whose rate is bounded.
inline constexpr usize kScavengeBytes = 512 * 1024;
inline constexpr i64 kScavengeNs = 10 * 1000 * 1000;
usize bgscavenge(i64 now) RT0_SYM("runtime.bgscavenge");

// What one goroutine has allocated while its init tasks are traced. Go: inittrace.
struct InitTrace {
  bool active;
  u64 goid;
  u64 allocs, bytes;
};
extern InitTrace inittrace;
// Implemented by the scheduler: the calling goroutine's id, and the place where its P keeps its cache (holding null if
// there is none yet); null if the caller has no P. The answer holds until the caller returns to the program, for the
// runtime is not preempted.
u64 mem_goid();
MCache** getMCache() RT0_SYM("runtime.getMCache");

}  // namespace rt0
