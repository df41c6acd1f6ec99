// The cases that malloc.cc's fast path does not handle: refills, large objects, unusual alignments, callers without a
// P, misuse, statistics. Go: mcache.go, malloc.go.
#include "base/check.h"
#include "mem/malloc.h"
#include "mem/mheap.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

constinit InitTrace inittrace{};

namespace {

constexpr usize kMaxAlloc = kPtrSize == 8 ? usize{1} << 46 : usize{1} << 30;
constexpr usize kMaxAlign = kArenaBytes / 4;

// The cache for callers without a P, or without memory for the P's own cache. Its lists are used under the lock (class
// Cache), its counts `live`, which are atomic, without it: so it is not GUARDED_BY the lock as a whole.
constinit struct {
  Mutex lock;
  MCache cache;
  Atomic<MCache*> all;  // the Ps' caches, through link; it only grows, at its head
} mcache0 = {};         // all zero: an initial value would put its lists, some KB, into the program's file

// Counts the new object for GODEBUG=inittrace=1. Dev builds also note which objects the program has, which finds a
// second delete of an object and a delete of its middle.
void note_alloc(uintptr p) {
  MSpan* s = spanOf(p);
  if (inittrace.active && inittrace.goid == mem_goid()) inittrace.allocs++, inittrace.bytes += s->elemsize;
  if (!kDevBuild || s->allocBits == nullptr || s->spanclass >= kLargeSpan) return;
  const usize i = (p - s->base) / s->elemsize;
  const u32 bit = u32{1} << i % 32;
  check((s->allocBits->word[i / 32].or_acqrel(bit) & bit) == 0, "mallocgc: the object is in use");
}
void note_free(MSpan* s, uintptr p) {
  const usize i = (p - s->base) / s->elemsize;
  if ((p - s->base) % s->elemsize != 0) throw_("delete of a pointer into the middle of an object");
  if (s->spanclass >= kLargeSpan) return;
  const u32 bit = u32{1} << i % 32;
  if (i >= s->nelems) throw_("delete of a pointer that new did not return");
  if (s->allocBits != nullptr && (s->allocBits->word[i / 32].and_acqrel(~bit) & bit) == 0)
    throw_("double delete, or delete of a pointer that new did not return");
}

void* alloc_large(usize n, usize align, bool noscan) {
  if (n > kMaxAlloc || align > kMaxAlign) return nullptr;
  const usize npages = align_up(max<usize>(n, 1), kHeapPage) / kHeapPage;
  MSpan* s = mheap_alloc(npages, max(align, kHeapPage) / kHeapPage, static_cast<SpanClass>(kLargeSpan + noscan));
  return s == nullptr ? nullptr : reinterpret_cast<void*>(s->base);
}

// The cache of the caller's P, which is made if there is none yet. If the caller has no P, or there is no memory for a
// cache: mcache0's cache, whose lock is held as long as this object lives.
struct Cache {
  MCache* c;
  bool shared;

  // The analysis can't follow a lock that is taken on a condition and given back by the destructor on the same one.
  Cache() NO_LOCK_ANALYSIS {
    MCache** slot = getMCache();
    if (slot != nullptr && *slot == nullptr) *slot = allocmcache();
    shared = slot == nullptr || *slot == nullptr;
    c = shared ? &mcache0.cache : *slot;
    if (shared) lockWithRank(&mcache0.lock, LockRank::mcache0);
  }
  ~Cache() NO_LOCK_ANALYSIS {
    if (shared) unlock(&mcache0.lock);
  }
};

}  // namespace

void* mcache_alloc(usize n, usize align, bool noscan) {
  check(is_power_of_two(align), "mallocgc: bad alignment");
  if (malloc_fails()) return nullptr;
  // The smallest class that holds n bytes at a multiple of align; whole pages if none does.
  u32 c = kNumSizeClasses;
  if (align <= kHeapPage) c = n <= kTableMax ? kClassTable.of[(n + 7) / 8] : kClassTable.of[kTableMax / 8] + 1;
  for (; c < kNumSizeClasses; c++)
    if (const usize size = kSizeClasses.at[c].size(); size >= n && (size & (align - 1)) == 0) break;
  void* p;
  if (c >= kNumSizeClasses) {
    p = alloc_large(n, align, noscan);
  } else {
    const SpanClass spc = static_cast<SpanClass>(2 * c + noscan);
    Cache cache;
    CacheList* l = &cache.c->list[spc];
    p = l->head != nullptr || mcache_refill(l, spc) ? cache_pop(l) : nullptr;
  }
  if ((kDevBuild || RT0_UNLIKELY(inittrace.active)) && p != nullptr) note_alloc(reinterpret_cast<uintptr>(p));
  return p;
}

void mcache_free(void* p, MSpan* s) {
  if (p == nullptr) return;
  const uintptr a = reinterpret_cast<uintptr>(p);
  if (s == nullptr || s->state != SpanState::in_use || a % kTinySize != 0)
    throw_("delete of a pointer that new did not return");
  if (kDevBuild) note_free(s, a);
  if (s->spanclass >= kLargeSpan) {
    if (a != s->base) throw_("delete of a pointer into the middle of an object");
    return mheap_free(s);
  }
  Cache cache;
  cache_push(&cache.c->list[s->spanclass], static_cast<FreeObject*>(p), s);
}

void mallocinit() {
  trace_boot(Ev::mallocinit);
  mheap_init();
}

MCache* allocmcache() {
  MCache* c = static_cast<MCache*>(persistentalloc_or_null(sizeof(MCache), alignof(MCache)));
  if (c == nullptr) return nullptr;
  // Release: heap_stats, which walks the list without a lock, finds an initialised cache.
  for (c->link = mcache0.all.load_relaxed(); !mcache0.all.cas_acqrel(c->link, c);) c->link = mcache0.all.load_relaxed();
  return c;
}

void mcache_flush(MCache* c) {
  for (u32 spc = 0; spc < kNumSpanClasses; spc++)
    if (c->list[spc].n != 0) mcache_release(&c->list[spc], static_cast<SpanClass>(spc), c->list[spc].n);
}

void* malloc_or_die(usize n, usize align) {
  void* p = mallocgc(n, align);
  if (p == nullptr) fatal_out_of_memory(n);
  return p;
}

void* mallocgc_zeroed(usize n, usize align) {
  void* p = mallocgc(n, align);
  if (p == nullptr) return nullptr;
  const MSpan* s = spanOf(reinterpret_cast<uintptr>(p));
  if (s->spanclass < kLargeSpan || s->needzero) __builtin_memset(p, 0, n);
  return p;
}

bool heap_grow(void* p, usize n) {
  MSpan* s = spanOf(reinterpret_cast<uintptr>(p));
  if (s->spanclass < kLargeSpan || n > kMaxAlloc) return false;
  const usize npages = align_up(n, kHeapPage) / kHeapPage;
  return npages <= s->npages || mheap_grow(s, npages);
}

usize heap_usable(const void* p) { return spanOf(reinterpret_cast<uintptr>(p))->elemsize; }

HeapStats heap_stats() {
  HeapStats st = {mheap_pages.large_pages * kHeapPage, mheap_pages.large_objects, mheap_pages.system};
  for (u32 spc = 0; spc < kNumSpanClasses; spc++) {
    usize live = mcache0.cache.list[spc].live.load_relaxed();
    for (const MCache* c = mcache0.all.load_acquire(); c != nullptr; c = c->link)
      live += c->list[spc].live.load_relaxed();
    st.live_objects += live;
    st.live_bytes += live * kSizeClasses.at[spc / 2].size();
  }
  return st;
}

}  // namespace rt0
