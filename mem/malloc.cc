// Allocating and freeing: from the P's cache, without a lock, if it can be. Go: malloc.go.
#include "mem/malloc.h"

#include "mem/mheap.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

constinit InitTrace inittrace{};

namespace {

constexpr usize kMaxAlloc = kPtrSize == 8 ? usize{1} << 46 : usize{1} << 30;
constexpr usize kMaxAlign = kArenaBytes / 4;

// The class of each size up to 1024, in steps of 8.
constexpr usize kTableMax = 1024;
struct ClassTable {
  u8 of[kTableMax / 8 + 1];
};
constexpr ClassTable make_table() {
  ClassTable t = {};
  for (usize i = 0; i <= kTableMax / 8; i++) t.of[i] = static_cast<u8>(size_to_class(i * 8));
  return t;
}
constexpr ClassTable kClassTable = make_table();

RT0_INLINE u32 class_of(usize n) { return n <= kTableMax ? kClassTable.of[(n + 7) / 8] : size_to_class(n); }

// The cache of those who have no P, or no memory for a cache.
constinit struct {
  Mutex lock;
  MCache cache;
  Atomic<MCache*> all;  // the Ps' caches, through link; it only grows, at its head
} mcache0 = {};

// Which objects the program has, in dev builds: finds a double delete, and one of an object's middle.
void note_alloc(MSpan* s, uintptr p) {
  if (s->allocBits == nullptr || s->spanclass >= kLargeSpan) return;
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

RT0_INLINE void* pop(CacheList* l) {
  FreeObject* o = l->head;
  l->head = o->next;
  l->n--;
  l->live.store_relaxed(l->live.load_relaxed() + 1);  // ours alone to write; heap_stats reads
  return o;
}

// The list is empty, or the caller has no cache.
[[gnu::noinline, gnu::cold]] void* alloc_slow(SpanClass spc) {
  MCache** slot = getMCache();
  if (slot != nullptr && *slot == nullptr) *slot = allocmcache();
  if (slot != nullptr && *slot != nullptr) {
    CacheList* l = &(*slot)->list[spc];
    return mcache_refill(l, spc) ? pop(l) : nullptr;
  }
  lockWithRank(&mcache0.lock, LockRank::mcache0);
  CacheList* l = &mcache0.cache.list[spc];
  void* p = l->head != nullptr || mcache_refill(l, spc) ? pop(l) : nullptr;
  unlock(&mcache0.lock);
  return p;
}

RT0_INLINE void push(CacheList* l, FreeObject* o, MSpan* s) {
  o->next = l->head;
  l->head = o;
  l->live.store_relaxed(l->live.load_relaxed() - 1);
  if (RT0_UNLIKELY(++l->n > s->most_cached)) mcache_release(l, s->spanclass, s->most_cached / 2);
}

[[gnu::noinline, gnu::cold]] void free_slow(FreeObject* o, MSpan* s) {
  lockWithRank(&mcache0.lock, LockRank::mcache0);
  push(&mcache0.cache.list[s->spanclass], o, s);
  unlock(&mcache0.lock);
}

[[gnu::noinline, gnu::cold]] void* alloc_large(usize n, usize align, bool noscan) {
  if (n > kMaxAlloc || align > kMaxAlign) return nullptr;
  const usize npages = align_up(max<usize>(n, 1), kHeapPage) / kHeapPage;
  MSpan* s = mheap_alloc(npages, max(align, kHeapPage) / kHeapPage, static_cast<SpanClass>(kLargeSpan + noscan));
  return s == nullptr ? nullptr : reinterpret_cast<void*>(s->base);
}

// The smallest class that holds n bytes at a multiple of align; kNumSizeClasses if only whole pages do.
[[gnu::noinline, gnu::cold]] u32 class_aligned(usize n, usize align) {
  if (n > kMaxSmallSize || align > kHeapPage) return kNumSizeClasses;
  u32 c = size_to_class(max(n, align));
  while (c < kNumSizeClasses && class_to_size(c) % align != 0) c++;
  return c;
}

[[gnu::cold]] void note_init(usize size) {
  if (inittrace.goid == mem_goid()) inittrace.allocs++, inittrace.bytes += size;
}

RT0_INLINE void* alloc(usize n, usize align, bool noscan) {
  check(is_power_of_two(align), "mallocgc: bad alignment");
  u32 c;
  if (RT0_LIKELY(n <= kMaxSmallSize && align <= kSizeStep)) c = class_of(max(n, align));
  else c = class_aligned(n, align);
  void* p;
  if (RT0_LIKELY(c < kNumSizeClasses)) {
    const SpanClass spc = static_cast<SpanClass>(2 * c + noscan);
    MCache** slot = getMCache();
    if (RT0_LIKELY(slot != nullptr && *slot != nullptr && (*slot)->list[spc].head != nullptr))
      p = pop(&(*slot)->list[spc]);
    else p = alloc_slow(spc);
  } else {
    p = alloc_large(n, align, noscan);
  }
  if (kDevBuild && p != nullptr) note_alloc(spanOf(reinterpret_cast<uintptr>(p)), reinterpret_cast<uintptr>(p));
  if (RT0_UNLIKELY(inittrace.active) && p != nullptr) note_init(spanOf(reinterpret_cast<uintptr>(p))->elemsize);
  return p;
}

}  // namespace

void mallocinit() {
  trace_boot(Ev::mallocinit);
  mheap_init();
}

MCache* allocmcache() {
  MCache* c = static_cast<MCache*>(persistentalloc_or_null(sizeof(MCache), alignof(MCache)));
  if (c == nullptr) return nullptr;
  // Release: a reader finds the whole cache.
  for (c->link = mcache0.all.load_relaxed(); !mcache0.all.cas_acqrel(c->link, c);) c->link = mcache0.all.load_relaxed();
  return c;
}

void mcache_flush(MCache* c) {
  for (u32 spc = 0; spc < kNumSpanClasses; spc++)
    if (c->list[spc].n != 0) mcache_release(&c->list[spc], static_cast<SpanClass>(spc), c->list[spc].n);
}

void* mallocgc(usize n, usize align) { return alloc(n, align, false); }
void* mallocgc_noscan(usize n, usize align) { return alloc(n, align, true); }

void* mallocgc_zeroed(usize n, usize align) {
  void* p = mallocgc(n, align);
  if (p == nullptr) return nullptr;
  const MSpan* s = spanOf(reinterpret_cast<uintptr>(p));
  if (s->spanclass < kLargeSpan || s->needzero) __builtin_memset(p, 0, n);
  return p;
}

void heap_free(void* p) {
  if (p == nullptr) return;
  const uintptr a = reinterpret_cast<uintptr>(p);
  MSpan* s = spanOf(a);
  if (RT0_UNLIKELY(s == nullptr || s->state != SpanState::in_use || a % kTinySize != 0))
    throw_("delete of a pointer that new did not return");
  if (kDevBuild) note_free(s, a);
  if (RT0_UNLIKELY(s->spanclass >= kLargeSpan)) {
    if (a != s->base) throw_("delete of a pointer into the middle of an object");
    mheap_free(s);
    return;
  }
  MCache** slot = getMCache();
  FreeObject* o = static_cast<FreeObject*>(p);
  if (RT0_LIKELY(slot != nullptr && *slot != nullptr)) push(&(*slot)->list[s->spanclass], o, s);
  else free_slow(o, s);
}

usize heap_usable(const void* p) { return spanOf(reinterpret_cast<uintptr>(p))->elemsize; }

HeapStats heap_stats() {
  HeapStats st = {mheap_pages.large_pages * kHeapPage, mheap_pages.large_objects, mheap_pages.system};
  for (u32 spc = 0; spc < kNumSpanClasses; spc++) {
    usize live = mcache0.cache.list[spc].live.load_relaxed();
    for (const MCache* c = mcache0.all.load_acquire(); c != nullptr; c = c->link)
      live += c->list[spc].live.load_relaxed();
    st.live_objects += live;
    st.live_bytes += live * class_to_size(spc / 2);
  }
  return st;
}

}  // namespace rt0
