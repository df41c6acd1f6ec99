// The parts of the heap. Go: mheap.go, mcentral.go, mcache.go, mpagealloc.go.
//
//   arena     address space from the kernel, aligned to its size; its first pages hold the map from its pages to spans
//   MSpan     a run of pages: objects of one class, one large object, or free
//   mcentral  one for each span class: the spans of that class that have free objects, and a lock that guards them
//   MCache    a P's own free objects of each span class. Only the M that holds the P touches it, so it has no lock
//
//   H1  A small object is in exactly one place: with the program, in one MCache's list, in its span's freelist, or
//       beyond its span's freeindex. span->allocCount counts the objects in the first two places; it and the freelist
//       are guarded by the mcentral's lock.
//   H2  spanOf(p) of an object that is not free is its span, and needs no lock: the map's entry was written before the
//       object was handed out, and is not changed before the span's last object has come back.
//   H3  Free runs of the same kind (dirty: may hold old bytes; clean: reads as zero, costs no memory) are never
//       neighbours.
//
// Locks, in this order: mcache0, mcentral, mheap, persistent. While one of them is held there is no trace event, and no
// kernel call in which the simulated kernel may switch to another thread. Otherwise its schedule would depend on the
// sizes of objects, which differ between ISAs.
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

// A run of pages. [mcentral]: guarded by the lock of its class's mcentral; [mheap]: by the page heap's. Everything else
// is written under the page heap's lock before the span is handed out, and stays as it is until its last object has
// come back; mheap_grow alone makes an object in use longer, for the object's owner.
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
  u32 most_cached;  // a cache keeps at most this many objects of the class; when it has more, it gives half of it back
  SpanClass spanclass;
  SpanState state;  // [mheap]
  bool needzero;    // its pages may hold old bytes
  bool listed;      // [mcentral]: in its list
  // Room for the collector: null until it wants them, then one bit for each object. See mem/mark.h.
  ObjectBits* gcmarkBits;
  MSpan* alllink;         // in the list of all that were ever made
  ObjectBits* allocBits;  // dev builds: which objects the program has
};

// The map from pages to spans. It lies in the first pages of the arena, or of the first of several arenas that were
// mapped together.
struct HeapArena {
  Atomic<MSpan*> spans[kArenaPages];
};

// From an address to its arena's map. Where words have 64 bits, addresses of 48 bits make this 32 MB, of which a page
// or two are ever touched. One level, as in Go on linux: a second one would cost every delete a load.
inline constexpr usize kMaxArenas = usize{1} << ((kPtrSize == 8 ? 48 : 32) - kArenaShift);
extern Atomic<HeapArena*> mheap_arenas[kMaxArenas];

// The span in which `a` lies; null if it is no address of the heap's. Any thread, no lock. For an address in a free run
// the answer may be any span, or null.
RT0_INLINE MSpan* spanOf(uintptr a) {
  const uintptr i = a >> kArenaShift;
  if (i >= kMaxArenas) return nullptr;
  HeapArena* arena = mheap_arenas[i].load_acquire();
  // Relaxed: see H2. The caller has the object, so the span was made before, and handed over with the object.
  return arena == nullptr ? nullptr : arena->spans[a % kArenaBytes / kHeapPage].load_relaxed();
}

// A P's free objects of one span class.
struct CacheList {
  FreeObject* head;
  // Objects handed out from here, less objects given back here. An object may be given back to another cache than the
  // one it came from, so only the sum over all caches means anything.
  Atomic<usize> live;
  u32 n;      // in the list
  u32 batch;  // how many the last refill took; each takes twice as many as the one before
};
struct MCache {
  MCache* link;  // in the list of all; they are never freed
  CacheList list[kNumSpanClasses];
};

// Takes an object from the list, which is not empty. Only the cache's owner writes `live`, so it needs no atomic
// addition; heap_stats reads it.
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

// Called by malloc.cc if its fast path cannot be used; in dev builds always. s: p's span, or null if it has none.
void* mcache_alloc(usize n, usize align, bool noscan);
void mcache_free(void* p, MSpan* s);

// Takes a batch of objects from the mcentral into the list; false if there is no memory.
bool mcache_refill(CacheList* l, SpanClass spc) RT0_SYM("runtime.mcache.refill");
// A cache for a P; null if there is no memory.
MCache* allocmcache() RT0_SYM("runtime.allocmcache");

// A span of npages pages at a multiple of `align` (in pages, a power of two); null if there is no memory. For small
// objects (spanclass < kNumSpanClasses) it is empty.
MSpan* mheap_alloc(usize npages, usize align, SpanClass spc) RT0_SYM("runtime.mheap.alloc");
// Makes the large object of span s longer, to npages pages, where it lies; false if the pages after it are not free.
bool mheap_grow(MSpan* s, usize npages);
void mheap_free(MSpan* s) RT0_SYM("runtime.mheap.freeSpan");

// What the heap has, in pages. Written under its lock; a reader without the lock may see a mixture of two moments.
struct HeapPages {
  usize in_use, dirty;               // dirty: free, and still costing memory
  usize released;                    // given back to the kernel so far (modulo a word)
  usize large_objects, large_pages;  // live
  usize system;                      // bytes of address space
};
extern HeapPages mheap_pages;
extern MSpan* mheap_allspans;  // through alllink; read with the world stopped

// Makes `limit` the GOMEMLIMIT, unless it is negative, and gives free pages back at once if the heap is above it.
// Returns the limit before.
i64 mheap_set_limit(i64 limit);
// Gives free pages back if GOMEMLIMIT is nearly reached; true if it is nearly reached even so. `resident`: bytes of the
// process that are in memory; 0: not known.
bool mheap_near_limit(u64 resident);
// Gives all free pages back to the kernel; returns how many.
usize mheap_scavenge_all();

}  // namespace rt0
