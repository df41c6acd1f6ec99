// Arenas and pages: runs of pages for spans, and back. Go: mheap.go, mpagealloc.go, mgcscavenge.go. Differs: free runs lie in bins by
// length and are joined with their neighbours as they come back; Go keeps bitmaps under a tree of summaries.
#include "mem/mheap.h"

#include "kernel_iface/kernel.h"
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

constinit Atomic<ArenaMap*> mheap_arenas[1 << kArenaL1Bits] = {};
constinit HeapPages mheap_pages = {};

extern uintptr physPageSize;

namespace {

constexpr usize kKeptPages = (1 << 20) / kHeapPage;  // that bgscavenge leaves free

// Where to ask for the next arena: going up from addr. The kernel may put it elsewhere. Go: arenaHint.
constexpr u32 kHints = kPtrSize == 8 ? 16 : 4;
constexpr uintptr hint_addr(u32 i) {
  // 64 bits: 0x00c0, 0x01c0, … × 2^32, as Go: valid user addresses everywhere, easy to tell in a dump from other pointers.
  if constexpr (kPtrSize == 8) return static_cast<uintptr>((static_cast<u64>(i) << 40) | (u64{0x00c0} << 32));
  else return (static_cast<uintptr>(i) << 28) + 0x40000000u;
}

// Bins of free runs: one for each length up to 63 pages, then one for each doubling.
constexpr u32 kExactBins = 64, kBins = kExactBins + 8;
static_assert(kArenaPages <= usize{kExactBins} << 8);
constexpr u32 bin_of(usize npages) {
  if (npages < kExactBins) return static_cast<u32>(npages);
  u32 b = kExactBins;
  while ((npages >>= 1) >= kExactBins) b++;
  return b;
}

constinit struct {
  Mutex lock;
  u32 hint;           // the one in use; kHints: none is left
  uintptr hint_used;  // bytes of it
  bool first_map_used;
  MSpan* unused;                     // MSpans to use again
  MSpan* bins[2][kBins];             // [0] dirty, [1] clean
  u32 filled[2][(kBins + 31) / 32];  // a bit for each bin that is not empty
} mheap = {};

// The first is there from the start, for most programs need no other.
constinit ArenaMap first_map = {};

// The first filled bin of the kind from b on; kBins if there is none.
u32 filled_bin(bool clean, u32 b) {
  for (; b < kBins; b = (b | 31) + 1) {
    u32 bits = mheap.filled[clean][b / 32] >> b % 32;
    if (bits == 0) continue;
    for (; (bits & 0xff) == 0; bits >>= 8) b += 8;
    for (; (bits & 1) == 0; bits >>= 1) b++;
    return b;
  }
  return kBins;
}

Atomic<MSpan*>& entry(uintptr a) {
  const uintptr i = a >> kArenaShift;
  ArenaMap* map = mheap_arenas[i >> kArenaL2Bits].load_relaxed();
  return map->at[i % countof(map->at)].load_relaxed()->spans[a % kArenaBytes / kHeapPage];
}

// Enters or removes (arena null) the arenas of [at, at + bytes). False if there is no memory or no such address.
bool set_arenas(uintptr at, usize bytes, HeapArena* arena) {
  for (uintptr i = at >> kArenaShift; i <= (at + (bytes - 1)) >> kArenaShift; i++) {
    if (i >> kArenaL2Bits >= countof(mheap_arenas)) return false;
    Atomic<ArenaMap*>& map = mheap_arenas[i >> kArenaL2Bits];
    if (map.load_relaxed() == nullptr) {
      ArenaMap* fresh = &first_map;
      if (mheap.first_map_used)
        fresh = static_cast<ArenaMap*>(persistentalloc_or_null(sizeof(ArenaMap), alignof(ArenaMap)));
      if (fresh == nullptr) return false;
      mheap.first_map_used = true;
      map.store_release(fresh);
    }
    map.load_relaxed()->at[i % (1 << kArenaL2Bits)].store_release(arena);
    if (arena != nullptr) arena++;
  }
  return true;
}

// Address space for `bytes` at a multiple of kArenaBytes: at a hint, or anywhere; 0 if there is none.
uintptr map_space(usize bytes) {
  for (; mheap.hint < kHints; mheap.hint++, mheap.hint_used = 0) {
    void* wish = reinterpret_cast<void*>(hint_addr(mheap.hint) + mheap.hint_used);
    void* p = sysAlloc(bytes, wish);
    if (p == wish) {
      mheap.hint_used += bytes;
      return reinterpret_cast<uintptr>(p);
    }
    if (p == nullptr) return 0;
    (void)kernel->mem_unmap(p, bytes);  // its room is taken: try the next
  }
  if (bytes + kArenaBytes < bytes) return 0;
  const uintptr got = reinterpret_cast<uintptr>(sysAlloc(bytes + kArenaBytes));
  if (got == 0) return 0;
  const uintptr p = align_up(got, kArenaBytes), rest = got + kArenaBytes - p;
  if (p != got) (void)kernel->mem_unmap(reinterpret_cast<void*>(got), p - got);
  if (rest != 0) (void)kernel->mem_unmap(reinterpret_cast<void*>(p + bytes), rest);
  return p;
}

constexpr usize meta_bytes(usize bytes) { return align_up(bytes / kArenaBytes * sizeof(HeapArena), kHeapPage); }

void unmap_arenas(uintptr at, usize bytes) {
  (void)set_arenas(at, bytes, nullptr);
  mheap_pages.system -= bytes;
  (void)kernel->mem_unmap(reinterpret_cast<void*>(at), bytes);
}

// Mapped and entered in the map; 0 if there is no memory.
uintptr map_arenas(usize bytes) {
  const uintptr at = map_space(bytes);
  if (at == 0) return 0;
  mheap_pages.system += bytes;
  if (set_arenas(at, bytes, reinterpret_cast<HeapArena*>(at))) return at;
  unmap_arenas(at, bytes);
  return 0;
}

MSpan* new_span(uintptr base, usize npages) {
  MSpan* s = mheap.unused;
  if (s != nullptr) {
    mheap.unused = s->next;
  } else {
    s = static_cast<MSpan*>(persistentalloc_or_null(sizeof(MSpan), alignof(MSpan)));
    if (s == nullptr) return nullptr;
    if (kDevBuild)
      s->allocBits = static_cast<ObjectBits*>(persistentalloc_or_null(sizeof(ObjectBits), alignof(ObjectBits)));
  }
  s->base = base;
  s->npages = npages;
  s->huge_bytes = 0;
  return s;
}
void drop_span(MSpan* s) {
  s->state = SpanState::unused;
  s->next = mheap.unused;
  mheap.unused = s;
}

// Puts a run that has no neighbour of its kind into its bin.
void put_run(MSpan* s, SpanState kind) {
  s->state = kind;
  s->prev = nullptr;
  const u32 b = bin_of(s->npages);
  MSpan** head = &mheap.bins[kind == SpanState::clean][b];
  mheap.filled[kind == SpanState::clean][b / 32] |= u32{1} << b % 32;
  s->next = *head;
  if (*head != nullptr) (*head)->prev = s;
  *head = s;
  entry(s->base).store_relaxed(s);  // the ends are what neighbours look at
  entry(s->base + (s->npages - 1) * kHeapPage).store_relaxed(s);
}
void take_run(MSpan* s) {
  if (s->next != nullptr) s->next->prev = s->prev;
  if (s->prev != nullptr) {
    s->prev->next = s->next;
    return;
  }
  const u32 b = bin_of(s->npages);
  const bool clean = s->state == SpanState::clean;
  mheap.bins[clean][b] = s->next;
  if (s->next == nullptr) mheap.filled[clean][b / 32] &= ~(u32{1} << b % 32);
}

// The run is free: joined with its neighbours of the same kind (H3).
void free_run(MSpan* s, SpanState kind) {
  if (s->base % kArenaBytes != 0) {  // an arena's first page is never free, so spans do not join over its border
    MSpan* before = entry(s->base - kHeapPage).load_relaxed();
    if (before != nullptr && before->state == kind) {
      take_run(before);
      s->base = before->base;
      s->npages += before->npages;
      drop_span(before);
    }
  }
  const uintptr end = s->base + s->npages * kHeapPage;
  if (end % kArenaBytes != 0) {
    MSpan* after = entry(end).load_relaxed();
    if (after != nullptr && after->state == kind) {
      take_run(after);
      s->npages += after->npages;
      drop_span(after);
    }
  }
  put_run(s, kind);
}

// The first run that is long enough, of the kind; null if there is none. Not taken yet.
MSpan* find_run(bool clean, usize npages) {
  for (u32 b = bin_of(npages); (b = filled_bin(clean, b)) < kBins; b++)
    for (MSpan* s = mheap.bins[clean][b]; s != nullptr; s = s->next)
      if (s->npages >= npages) return s;
  return nullptr;
}

// Dirty ones first: they cost memory already.
MSpan* find_run(usize npages) {
  MSpan* s = mheap_pages.dirty >= npages ? find_run(false, npages) : nullptr;
  return s != nullptr ? s : find_run(true, npages);
}

// Gives up to npages dirty pages back to the kernel, the longest runs first; how many. Go: pageAlloc.scavenge.
usize scavenge_locked(usize npages) {
  if (physPageSize > kHeapPage) return 0;  // a page of the kernel's may hold objects as well
  usize done = 0;
  for (u32 b = kBins; b-- > 0;) {
    while (MSpan* s = mheap.bins[0][b]) {
      if (done >= npages) return done;
      // A long run is given back piece by piece.
      MSpan* rest = nullptr;
      const usize n = min(s->npages, npages - done);
      if (n < s->npages && (rest = new_span(s->base + n * kHeapPage, s->npages - n)) == nullptr) return done;
      if (!kernel->mem_dontneed(reinterpret_cast<void*>(s->base), n * kHeapPage).ok()) {
        if (rest != nullptr) drop_span(rest);
        return done;
      }
      take_run(s);
      if (rest != nullptr) {
        rest->needzero = true;
        put_run(rest, SpanState::dirty);
        s->npages = n;
      }
      free_run(s, SpanState::clean);
      done += n;
      mheap_pages.dirty -= n;
      mheap_pages.released += n;
    }
  }
  return done;
}

// A new arena's pages, one clean run that lies in no bin yet. Null if there is no memory.
MSpan* grow() {
  const uintptr at = map_arenas(kArenaBytes);
  if (at == 0) return nullptr;
  const usize meta = meta_bytes(kArenaBytes);
  MSpan* s = new_span(at + meta, (kArenaBytes - meta) / kHeapPage);
  if (s == nullptr) {
    unmap_arenas(at, kArenaBytes);
    return nullptr;
  }
  s->state = SpanState::clean;
  return s;
}

// Cuts [base, base + npages pages) out of the run, which lies in no bin; what is left on both sides is put there. Null if there is no
// memory for that; then the whole run is.
MSpan* cut_run(MSpan* s, uintptr base, usize npages) {
  const SpanState kind = s->state;
  const uintptr end = base + npages * kHeapPage, s_end = s->base + s->npages * kHeapPage;
  MSpan* before = nullptr;
  MSpan* after = nullptr;
  bool ok = base == s->base || (before = new_span(s->base, (base - s->base) / kHeapPage)) != nullptr;
  ok = ok && (end == s_end || (after = new_span(end, (s_end - end) / kHeapPage)) != nullptr);
  if (!ok) {
    if (before != nullptr) drop_span(before);
    put_run(s, kind);
    return nullptr;
  }
  s->base = base;
  s->npages = npages;
  s->needzero = kind == SpanState::dirty;
  if (s->needzero) mheap_pages.dirty -= npages;
  if (before != nullptr) put_run(before, kind);
  if (after != nullptr) put_run(after, kind);
  return s;
}

// More than an arena holds: arenas of its own, unmapped when it is freed.
MSpan* alloc_huge(usize npages, usize align) {
  const usize n = (npages + align - 1) * kHeapPage;
  usize bytes = align_up(n, kArenaBytes);
  while (bytes >= n && bytes - n < meta_bytes(bytes)) bytes += kArenaBytes;
  if (bytes < n) return nullptr;
  const uintptr at = map_arenas(bytes);
  if (at == 0) return nullptr;
  MSpan* s = new_span(align_up(at + meta_bytes(bytes), align * kHeapPage), npages);
  if (s == nullptr) {
    unmap_arenas(at, bytes);
    return nullptr;
  }
  s->needzero = false;
  s->huge_bytes = bytes;
  return s;
}

bool is_huge(usize npages) { return npages > kArenaPages - meta_bytes(kArenaBytes) / kHeapPage; }

MSpan* alloc_pages(usize npages, usize align) {
  const usize want = npages + align - 1;
  if (is_huge(want)) return alloc_huge(npages, align);
  MSpan* s = find_run(want);
  // What is free and dirty, joined with what is free and clean, may do.
  if (s == nullptr && mheap_pages.dirty >= npages && scavenge_locked(~usize{0}) != 0) s = find_run(want);
  if (s != nullptr) take_run(s);
  else if ((s = grow()) == nullptr) return nullptr;
  return cut_run(s, align_up(s->base, align * kHeapPage), npages);
}

// GOMEMLIMIT: free pages go before the limit is passed. It slows the program down, and no more. Go: heap growth scavenging.
void stay_below_limit() {
  const u64 used = (u64{mheap_pages.in_use} + mheap_pages.dirty) * kHeapPage;
  const u64 limit = static_cast<u64>(gcController.memoryLimit);
  if (RT0_UNLIKELY(used > limit) && mheap_pages.dirty != 0)
    (void)scavenge_locked(static_cast<usize>(min<u64>((used - limit) / kHeapPage + 1, mheap_pages.dirty)));
}

}  // namespace

