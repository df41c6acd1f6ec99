// What the heap is made of. Go: mheap.go, mcentral.go, mcache.go, mpagealloc.go.
//
//   arena     address space from the kernel, aligned to its size; its first pages hold the map from its pages to spans
//   MSpan     a run of pages: objects of one class, one large object, or free
//   mcentral  of each span class the spans that have free objects; its lock guards them
//   MCache    a P's own free objects of each span class. Only the M that holds the P touches it, so it has no lock
//
//   H1  An object is in one place: with the program, in one MCache's list, in its span's freelist, or beyond its span's freeindex.
//       span->allocCount counts the first two; it and the freelist belong to the mcentral's lock.
//   H2  spanOf(p) of any object that is not free is its span, without a lock: the entry was written before the object was handed out,
//       and is not changed before the span's last object has come back.
//   H3  Free runs of the same kind (dirty: may hold old bytes; clean: reads as zero, costs no memory) are never neighbours.
//
// Locks, in this order: mcache0, mcentral, mheap, persistent. Nothing under them is a trace event or a kernel call that lets others
// run: the simulated kernel's schedule does not depend on sizes.
#pragma once

#include "base/atomic.h"
#include "base/lock.h"
#include "mem/sizeclasses.h"

namespace rt0 {

inline constexpr u32 kArenaShift = kPtrSize == 8 ? 26 : 22;
inline constexpr usize kArenaBytes = usize{1} << kArenaShift;
inline constexpr usize kArenaPages = kArenaBytes / kHeapPage;

// The size class, twice, plus 1 if the objects hold no pointers (the collector need not look into them). Go: spanClass.
using SpanClass = u8;
inline constexpr u32 kNumSpanClasses = kNumSizeClasses * 2;
inline constexpr SpanClass kLargeSpan = 0xfe;  // plus 1 likewise
static_assert(kNumSpanClasses <= kLargeSpan);

enum class SpanState : u8 { unused, dirty, clean, in_use };

struct FreeObject {
  FreeObject* next;
};
static_assert(sizeof(FreeObject) <= kTinySize);

// A bit for each object of a span.
struct ObjectBits {
  Atomic<u32> word[kMostObjects / 32];
};

struct MSpan {
  MSpan* next;  // in the one list it lies in: an mcentral's, a bin of free runs, or that of unused MSpans
  MSpan* prev;
  uintptr base;
  usize npages;
  usize huge_bytes;      // of a large object with arenas to itself: their bytes; else 0
  usize elemsize;        // of a large object: all its pages
  FreeObject* freelist;  // [mcentral]
  u32 nelems;
  u32 freeindex;    // [mcentral]: objects from here on have never been handed out
  u32 allocCount;   // [mcentral]: see H1
  u32 most_cached;  // objects of its class that a cache keeps; with more it gives half of that back
  SpanClass spanclass;
  SpanState state;  // [mheap]
  bool needzero;    // its pages may hold old bytes
  bool listed;      // [mcentral]: in its list
  // Room for the collector: null until it wants them, then one bit for each object. See mem/mark.h.
  ObjectBits* gcmarkBits;
  MSpan* alllink;         // in the list of all that were ever made
  ObjectBits* allocBits;  // dev builds: which objects the program has
};

// The map from pages to spans. It lies in the first pages of the arena, or of the first of several arenas that were mapped together.
struct HeapArena {
  Atomic<MSpan*> spans[kArenaPages];
};

// From an address to its arena's map; 48 bits of address where words have 64: 32 MB, of which a page or two are ever touched. As Go on
// linux, and for the same reason: a second level would cost every delete a load.
inline constexpr usize kMaxArenas = usize{1} << ((kPtrSize == 8 ? 48 : 32) - kArenaShift);
extern Atomic<HeapArena*> mheap_arenas[kMaxArenas];

// The span in which `a` lies; null if it is no address of the heap's. Any thread, no lock. Of a free run it may be anything.
RT0_INLINE MSpan* spanOf(uintptr a) {
  const uintptr i = a >> kArenaShift;
  if (i >= kMaxArenas) return nullptr;
  HeapArena* arena = mheap_arenas[i].load_acquire();
  // Relaxed: see H2; who has the object has come after who made its span.
  return arena == nullptr ? nullptr : arena->spans[a % kArenaBytes / kHeapPage].load_relaxed();
}

// A P's free objects of one span class.
struct CacheList {
  FreeObject* head;
  Atomic<usize> live;  // objects handed out less objects taken back, here: only the sum over all caches means anything
  u32 n;               // in the list
  u32 batch;           // the last refill's; each takes twice as many as the one before
};
struct MCache {
  MCache* link;  // in the list of all; they are never freed
  CacheList list[kNumSpanClasses];
};

// Takes an object from the list, which is not empty. `live` is ours alone to write; heap_stats reads.
RT0_INLINE void* cache_pop(CacheList* l) {
  FreeObject* o = l->head;
  l->head = o->next;
  l->n--;
  l->live.store_relaxed(l->live.load_relaxed() + 1);
  return o;
}
// Gives n objects of the list back to the mcentral.
void mcache_release(CacheList* l, SpanClass spc, u32 n);
RT0_INLINE void cache_push(CacheList* l, FreeObject* o, MSpan* s) {
  o->next = l->head;
  l->head = o;
  l->live.store_relaxed(l->live.load_relaxed() - 1);
  if (RT0_UNLIKELY(++l->n > s->most_cached)) mcache_release(l, s->spanclass, s->most_cached / 2);
}

// The long ways, and the only ones in dev builds. s: p's span, or null if it has none.
void* mcache_alloc(usize n, usize align, bool noscan);
void mcache_free(void* p, MSpan* s);

// Takes a batch of objects from the mcentral into the list; false if there is no memory.
bool mcache_refill(CacheList* l, SpanClass spc) RT0_SYM("runtime.mcache.refill");
// A cache for a P; null if there is no memory.
MCache* allocmcache() RT0_SYM("runtime.allocmcache");

// A span of npages pages at a multiple of `align` (in pages, a power of two); null if there is no memory. For small objects
// (spanclass < kNumSpanClasses) it is empty.
MSpan* mheap_alloc(usize npages, usize align, SpanClass spc) RT0_SYM("runtime.mheap.alloc");
// Makes the large object of span s longer, to npages pages, where it lies; false if the pages behind it are not free.
bool mheap_grow(MSpan* s, usize npages);
void mheap_free(MSpan* s) RT0_SYM("runtime.mheap.freeSpan");

// What the heap has, in pages. Read without the lock it may be torn.
struct HeapPages {
  usize in_use, dirty;               // dirty: free, and still costing memory
  usize released;                    // given back to the kernel so far (modulo a word)
  usize large_objects, large_pages;  // live
  usize system;                      // bytes of address space
};
extern HeapPages mheap_pages;
extern MSpan* mheap_allspans;  // through alllink; read with the world stopped

// GOMEMLIMIT from now on, if it is not negative: free pages go at once if they must. What it was.
i64 mheap_set_limit(i64 limit);
// Is GOMEMLIMIT nearly reached, if free pages go first? `resident`: bytes of the process that are in memory; 0: not known.
bool mheap_near_limit(u64 resident);
// Gives all free pages back to the kernel; how many.
usize mheap_scavenge_all();

}  // namespace rt0
