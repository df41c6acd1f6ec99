// The heap, which `new` and `delete` use. Go: malloc.go. mem/mheap.h describes its parts, docs/MEMORY.md how it works.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

struct MCache;

// Initialises the heap. Reserves no memory yet.
void mallocinit() RT0_SYM("runtime.mallocinit");
void mheap_init() RT0_SYM("runtime.mheap.init");

// Allocates n bytes at a multiple of `align` (a power of two), not zeroed; null if there is no memory. Any thread. The
// address of an object of up to 8 bytes is a multiple of 8, of a larger object a multiple of 16.
void* mallocgc(usize n, usize align) RT0_SYM("runtime.mallocgc");
// The same for an object that holds no pointers: the collector need not look into it.
void* mallocgc_noscan(usize n, usize align);
// The same as mallocgc, zeroed. Memory that has just come from the kernel is zero already and not zeroed again.
void* mallocgc_zeroed(usize n, usize align);
// The same as mallocgc, but never null: without memory the program ends (fatal_out_of_memory).
void* malloc_or_die(usize n, usize align);
// Memory for n objects of type T in a row, not zeroed and not constructed; never null.
template <class T>
T* malloc_or_die(usize n = 1) {
  return static_cast<T*>(malloc_or_die(n * sizeof(T), alignof(T)));
}
// Frees an object that mallocgc has returned; null is allowed. Any other pointer is a fatal error in dev builds; in
// release builds only if it lies in no span in use, is not a multiple of 8, or points into a large object's middle.
void heap_free(void* p) RT0_SYM("runtime.heap_free");
// Makes the object at p longer, to at least n bytes, without moving it. False if that is not possible; then nothing has
// changed. Works only for objects of whole pages, which are those of more than 32 KiB.
bool heap_grow(void* p, usize n);
// How many bytes the object at p may use: at least what was asked for.
usize heap_usable(const void* p);

// Bytes in live objects (rounded up to their classes), their number, and bytes of address space taken from the kernel.
struct HeapStats {
  usize live_bytes, live_objects, system_bytes;
};
// Exact if no thread allocates or frees meanwhile.
HeapStats heap_stats();
// Bytes of the pages in use, for the message of a fatal error. Go: gcController.heapInUse.
usize heap_in_use();

// The P goes away: gives the objects in its cache back to the mcentrals, for all Ps. The world is stopped. Go:
// mcache.releaseAll.
void mcache_flush(MCache* c);

// Called by sysmon in each of its rounds: if there is much free memory, gives some of it back to the kernel; returns
// how many bytes. At most kScavengeBytes every kScavengeNs, which is 50 MB a second and takes about a hundredth of a
// CPU's time. A tenth of the memory in use, and 1 MB, stays free. Go: bgscavenge, the part of it whose rate is bounded.
inline constexpr usize kScavengeBytes = 512 * 1024;
inline constexpr i64 kScavengeNs = 10 * 1000 * 1000;
usize bgscavenge(i64 now) RT0_SYM("runtime.bgscavenge");

// Counts the allocations of one goroutine while its init tasks are traced. Go: inittrace.
struct InitTrace {
  bool active;
  u64 goid;
  u64 allocs, bytes;
};
extern InitTrace inittrace;
// Implemented by higher rooms. mem_goid: the calling goroutine's id. getMCache: the address of the variable in which
// the caller's P keeps its cache (null in it: there is no cache yet), or null if the caller has no P. The address stays
// valid until the caller returns to the program, because the runtime is not preempted.
u64 mem_goid();
MCache** getMCache() RT0_SYM("runtime.getMCache");

}  // namespace rt0