void mheap_init() {
  trace_boot(Ev::mheap_init);
  lockInit(&mheap.lock, LockRank::mheap);
}

MSpan* mheap_alloc(usize npages, usize align, SpanClass spc) {
  Locked l(&mheap.lock);
  MSpan* s = alloc_pages(npages, align);
  if (s == nullptr) return nullptr;
  mheap_pages.in_use += npages;
  stay_below_limit();
  const bool large = spc >= kLargeSpan;
  if (large) mheap_pages.large_objects++, mheap_pages.large_pages += npages;
  s->elemsize = large ? npages * kHeapPage : class_to_size(spc / 2);
  s->nelems = large ? 1 : static_cast<u32>(npages * kHeapPage / s->elemsize);
  s->freelist = nullptr;
  s->freeindex = s->allocCount = large;
  s->listed = false;
  s->most_cached = 2 * max_batch(s->elemsize);
  s->spanclass = spc;
  s->state = SpanState::in_use;
  if (kDevBuild && s->allocBits != nullptr)
    for (Atomic<u32>& w : s->allocBits->word) w.store_relaxed(0);
  for (usize i = 0; i < npages; i++) entry(s->base + i * kHeapPage).store_relaxed(s);
  return s;
}

void mheap_free(MSpan* s) {
  Locked l(&mheap.lock);
  mheap_pages.in_use -= s->npages;
  if (s->spanclass >= kLargeSpan) mheap_pages.large_objects--, mheap_pages.large_pages -= s->npages;
  if (s->huge_bytes != 0) {
    // The maps lie at the start, in order, and fill less than an arena up to that of the one in which the object begins.
    const uintptr at = align_down(reinterpret_cast<uintptr>(&entry(s->base)), kArenaBytes);
    unmap_arenas(at, s->huge_bytes);
    drop_span(s);
    return;
  }
  // No stale pointer to it stays: a wild delete finds nothing.
  for (usize i = 0; i < s->npages; i++) entry(s->base + i * kHeapPage).store_relaxed(nullptr);
  mheap_pages.dirty += s->npages;
  free_run(s, SpanState::dirty);
}

usize bgscavenge(i64 now) {
  static constinit i64 last = 0;  // sysmon's alone
  // Read without the lock: a hint.
  if (mheap_pages.dirty <= mheap_pages.in_use / 10 + kKeptPages || now - last < kScavengeNs) return 0;
  last = now;
  Locked l(&mheap.lock);
  return scavenge_locked(kScavengeBytes / kHeapPage) * kHeapPage;
}

}  // namespace rt0
