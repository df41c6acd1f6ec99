#include "mem/malloc.h"

#include "base/lock.h"
#include "kernel_iface/kernel.h"
#include "mem/sysmem.h"
#include "trace/trace.h"

namespace rt0 {

constinit InitTrace inittrace{};

namespace {

// --- Size classes ------------------------------------------------------------------------------------------------------
// 16, 32, 48, … 128 in steps of 16, then four classes to each doubling: an object wastes at most a fifth of its slot.
constexpr usize kStep = 16;
constexpr u32 kLinearClasses = 8;                 // 16 … 128
constexpr u32 kClasses = kLinearClasses + 8 * 4;  // … 32 KiB

constexpr usize class_size(u32 c) {
  if (c < kLinearClasses) return (c + 1) * kStep;
  const u32 doubling = (c - kLinearClasses) / 4, quarter = (c - kLinearClasses) % 4;
  return (usize{128} << doubling) / 4 * (5 + quarter);
}
static_assert(class_size(7) == 128 && class_size(8) == 160 && class_size(11) == 256);
static_assert(class_size(kClasses - 1) == kMaxSmallSize);

constexpr u32 class_of(usize n) {
  if (n <= 128) return n == 0 ? 0 : static_cast<u32>((n - 1) / kStep);
  u32 doubling = 0;
  while ((usize{256} << doubling) < n) doubling++;
  const usize quarter = (usize{128} << doubling) / 4;
  return kLinearClasses + doubling * 4 + static_cast<u32>((n - 1) / quarter) - 4;
}
static_assert(class_of(1) == 0 && class_of(129) == 8 && class_of(256) == 11 && class_of(257) == 12);
static_assert(class_of(kMaxSmallSize) == kClasses - 1);

// --- Arenas ------------------------------------------------------------------------------------------------------------
constexpr usize kArenaBytes = kPtrSize == 8 ? 64u << 20 : 4u << 20;
constexpr usize kArenaPages = kArenaBytes / kHeapPage;
constexpr usize kMaxAlloc = kPtrSize == 8 ? usize{1} << 46 : usize{1} << 30;

constexpr u8 kPageFree = 0, kPageLarge = 0xff;  // else: the size class of the objects on the page, plus 1
static_assert(kClasses < kPageLarge);

// Lies at the start of each arena, which is aligned to its size: so every address of the heap finds it.
struct Arena {
  u8 page_class[kArenaPages];
};
constexpr usize kHeaderPages = (sizeof(Arena) + kHeapPage - 1) / kHeapPage;

// In front of a large object, on its first page. Free runs of pages are chained through it.
struct LargeHeader {
  usize npages;
  LargeHeader* next;
};
constexpr usize kLargeHeader = 16;
static_assert(sizeof(LargeHeader) <= kLargeHeader);

struct Object {
  Object* next;
};

// Where to ask for the next arena: going up from addr. The kernel may put it elsewhere. Go: arenaHint.
struct ArenaHint {
  uintptr addr;
  ArenaHint* next;
};
constexpr u32 kHints = kPtrSize == 8 ? 16 : 4;

constinit struct {
  Mutex lock;
  ArenaHint hints[kHints];
  ArenaHint* arenaHints;
  uintptr at, end;         // the uncut part of the newest arena
  Object* free[kClasses];  // objects that were given back
  uintptr cut[kClasses];   // the uncut part of each class's newest run of pages
  uintptr cut_end[kClasses];
  LargeHeader* free_runs;  // runs of pages that were given back
  HeapStats stats;
} mheap = {};

u8& page_class(uintptr a) {
  return reinterpret_cast<Arena*>(align_down(a, kArenaBytes))->page_class[a % kArenaBytes / kHeapPage];
}

// `bytes` of address space at a multiple of kArenaBytes: at a hint, or anywhere; 0 if there is none.
uintptr map_arenas(usize bytes) {
  mheap.stats.system_bytes += bytes;
  while (ArenaHint* hint = mheap.arenaHints) {
    const uintptr p = reinterpret_cast<uintptr>(sysAlloc(bytes, reinterpret_cast<void*>(hint->addr)));
    if (p == hint->addr) {
      hint->addr += bytes;
      return p;
    }
    if (p != 0) (void)kernel->mem_unmap(reinterpret_cast<void*>(p), bytes);
    mheap.arenaHints = hint->next;  // its room is taken: try the next
  }
  const uintptr got = reinterpret_cast<uintptr>(sysAlloc(bytes + kArenaBytes));
  if (got != 0) {  // what lies beside it goes back: 32 bits are soon used up
    const uintptr p = align_up(got, kArenaBytes);
    if (p != got) (void)kernel->mem_unmap(reinterpret_cast<void*>(got), p - got);
    if (const usize rest = kArenaBytes - (p - got); rest != 0)
      (void)kernel->mem_unmap(reinterpret_cast<void*>(p + bytes), rest);
    return p;
  }
  mheap.stats.system_bytes -= bytes;
  return 0;
}

// A run of npages pages, a new one or the first that was given back and is long enough (its rest stays); 0 if there is
// none. A run that does not fit into an arena gets several to itself and is unmapped when it is given back.
uintptr alloc_run(usize npages, u8 what) {
  uintptr p = 0;
  for (LargeHeader** link = &mheap.free_runs; *link != nullptr; link = &(*link)->next) {
    LargeHeader* run = *link;
    if (run->npages < npages) continue;
    run->npages -= npages;  // from its end, so that the header stays with the rest
    p = reinterpret_cast<uintptr>(run) + run->npages * kHeapPage;
    if (run->npages == 0) *link = run->next;
    break;
  }
  if (p == 0) {
    const bool huge = npages > kArenaPages - kHeaderPages;
    if (huge || mheap.end - mheap.at < npages * kHeapPage) {
      const usize bytes = align_up((npages + kHeaderPages) * kHeapPage, kArenaBytes);
      const uintptr arena = map_arenas(bytes);
      if (arena == 0) return 0;
      p = arena + kHeaderPages * kHeapPage;
      if (!huge) {  // what the arena before has left is too short for this and stays unused
        mheap.at = p;
        mheap.end = arena + bytes;
      }
    }
    if (!huge) {
      p = mheap.at;
      mheap.at += npages * kHeapPage;
    }
  }
  for (usize i = 0; i < npages && (p / kHeapPage + i) / kArenaPages == p / kArenaBytes; i++)
    page_class(p + i * kHeapPage) = what;
  return p;
}

void* alloc_small(u32 c) {
  if (Object* o = mheap.free[c]; o != nullptr) {
    mheap.free[c] = o->next;
    return o;
  }
  const usize size = class_size(c);
  if (mheap.cut_end[c] - mheap.cut[c] < size) {
    const usize npages = align_up(size * 8, kHeapPage) / kHeapPage;  // at least eight objects
    const uintptr run = alloc_run(npages, static_cast<u8>(c + 1));
    if (run == 0) return nullptr;
    mheap.cut[c] = run;
    mheap.cut_end[c] = run + npages * kHeapPage;
  }
  void* p = reinterpret_cast<void*>(mheap.cut[c]);
  mheap.cut[c] += size;
  return p;
}

// The header lies right in front of the object; its run begins on the page on which the header lies, or before it if the
// alignment asks for more than a page.
void* alloc_large(usize n, usize align, usize* npages) {
  *npages = align_up(n + kLargeHeader + (align > kLargeHeader ? align : 0), kHeapPage) / kHeapPage;
  const uintptr run = alloc_run(*npages, kPageLarge);
  if (run == 0) return nullptr;
  const uintptr p = align_up(run + kLargeHeader, align);
  LargeHeader* h = reinterpret_cast<LargeHeader*>(p - kLargeHeader);
  h->npages = *npages;
  h->next = reinterpret_cast<LargeHeader*>(run);
  return reinterpret_cast<void*>(p);
}

// Large runs go back to the kernel at once; their addresses stay ours, but for those of a run with arenas to itself.
void free_large(LargeHeader h) {
  const uintptr run = reinterpret_cast<uintptr>(h.next);
  void* p = h.next;
  if (h.npages > kArenaPages - kHeaderPages) {
    const usize bytes = align_up((h.npages + kHeaderPages) * kHeapPage, kArenaBytes);
    mheap.stats.system_bytes -= bytes;
    (void)kernel->mem_unmap(reinterpret_cast<void*>(align_down(run, kArenaBytes)), bytes);
    return;
  }
  (void)kernel->mem_dontneed(p, h.npages * kHeapPage);
  for (usize i = 0; i < h.npages; i++) page_class(run + i * kHeapPage) = kPageFree;
  h.next->npages = h.npages;
  h.next->next = mheap.free_runs;
  mheap.free_runs = h.next;
}

// The smallest class that holds n bytes at a multiple of align; kClasses if only whole pages do.
u32 class_for(usize n, usize align) {
  if (n > kMaxSmallSize || align > kHeapPage) return kClasses;
  u32 c = class_of(max(n, align));
  while (c < kClasses && class_size(c) % align != 0) c++;
  return c;
}

}  // namespace

void mheap_init() {
  trace_boot(Ev::mheap_init);
  lockInit(&mheap.lock, LockRank::mheap);
}

void mallocinit() {
  trace_boot(Ev::mallocinit);
  mheap_init();
  // 64 bits: 0x00c0, 0x01c0, … × 2^32, as Go: valid user addresses everywhere, easy to tell in a dump from other pointers.
  for (u32 i = kHints; i-- > 0;) {
    ArenaHint* hint = &mheap.hints[i];
    hint->addr = kPtrSize == 8 ? static_cast<uintptr>((static_cast<u64>(i) << 40) | (u64{0x00c0} << 32))
                               : (static_cast<uintptr>(i) << 28) + 0x40000000u;
    hint->next = mheap.arenaHints;
    mheap.arenaHints = hint;
  }
}

void* mallocgc(usize n, usize align) {
  check(is_power_of_two(align), "mallocgc: bad alignment");
  if (n > kMaxAlloc || align > kArenaBytes / 4) return nullptr;
  align = max(align, kStep);
  const u32 c = class_for(n, align);
  usize npages = 0;
  lock(&mheap.lock);
  void* p = c < kClasses ? alloc_small(c) : alloc_large(n, align, &npages);
  if (p != nullptr) {
    const usize size = c < kClasses ? class_size(c) : npages * kHeapPage;
    mheap.stats.live_bytes += size;
    mheap.stats.live_objects++;
    if (RT0_UNLIKELY(inittrace.active) && inittrace.goid == mem_goid()) inittrace.allocs++, inittrace.bytes += size;
  }
  unlock(&mheap.lock);
  return p;
}

void heap_free(void* p) {
  if (p == nullptr) return;
  const uintptr a = reinterpret_cast<uintptr>(p);
  lock(&mheap.lock);
  const u8 what = page_class(a);  // faults for an address that was never in a heap
  usize size;
  if (what == kPageLarge) {
    const LargeHeader h = *reinterpret_cast<LargeHeader*>(a - kLargeHeader);
    size = h.npages * kHeapPage;
    free_large(h);
  } else {
    if (what == kPageFree || a % kStep != 0) throw_("delete of a pointer that new did not return");
    const u32 c = what - 1u;
    size = class_size(c);
    Object* o = static_cast<Object*>(p);
    o->next = mheap.free[c];
    mheap.free[c] = o;
  }
  mheap.stats.live_bytes -= size;
  mheap.stats.live_objects--;
  unlock(&mheap.lock);
}

HeapStats heap_stats_unlocked() { return mheap.stats; }

HeapStats heap_stats() {
  Locked l(&mheap.lock);
  return mheap.stats;
}

}  // namespace rt0
