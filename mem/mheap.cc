// Arenas and pages: runs of pages for spans, and back. Go: mheap.go, mpagealloc.go, mgcscavenge.go. Differs: free runs
// lie in bins by length and are joined with their neighbours as they come back; Go keeps bitmaps under a tree of
// summaries.
#include "mem/mheap.h"

#include "kernel_iface/kernel.h"
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

// In a section that the collector does not look through: see arch/rt0.ld.
[[gnu::section(".bss.noptr.mheap_arenas")]] constinit Atomic<HeapArena*> mheap_arenas[kMaxArenas] = {};
constinit HeapPages mheap_pages = {};
constinit MSpan* mheap_allspans = nullptr;

namespace {

constexpr usize kKeptPages = (1 << 20) / kHeapPage;  // bgscavenge always leaves this many dirty pages

// Free runs of one kind (H3), in bins by length: a bin for each length there can be, so that the shortest run which is
// long enough is found in a few steps, however many there are. A run that is as long as an arena, or longer, is in
// none. Of the bins, 128 KB where words have 64 bits, only the pages of those that are used are ever touched.
constexpr usize kBinWords = kArenaPages / 32, kBinGroups = (kBinWords + 31) / 32;
struct Runs {
  u32 groups[kBinGroups];  // a bit for each word of `filled` that is not 0
  u32 filled[kBinWords];   // a bit for each bin that is not empty
  MSpan* bins[kArenaPages];
};

constinit struct {
  Mutex lock;
  MSpan* unused GUARDED_BY(lock);  // MSpans to use again
  u32 nunused GUARDED_BY(lock);
  Runs dirty GUARDED_BY(lock);
  Runs clean GUARDED_BY(lock);
} mheap = {};

// The address at which the kernel is asked to put the next arena, and how many more such addresses will be tried.
// Arenas go upwards from it; where the kernel puts one elsewhere, the hint moves on by a step. With 64 bits the hints
// are 0x00c0, 0x01c0, … × 2^32, as in Go: valid user addresses on every ISA, and easy to tell from other pointers in a
// dump. Go: arenaHint.
constexpr uintptr kHintStep = uintptr{1} << (kPtrSize == 8 ? 40 : 28);
constinit uintptr next_hint GUARDED_BY(mheap.lock) = kPtrSize == 8 ? kHintStep / 4 * 3 : 4 * kHintStep;
constinit u32 hints_left GUARDED_BY(mheap.lock) = kPtrSize == 8 ? 16 : 4;

Runs& runs_of(SpanState kind) REQUIRES(mheap.lock) { return kind == SpanState::clean ? mheap.clean : mheap.dirty; }

Atomic<MSpan*>& entry(uintptr a) {
  return mheap_arenas[a >> kArenaShift].load_relaxed()->spans[a % kArenaBytes / kHeapPage];
}

void unmap(uintptr p, usize bytes) {
  if (bytes != 0) (void)kernel->mem_unmap(reinterpret_cast<void*>(p), bytes);
}

// Address space for `bytes` at a multiple of kArenaBytes: at a hint, or anywhere; 0 if there is none.
uintptr map_space(usize bytes) REQUIRES(mheap.lock) {
  for (; hints_left != 0; hints_left--, next_hint += kHintStep) {
    const uintptr p = reinterpret_cast<uintptr>(sysAlloc(bytes, reinterpret_cast<void*>(next_hint)));
    if (p == 0) return 0;
    if (p == next_hint) {
      next_hint += align_up(bytes, kArenaBytes);
      return p;
    }
    unmap(p, bytes);  // the room at the hint is taken: try the next hint
  }
  if (bytes + kArenaBytes < bytes) return 0;
  const uintptr got = reinterpret_cast<uintptr>(sysAlloc(bytes + kArenaBytes));
  if (got == 0) return 0;
  const uintptr p = align_up(got, kArenaBytes);
  unmap(got, p - got);  // unmaps the parts before and after it: a 32-bit address space is soon used up
  unmap(p + bytes, got + kArenaBytes - p);
  return p;
}

constexpr usize arenas_in(usize bytes) { return (bytes + kArenaBytes - 1) / kArenaBytes; }
constexpr usize meta_bytes(usize bytes) { return align_up(arenas_in(bytes) * sizeof(HeapArena), kHeapPage); }

// Enters the arenas of [at, at + bytes) in mheap_arenas, the first one's map being at `arena`; with a null `arena`
// removes them.
void set_arenas(uintptr at, usize bytes, HeapArena* arena) REQUIRES(mheap.lock) {
  mheap_pages.system += arena != nullptr ? bytes : 0 - bytes;
  for (uintptr i = at >> kArenaShift, end = i + arenas_in(bytes); i < end; i++) {
    mheap_arenas[i].store_release(arena);
    if (arena != nullptr) arena++;
  }
}

// New arenas, entered in mheap_arenas; 0 if there is no memory.
uintptr map_arenas(usize bytes) REQUIRES(mheap.lock) {
  const uintptr at = map_space(bytes);
  if (at == 0) return 0;
  if ((at + (bytes - 1)) >> kArenaShift >= kMaxArenas) {
    unmap(at, bytes);
    return 0;
  }
  set_arenas(at, bytes, reinterpret_cast<HeapArena*>(at));
  return at;
}

void drop_span(MSpan* s) REQUIRES(mheap.lock) {
  s->state = SpanState::unused;
  s->next = mheap.unused;
  mheap.unused = s;
  mheap.nunused++;
}
// Each operation calls this first. It needs at most kReserve new MSpans, so it can't run out of them halfway, with the
// heap in disorder. False if there is no memory.
constexpr u32 kReserve = 4;
bool reserve_spans() REQUIRES(mheap.lock) {
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
MSpan* new_span(uintptr base, usize npages, SpanState kind) REQUIRES(mheap.lock) {
  MSpan* s = mheap.unused;
  mheap.unused = s->next;
  mheap.nunused--;
  s->base = base;
  s->npages = npages;
  s->huge_bytes = 0;
  s->state = kind;
  return s;
}

// Puts a free run into its bin. It must have no free neighbour of its kind (H3).
void put_run(MSpan* s) REQUIRES(mheap.lock) {
  Runs& runs = runs_of(s->state);
  const usize b = s->npages;
  runs.filled[b / 32] |= u32{1} << b % 32;
  runs.groups[b / 1024] |= u32{1} << b / 32 % 32;
  s->prev = nullptr;
  s->next = runs.bins[b];
  if (s->next != nullptr) s->next->prev = s;
  runs.bins[b] = s;
  // join() looks at the first and the last page of a neighbour only. Entries between them may be stale.
  entry(s->base).store_relaxed(s);
  entry(s->base + (s->npages - 1) * kHeapPage).store_relaxed(s);
}
void take_run(MSpan* s) REQUIRES(mheap.lock) {
  if (s->next != nullptr) s->next->prev = s->prev;
  if (s->prev != nullptr) {
    s->prev->next = s->next;
    return;
  }
  Runs& runs = runs_of(s->state);
  const usize b = s->npages;
  runs.bins[b] = s->next;
  if (s->next != nullptr) return;
  runs.filled[b / 32] &= ~(u32{1} << b % 32);
  if (runs.filled[b / 32] == 0) runs.groups[b / 1024] &= ~(u32{1} << b / 32 % 32);
}

// Joins the run with the neighbour that lies at `a`, if that is free and of the same kind (H3). An arena's first page
// is never looked at here, so runs of two arenas are not joined.
void join(MSpan* s, uintptr a) REQUIRES(mheap.lock) {
  if (a % kArenaBytes == 0) return;
  MSpan* other = entry(a).load_relaxed();
  if (other == nullptr || other->state != s->state) return;
  take_run(other);
  s->base = min(s->base, other->base);
  s->npages += other->npages;
  drop_span(other);
}

// Makes a run that is in no bin a free one of that kind.
void free_run(MSpan* s, SpanState kind) REQUIRES(mheap.lock) {
  s->state = kind;
  join(s, s->base + s->npages * kHeapPage);
  join(s, s->base - kHeapPage);
  put_run(s);
}

// The shortest run of the kind that has at least npages; null if there is none. Not taken yet.
MSpan* find_run(const Runs& runs, usize npages) {
  if (npages >= kArenaPages) return nullptr;
  usize w = npages / 32;
  u32 bins = runs.filled[w] >> npages % 32 << npages % 32;
  if (bins == 0) {
    usize g = ++w / 32;
    u32 words = g < kBinGroups ? runs.groups[g] >> w % 32 << w % 32 : 0;
    while (words == 0) {
      if (++g >= kBinGroups) return nullptr;
      words = runs.groups[g];
    }
    w = g * 32 + static_cast<usize>(__builtin_ctz(words));
    bins = runs.filled[w];
  }
  return runs.bins[w * 32 + static_cast<usize>(__builtin_ctz(bins))];
}
MSpan* longest_run(const Runs& runs) {
  for (usize g = kBinGroups; g-- > 0;) {
    if (runs.groups[g] == 0) continue;
    const usize w = g * 32 + 31 - static_cast<usize>(__builtin_clz(runs.groups[g]));
    return runs.bins[w * 32 + 31 - static_cast<usize>(__builtin_clz(runs.filled[w]))];
  }
  return nullptr;
}

// Gives up to npages dirty pages back to the kernel, the longest runs first; returns how many. Go: pageAlloc.scavenge.
usize scavenge_locked(usize npages) REQUIRES(mheap.lock) {
  // Not where the kernel's pages are longer than the heap's: one of them may hold objects beside the free run.
  if (physPageSize > kHeapPage || !reserve_spans()) return 0;
  usize done = 0;
  while (done < npages) {
    MSpan* s = longest_run(mheap.dirty);
    if (s == nullptr) break;
    const usize n = min(s->npages, npages - done);
    if (!kernel->mem_dontneed(reinterpret_cast<void*>(s->base), n * kHeapPage).ok()) break;
    take_run(s);
    if (n < s->npages) {  // only a part of it was asked for; this is the last round
      put_run(new_span(s->base + n * kHeapPage, s->npages - n, SpanState::dirty));
      s->npages = n;
    }
    free_run(s, SpanState::clean);
    done += n;
    mheap_pages.dirty -= n;
    mheap_pages.released += n;
  }
  return done;
}

// A new run of at least npages, in no bin: all pages of a new arena, or, if it does not fit into one, of as many as it
// takes. Those belong to this run alone (huge_bytes) and are unmapped when it is freed. Null if there is no memory.
//
// Where address space is scarce (ulimit -v) and there is none for a whole arena, the first half of one is tried, the
// first quarter, and so on. The map's entries for the rest stay null, so that nothing looks for a span there.
MSpan* grow(usize npages) REQUIRES(mheap.lock) {
  const usize n = npages * kHeapPage;
  usize bytes = align_up(n, kArenaBytes);
  while (bytes - n < meta_bytes(bytes)) bytes += kArenaBytes;
  uintptr at = bytes < n ? 0 : map_arenas(bytes);
  while (at == 0 && bytes <= kArenaBytes && bytes / 2 >= n + meta_bytes(bytes)) {
    bytes /= 2;
    at = map_arenas(bytes);
  }
  if (at == 0) return nullptr;
  const usize meta = meta_bytes(bytes);
  MSpan* s = new_span(at + meta, (bytes - meta) / kHeapPage, SpanState::clean);
  if (bytes > kArenaBytes) s->huge_bytes = bytes;
  return s;
}

// Cuts [base, base + npages pages) out of the run, which lies in no bin; the remainders on both sides are put into
// bins.
void cut_run(MSpan* s, uintptr base, usize npages) REQUIRES(mheap.lock) {
  const uintptr end = base + npages * kHeapPage, s_end = s->base + s->npages * kHeapPage;
  if (base != s->base) put_run(new_span(s->base, (base - s->base) / kHeapPage, s->state));
  if (end != s_end) put_run(new_span(end, (s_end - end) / kHeapPage, s->state));
}

MSpan* alloc_pages(usize npages, usize align) REQUIRES(mheap.lock) {
  const usize want = npages + align - 1;
  MSpan* s;
  do {
    if (!reserve_spans()) return nullptr;
    s = find_run(mheap.dirty, want);  // dirty pages first: they cost memory already
    if (s == nullptr) s = find_run(mheap.clean, want);
    // Neither a dirty nor a clean run is long enough, but a dirty and a clean one that are neighbours may be: pages
    // made clean are joined. Ends, for each round makes at least one page clean.
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

// Where the arenas of a huge object begin: their maps lie at the start, in order, and fill less than an arena up to the
// map of the one in which the object begins.
uintptr huge_begin(const MSpan* s) { return align_down(reinterpret_cast<uintptr>(&entry(s->base)), kArenaBytes); }

u64 used_bytes() { return (u64{mheap_pages.in_use} + mheap_pages.dirty) * kHeapPage; }

// Gives free pages back until what is used has fallen to the goal, as far as there are any. True if it has.
bool scavenge_down(u64 used, u64 goal) REQUIRES(mheap.lock) {
  if (RT0_LIKELY(used <= goal)) return true;
  if (mheap_pages.dirty == 0) return false;
  const u64 over = used - goal;
  return scavenge_locked(static_cast<usize>(min<u64>(over / kHeapPage + 1, mheap_pages.dirty))) * u64{kHeapPage} >=
         over;
}

// GOMEMLIMIT: gives free pages back before the heap exceeds the limit. The time for that must be bounded: if the live
// objects alone exceed the limit, each allocation would give back the pages that the next one takes, and nearly all
// time would be spent on it. So each nanosecond spent here counts eightfold in `debt`: once for itself, the rest
// because pages given back must be faulted in and zeroed again, which takes three times as long, and to leave the
// program half of a CPU's time. The debt shrinks as time goes by; while it is larger than kMostDebt, nothing is given
// back here. sysmon gives back the rest: see mheap_near_limit. Go: heap growth scavenging, gcCPULimiter.
//
// The clock is the tracer's: reading it does not advance a simulated clock, on which sizes must have no influence.
void stay_below_limit() REQUIRES(mheap.lock) {
  constexpr i64 kMostDebt = 50 * 1000 * 1000;
  static constinit i64 debt = 0, last = 0;  // guarded by the lock
  const u64 used = used_bytes(), limit = static_cast<u64>(gcController.memoryLimit);
  if (RT0_LIKELY(used <= limit) || mheap_pages.dirty == 0) return;
  const i64 begin = kernel->tracetime();
  debt = max<i64>(0, debt - (begin - last));
  last = begin;
  if (debt > kMostDebt) return;
  (void)scavenge_down(used, limit);
  debt += 8 * (kernel->tracetime() - begin);
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
  // Not earlier: it may make a neighbour of this span clean and join that with the free runs beside it. Before this
  // span is in use and entered in the map, it would be taken for such a free run.
  stay_below_limit();
  return s;
}

void mheap_free(MSpan* s) {
  Locked l(&mheap.lock);
  mheap_pages.in_use -= s->npages;
  if (s->spanclass >= kLargeSpan) mheap_pages.large_objects--, mheap_pages.large_pages -= s->npages;
  if (s->huge_bytes != 0) {
    const uintptr at = huge_begin(s);
    set_arenas(at, s->huge_bytes, nullptr);
    unmap(at, s->huge_bytes);
    drop_span(s);
    return;
  }
  // No stale entry stays, so that a delete of a wrong pointer finds no span.
  for (usize i = 0; i < s->npages; i++) entry(s->base + i * kHeapPage).store_relaxed(nullptr);
  mheap_pages.dirty += s->npages;
  free_run(s, SpanState::dirty);
}

bool mheap_grow(MSpan* s, usize npages) {
  Locked l(&mheap.lock);
  const uintptr end = s->base + s->npages * kHeapPage;
  const usize more = npages - s->npages;
  if (s->huge_bytes != 0) {
    if (s->base + npages * kHeapPage > huge_begin(s) + s->huge_bytes) return false;
  } else {
    if (end % kArenaBytes == 0) return false;
    MSpan* next = entry(end).load_relaxed();
    if (next == nullptr || (next->state != SpanState::dirty && next->state != SpanState::clean)) return false;
    if (next->npages < more) return false;
    take_run(next);
    if (next->state == SpanState::dirty) mheap_pages.dirty -= more;
    next->base += more * kHeapPage;
    next->npages -= more;
    if (next->npages != 0) put_run(next);
    else drop_span(next);
  }
  s->npages = npages;
  s->elemsize = npages * kHeapPage;
  mheap_pages.in_use += more;
  mheap_pages.large_pages += more;
  for (usize i = 0; i < more; i++) entry(end + i * kHeapPage).store_relaxed(s);
  stay_below_limit();
  return true;
}

i64 mheap_set_limit(i64 limit) {
  Locked l(&mheap.lock);  // every reader of the limit holds it, so on 32 bits no reader sees half of a new one
  const i64 before = gcController.memoryLimit;
  if (limit < 0) return before;
  gcController.setMemoryLimit(limit);
  (void)scavenge_down(used_bytes(), static_cast<u64>(limit));
  return before;
}

// Near means within a twentieth of the limit, as for Go's scavenger, so that there is room while it works. The heap
// does not know what other parts of the process take, stacks most of all. So the kernel's count is used where it is
// larger.
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
  static constinit i64 last = 0;  // only sysmon calls this
  // Read without the lock: a hint.
  if (mheap_pages.dirty <= mheap_pages.in_use / 10 + kKeptPages || now - last < kScavengeNs) return 0;
  last = now;
  Locked l(&mheap.lock);
  return scavenge_locked(kScavengeBytes / kHeapPage) * kHeapPage;
}

}  // namespace rt0
