// Arenas and pages: runs of pages for spans, and back. Go: mheap.go, mpagealloc.go, mgcscavenge.go. Differs: free runs lie in bins by
// length and are joined with their neighbours as they come back; Go keeps bitmaps under a tree of summaries.
#include "mem/mheap.h"

#include "kernel_iface/kernel.h"
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

// Not among what the collector looks through: see arch/rt0.ld.
[[gnu::section(".bss.noptr.mheap_arenas")]] constinit Atomic<HeapArena*> mheap_arenas[kMaxArenas] = {};
constinit HeapPages mheap_pages = {};
constinit MSpan* mheap_allspans = nullptr;

namespace {

constexpr usize kKeptPages = (1 << 20) / kHeapPage;  // that bgscavenge leaves free

// Where to ask for the next arena: going up from here, and a step further on where the kernel puts it elsewhere; so many steps. With 64
// bits 0x00c0, 0x01c0, … × 2^32, as Go: valid user addresses everywhere, easy to tell in a dump from other pointers. Go: arenaHint.
constexpr uintptr kHintStep = uintptr{1} << (kPtrSize == 8 ? 40 : 28);
constinit uintptr next_hint = kPtrSize == 8 ? kHintStep / 4 * 3 : 4 * kHintStep;
constinit u32 hints_left = kPtrSize == 8 ? 16 : 4;

// Bins of free runs: one for each length up to 15 pages, then one for each doubling. A run that is longer than an arena is in none.
constexpr u32 kExactBins = 16, kBins = 32;
constexpr u32 bin_of(usize npages) {
  u32 b = 0;
  for (; npages >= kExactBins; npages >>= 1) b++;
  return b == 0 ? static_cast<u32>(npages) : kExactBins - 1 + b;
}
static_assert(bin_of(15) == 15 && bin_of(16) == 16 && bin_of(31) == 16 && bin_of(32) == 17 &&
              bin_of(kArenaPages) < kBins);

// Free runs of one kind (H3).
struct Runs {
  u32 filled;  // a bit for each bin that is not empty
  MSpan* bins[kBins];
};

constinit struct {
  Mutex lock;
  MSpan* unused;  // MSpans to use again
  u32 nunused;
  Runs dirty, clean;
} mheap = {};

Runs& runs_of(SpanState kind) { return kind == SpanState::clean ? mheap.clean : mheap.dirty; }

Atomic<MSpan*>& entry(uintptr a) {
  return mheap_arenas[a >> kArenaShift].load_relaxed()->spans[a % kArenaBytes / kHeapPage];
}

void unmap(uintptr p, usize bytes) {
  if (bytes != 0) (void)kernel->mem_unmap(reinterpret_cast<void*>(p), bytes);
}

// Address space for `bytes` at a multiple of kArenaBytes: at a hint, or anywhere; 0 if there is none.
uintptr map_space(usize bytes) {
  for (; hints_left != 0; hints_left--, next_hint += kHintStep) {
    const uintptr p = reinterpret_cast<uintptr>(sysAlloc(bytes, reinterpret_cast<void*>(next_hint)));
    if (p == next_hint) next_hint += bytes;
    if (p == 0 || p + bytes == next_hint) return p;
    unmap(p, bytes);  // its room is taken: try the next
  }
  if (bytes + kArenaBytes < bytes) return 0;
  const uintptr got = reinterpret_cast<uintptr>(sysAlloc(bytes + kArenaBytes));
  if (got == 0) return 0;
  const uintptr p = align_up(got, kArenaBytes);
  unmap(got, p - got);  // what lies beside it goes back: 32 bits are soon used up
  unmap(p + bytes, got + kArenaBytes - p);
  return p;
}

constexpr usize meta_bytes(usize bytes) { return align_up(bytes / kArenaBytes * sizeof(HeapArena), kHeapPage); }

// Enters the arenas of [at, at + bytes) in the map, the first's map at `arena`; or removes them (arena null).
void set_arenas(uintptr at, usize bytes, HeapArena* arena) {
  mheap_pages.system += arena != nullptr ? bytes : 0 - bytes;
  for (uintptr i = at >> kArenaShift; bytes != 0; i++, bytes -= kArenaBytes) {
    mheap_arenas[i].store_release(arena);
    if (arena != nullptr) arena++;
  }
}

// Arenas, mapped and entered in the map; 0 if there is no memory.
uintptr map_arenas(usize bytes) {
  const uintptr at = map_space(bytes);
  if (at == 0) return 0;
  if ((at + (bytes - 1)) >> kArenaShift >= kMaxArenas) {
    unmap(at, bytes);
    return 0;
  }
  set_arenas(at, bytes, reinterpret_cast<HeapArena*>(at));
  return at;
}

void drop_span(MSpan* s) {
  s->state = SpanState::unused;
  s->next = mheap.unused;
  mheap.unused = s;
  mheap.nunused++;
}
// Every operation begins with it: it needs at most so many new MSpans, and can't be left halfway. False if there is no memory.
constexpr u32 kReserve = 4;
bool reserve_spans() {
  if (mheap.nunused >= kReserve) return true;
  constexpr u32 n = kReserve;
  MSpan* s = static_cast<MSpan*>(persistentalloc_or_null(n * sizeof(MSpan), alignof(MSpan)));
  if (s == nullptr) return false;
  for (u32 i = 0; i < n; i++) {
    if (kDevBuild)
      s[i].allocBits = static_cast<ObjectBits*>(persistentalloc_or_null(sizeof(ObjectBits), alignof(ObjectBits)));
    s[i].alllink = mheap_allspans;
    mheap_allspans = &s[i];
    drop_span(&s[i]);
  }
  return true;
}
MSpan* new_span(uintptr base, usize npages, SpanState kind) {
  MSpan* s = mheap.unused;
  mheap.unused = s->next;
  mheap.nunused--;
  s->base = base;
  s->npages = npages;
  s->huge_bytes = 0;
  s->state = kind;
  return s;
}

// Puts a run that has no neighbour of its kind into its bin.
void put_run(MSpan* s) {
  Runs& runs = runs_of(s->state);
  const u32 b = bin_of(s->npages);
  runs.filled |= u32{1} << b;
  s->prev = nullptr;
  s->next = runs.bins[b];
  if (s->next != nullptr) s->next->prev = s;
  runs.bins[b] = s;
  entry(s->base).store_relaxed(s);  // the ends are what neighbours look at
  entry(s->base + (s->npages - 1) * kHeapPage).store_relaxed(s);
}
void take_run(MSpan* s) {
  if (s->next != nullptr) s->next->prev = s->prev;
  if (s->prev != nullptr) {
    s->prev->next = s->next;
    return;
  }
  Runs& runs = runs_of(s->state);
  const u32 b = bin_of(s->npages);
  runs.bins[b] = s->next;
  if (s->next == nullptr) runs.filled &= ~(u32{1} << b);
}

// Joins the run with the neighbour that lies at `a`, if that is free and of the same kind (H3). An arena's first page is never free and
// never read as a neighbour's, so runs do not join over its border.
void join(MSpan* s, uintptr a) {
  if (a % kArenaBytes == 0) return;
  MSpan* other = entry(a).load_relaxed();
  if (other == nullptr || other->state != s->state) return;
  take_run(other);
  s->base = min(s->base, other->base);
  s->npages += other->npages;
  drop_span(other);
}

// The run, in no bin, is free.
void free_run(MSpan* s, SpanState kind) {
  s->state = kind;
  join(s, s->base + s->npages * kHeapPage);
  join(s, s->base - kHeapPage);
  put_run(s);
}

// The first run of the kind that is long enough; null if there is none. Not taken yet.
MSpan* find_run(const Runs& runs, usize npages) {
  u32 b = runs.filled == 0 ? kBins : bin_of(npages);
  if (b >= kBins) return nullptr;
  for (u32 bits = runs.filled >> b; bits != 0; bits >>= 1, b++)
    for (MSpan* s = (bits & 1) != 0 ? runs.bins[b] : nullptr; s != nullptr; s = s->next)
      if (s->npages >= npages) return s;
  return nullptr;
}

// Gives up to npages dirty pages back to the kernel, the longest runs first; how many. Go: pageAlloc.scavenge.
usize scavenge_locked(usize npages) {
  // Not where a page of the kernel's may hold objects as well.
  if (physPageSize > kHeapPage || !reserve_spans()) return 0;
  usize done = 0;
  for (u32 b = kBins; b-- > 0;) {
    while (MSpan* s = mheap.dirty.bins[b]) {
      const usize n = min(s->npages, npages - done);
      if (n == 0 || !kernel->mem_dontneed(reinterpret_cast<void*>(s->base), n * kHeapPage).ok()) return done;
      take_run(s);
      if (n < s->npages) {  // a long run is given back piece by piece; this is the last round
        put_run(new_span(s->base + n * kHeapPage, s->npages - n, SpanState::dirty));
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

// A run of at least npages, in no bin: of an arena's, or of as many arenas as it takes; they are then its own, and are unmapped when
// it is freed. Null if there is no memory.
MSpan* grow(usize npages) {
  const usize n = npages * kHeapPage;
  usize bytes = align_up(n, kArenaBytes);
  while (bytes - n < meta_bytes(bytes)) bytes += kArenaBytes;
  const uintptr at = bytes < n ? 0 : map_arenas(bytes);
  if (at == 0) return nullptr;
  const usize meta = meta_bytes(bytes);
  MSpan* s = new_span(at + meta, (bytes - meta) / kHeapPage, SpanState::clean);
  if (bytes > kArenaBytes) s->huge_bytes = bytes;
  return s;
}

// Cuts [base, base + npages pages) out of the run, which lies in no bin; what is left on both sides is put there.
void cut_run(MSpan* s, uintptr base, usize npages) {
  const uintptr end = base + npages * kHeapPage, s_end = s->base + s->npages * kHeapPage;
  if (base != s->base) put_run(new_span(s->base, (base - s->base) / kHeapPage, s->state));
  if (end != s_end) put_run(new_span(end, (s_end - end) / kHeapPage, s->state));
}

MSpan* alloc_pages(usize npages, usize align) {
  const usize want = npages + align - 1;
  MSpan* s;
  do {
    if (!reserve_spans()) return nullptr;
    s = find_run(mheap.dirty, want);  // first: they cost memory already
    if (s == nullptr) s = find_run(mheap.clean, want);
    // What is free and dirty, joined with what is free and clean, may do. Ends, for each round makes some page clean.
  } while (s == nullptr && mheap_pages.dirty >= npages && scavenge_locked(~usize{0}) != 0);
  if (s != nullptr) take_run(s);
  else s = grow(want);
  if (s == nullptr) return nullptr;
  const uintptr base = align_up(s->base, align * kHeapPage);
  if (s->huge_bytes == 0) cut_run(s, base, npages);
  s->base = base;
  s->npages = npages;
  s->needzero = s->state == SpanState::dirty;
  if (s->needzero) mheap_pages.dirty -= npages;
  return s;
}

u64 used_bytes() { return (u64{mheap_pages.in_use} + mheap_pages.dirty) * kHeapPage; }

// Free pages go until what is used falls to the goal, if there are so many; has it?
bool scavenge_down(u64 used, u64 goal) {
  if (RT0_LIKELY(used <= goal)) return true;
  if (mheap_pages.dirty == 0) return false;
  const u64 over = used - goal;
  return scavenge_locked(static_cast<usize>(min<u64>(over / kHeapPage + 1, mheap_pages.dirty))) * u64{kHeapPage} >=
         over;
}

// GOMEMLIMIT: free pages go before the limit is passed. It slows the program down, and no more. Go: heap growth scavenging.
void stay_below_limit() { (void)scavenge_down(used_bytes(), static_cast<u64>(gcController.memoryLimit)); }

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
  const bool large = spc >= kLargeSpan;
  if (large) mheap_pages.large_objects++, mheap_pages.large_pages += npages;
  s->elemsize = large ? npages * kHeapPage : kSizeClasses.at[spc / 2].size();
  s->nelems = large ? 1 : static_cast<u32>(npages * kHeapPage / s->elemsize);
  s->freelist = nullptr;
  s->freeindex = s->allocCount = large;
  s->listed = false;
  s->most_cached = large ? 0 : 2 * kSizeClasses.at[spc / 2].batch;
  s->spanclass = spc;
  s->state = SpanState::in_use;
  if (kDevBuild && s->allocBits != nullptr)
    for (Atomic<u32>& w : s->allocBits->word) w.store_relaxed(0);
  for (usize i = 0; i < npages; i++) entry(s->base + i * kHeapPage).store_relaxed(s);
  stay_below_limit();  // only now: until it is in use and entered, the span looks like a free run that a neighbour may join
  return s;
}

void mheap_free(MSpan* s) {
  Locked l(&mheap.lock);
  mheap_pages.in_use -= s->npages;
  if (s->spanclass >= kLargeSpan) mheap_pages.large_objects--, mheap_pages.large_pages -= s->npages;
  if (s->huge_bytes != 0) {
    // The maps lie at the start, in order, and fill less than an arena up to that of the one in which the object begins.
    const uintptr at = align_down(reinterpret_cast<uintptr>(&entry(s->base)), kArenaBytes);
    set_arenas(at, s->huge_bytes, nullptr);
    unmap(at, s->huge_bytes);
    drop_span(s);
    return;
  }
  // No stale pointer to it stays: a wild delete finds nothing.
  for (usize i = 0; i < s->npages; i++) entry(s->base + i * kHeapPage).store_relaxed(nullptr);
  mheap_pages.dirty += s->npages;
  free_run(s, SpanState::dirty);
}

i64 mheap_set_limit(i64 limit) {
  Locked l(&mheap.lock);  // which stay_below_limit's reader holds, so on 32 bits nobody sees half of it
  const i64 before = gcController.memoryLimit;
  if (limit < 0) return before;
  gcController.setMemoryLimit(limit);
  stay_below_limit();
  return before;
}

// Near is a twentieth less than the limit, as for Go's scavenger: there shall be room while it works. What others than the heap have,
// stacks most of all, nobody here counts; so the kernel's count is the one that matters, where it is larger.
bool mheap_near_limit(u64 resident) {
  Locked l(&mheap.lock);
  const u64 limit = static_cast<u64>(gcController.memoryLimit);
  return !scavenge_down(max(resident, used_bytes()), limit - limit / 20);
}

usize mheap_scavenge_all() {
  Locked l(&mheap.lock);
  return scavenge_locked(~usize{0});
}

usize heap_in_use() { return mheap_pages.in_use * kHeapPage; }

usize bgscavenge(i64 now) {
  static constinit i64 last = 0;  // sysmon's alone
  // Read without the lock: a hint.
  if (mheap_pages.dirty <= mheap_pages.in_use / 10 + kKeptPages || now - last < kScavengeNs) return 0;
  last = now;
  Locked l(&mheap.lock);
  return scavenge_locked(kScavengeBytes / kHeapPage) * kHeapPage;
}

}  // namespace rt0
