// The snapshot of the program's memory.
//
// All memory that the program may write is write-protected after the snapshot. The first write to a page faults: the
// page's contents are copied aside, and the page is made writable; it is "hot" from then on, and is put back after each
// run. So after a few runs there are no more faults, and putting back is a copy of the few pages that runs write to. A
// page that is not hot has not changed, because nothing could write to it.
//
// Mappings that the program makes after the snapshot are kept when a run ends, and given out again, as zeroes, when a
// later run asks for a mapping of the same size. Guard pages stay protected, too; if another run uses the memory for
// something else, the first access faults, and the guard is taken away then.
#include "inside.h"
#include "kernel_iface/linux/uapi.h"
#include "linux_abi.h"

namespace rt0::explore {

using namespace linux_abi;
using namespace uapi;

namespace {

// What is known about a page. cold: protected, not looked at. zero: protected, holds zeroes. hot: writable, in `hot`.
// guard: no access; see Guard.
enum : u8 { kCold, kZero, kHot, kGuard };

struct Region {
  uintptr lo;
  usize n;
  u64 hint;
  u8* pages;  // one of the values above for each page
  u32 used;   // the run that has it; kAlways: from before the snapshot
};
struct HotPage {
  uintptr at;
  const u8* was;  // null: zeroes
};
struct Guard {
  uintptr lo;
  usize n;
  u32 run;  // the last run that asked for it
};
constexpr u32 kAlways = ~u32{0};
constexpr u32 kMostRegions = 16 * 1024, kMostGuards = 64 * 1024, kMostHot = 1024 * 1024;
constexpr usize kSlab = 1024 * 1024;

constinit Region* regions = nullptr;
constinit u32 nregions = 0, first_new = 0;
constinit HotPage* hot = nullptr;
constinit u32 nhot = 0;
constinit Guard* guards = nullptr;
constinit u32 nguards = 0;
constinit usize page = 0;
constinit u8 *slab = nullptr, *slab_end = nullptr;
constinit uintptr stack_lo = 0, stack_hi = 0;
constinit u8* stack_was = nullptr;
constinit bool snapshot_taken = false;
constinit Region* last_region = nullptr;

uintptr addr(const void* p) { return reinterpret_cast<uintptr>(p); }

bool set_protection(uintptr lo, usize n, uintptr prot) {
  return SysResult::of(Isa::syscall6(SYS_mprotect, lo, n, prot, 0, 0, 0)).ok();
}

// Sixteen bytes at a time, in vector registers where the ISA has them: this is most of what putting back costs.
using Vector = u64 __attribute__((vector_size(16), may_alias));
struct Line {
  Vector v[8];
};

RT0_INLINE void copy_page(uintptr to, const u8* from) {
  Line* t = reinterpret_cast<Line*>(to);
  const Line* f = reinterpret_cast<const Line*>(from);
  for (usize n = page / sizeof(Line); n > 0; n--, t++, f++) {
#pragma GCC unroll 8
    for (usize k = 0; k < 8; k++) t->v[k] = f->v[k];
  }
}
RT0_INLINE void clear_page(uintptr at) {
  Line* t = reinterpret_cast<Line*>(at);
  for (usize n = page / sizeof(Line); n > 0; n--, t++) {
#pragma GCC unroll 8
    for (usize k = 0; k < 8; k++) t->v[k] = Vector{};
  }
}
bool is_zero(uintptr at) {
  const u64* p = reinterpret_cast<const u64*>(at);
  for (usize i = 0; i < page / sizeof(u64); i++)
    if (p[i] != 0) return false;
  return true;
}

Region* region_of(uintptr at) {
  if (last_region != nullptr && at - last_region->lo < last_region->n) return last_region;
  for (u32 i = 0; i < nregions; i++)
    if (at - regions[i].lo < regions[i].n) return last_region = &regions[i];
  return nullptr;
}
u8* state_of(const Region* r, uintptr at) { return &r->pages[(at - r->lo) / page]; }

// Makes one page writable, and remembers what it held.
void make_hot(uintptr at, u8* s) {
  if (nhot == kMostHot) die("the program writes to too many pages");
  const u8* was = nullptr;
  if (*s != kZero && !is_zero(at)) {
    if (slab == slab_end) {
      slab = static_cast<u8*>(own_memory(kSlab));
      slab_end = slab + kSlab;
    }
    copy_page(addr(slab), reinterpret_cast<const u8*>(at));
    was = slab;
    slab += page;
  }
  if (!set_protection(at, page, PROT_READ | PROT_WRITE)) die("mprotect failed");
  hot[nhot++] = {at, was};
  *s = kHot;
}

void put_back(const HotPage& h) {
  if (h.was != nullptr) copy_page(h.at, h.was);
  else clear_page(h.at);
}

// Takes a page off the list of hot pages, with the contents of the snapshot.
void cool(uintptr at) {
  for (u32 i = 0; i < nhot; i++) {
    if (hot[i].at != at) continue;
    put_back(hot[i]);
    hot[i] = hot[--nhot];
    return;
  }
}

Guard* guard_of(uintptr at) {
  for (u32 i = 0; i < nguards; i++)
    if (at - guards[i].lo < guards[i].n) return &guards[i];
  return nullptr;
}

void remove_guard(Guard* g) {
  Region* r = region_of(g->lo);
  for (uintptr at = g->lo; at < g->lo + g->n; at += page) *state_of(r, at) = kCold;
  if (!set_protection(g->lo, g->n, PROT_READ)) die("mprotect failed");
  *g = guards[--nguards];
}

Region* add_region(uintptr lo, usize n, u64 hint, u32 used) {
  if (nregions == kMostRegions) die("the program has too many mappings");
  Region* r = &regions[nregions++];
  *r = {lo, n, hint, static_cast<u8*>(own_memory(n / page + 1)), used};
  return r;
}

}  // namespace

void* own_memory(usize n) {
  const SysResult r = linux_was.mem_map(nullptr, n);
  if (!r.ok()) die("no memory");
  return reinterpret_cast<void*>(r.value);
}

void pages_start() {
  page = 4096;  // until the kernel's is known; all there is before that is the process's first stack
  regions = static_cast<Region*>(own_memory(kMostRegions * sizeof(Region)));
  hot = static_cast<HotPage*>(own_memory(kMostHot * sizeof(HotPage)));
  guards = static_cast<Guard*>(own_memory(kMostGuards * sizeof(Guard)));
}

void pages_add(uintptr lo, usize n, u64 hint) { (void)add_region(lo, n, hint, kAlways); }

void pages_set_size(usize n) { page = n; }

void pages_snapshot(uintptr stack, uintptr stack_end) {
  const uintptr lo = align_down(imports.data_lo, page), hi = align_up(imports.data_hi, page);
  (void)add_region(lo, hi - lo, 0, kAlways);
  for (u32 i = 0; i < nguards; i++) {
    Region* r = region_of(guards[i].lo);
    guards[i].run = kAlways;
    for (uintptr at = guards[i].lo; r != nullptr && at < guards[i].lo + guards[i].n; at += page)
      *state_of(r, at) = kGuard;
  }
  for (u32 i = 0; i < nregions; i++) {
    // Not with one call: a guard must stay one.
    const Region& r = regions[i];
    for (uintptr at = r.lo; at < r.lo + r.n;) {
      uintptr end = at;
      while (end < r.lo + r.n && *state_of(&r, end) != kGuard) end += page;
      if (end > at && !set_protection(at, end - at, PROT_READ)) die("mprotect failed");
      at = end + page;
    }
  }
  first_new = nregions;
  stack_lo = stack;
  stack_hi = stack_end;
  stack_was = static_cast<u8*>(own_memory(stack_hi - stack_lo));
  __builtin_memcpy(stack_was, reinterpret_cast<void*>(stack_lo), stack_hi - stack_lo);
  snapshot_taken = true;
}

void pages_restore() {
  for (u32 i = 0; i < nhot; i++) put_back(hot[i]);
  for (u32 i = first_new; i < nregions; i++) regions[i].used = 0;
  __builtin_memcpy(reinterpret_cast<void*>(stack_lo), stack_was, stack_hi - stack_lo);
}

bool pages_fault(uintptr at) {
  if (!snapshot_taken) return false;
  at = align_down(at, page);
  Region* r = region_of(at);
  if (r == nullptr) return false;
  u8* s = state_of(r, at);
  switch (*s) {
    case kHot: return false;
    case kGuard: {
      Guard* g = guard_of(at);
      if (g == nullptr || g->run == kAlways || g->run == run_number) return false;
      remove_guard(g);
      return true;
    }
    default: make_hot(at, s); return true;
  }
}

void pages_touch(const void* p, usize n) {
  if (!snapshot_taken || n == 0) return;
  for (uintptr at = align_down(addr(p), page); at < addr(p) + n; at += page) {
    Region* r = region_of(at);
    if (r != nullptr && *state_of(r, at) != kHot) (void)pages_fault(at);
  }
}

SysResult pages_map(void* hint, usize n) {
  for (u32 i = first_new; snapshot_taken && i < nregions; i++) {
    Region& r = regions[i];
    if (r.used == run_number || r.n != n || r.hint != addr(hint)) continue;
    r.used = run_number;
    return {r.lo, Errno::ok};
  }
  const SysResult r = linux_was.mem_map(hint, n);
  if (!r.ok()) return r;
  if (!snapshot_taken) {
    pages_add(r.value, n, addr(hint));
    return r;
  }
  if (!set_protection(r.value, n, PROT_READ)) die("mprotect failed");
  Region* region = add_region(r.value, n, addr(hint), run_number);
  for (usize i = 0; i < n / page; i++) region->pages[i] = kZero;
  return r;
}

// A whole mapping of this run may be given out again in this run, as zeroes. Of all others the memory stays where it
// is: no other code may use it.
SysResult pages_unmap(void* p, usize n) {
  Region* r = region_of(addr(p));
  if (r == nullptr) return linux_was.mem_unmap(p, n);
  if (!snapshot_taken || r->lo != addr(p) || r->n != n || r->used != run_number) return {};
  (void)pages_dontneed(p, n);
  r->used = 0;
  return {};
}

SysResult pages_dontneed(void* p, usize n) {
  if (!snapshot_taken) return linux_was.mem_dontneed(p, n);
  for (uintptr at = addr(p); at < addr(p) + n; at += page) {
    Region* r = region_of(at);
    if (r == nullptr) continue;
    u8* s = state_of(r, at);
    if (*s == kCold) {
      if (is_zero(at)) *s = kZero;
      else make_hot(at, s);
    }
    if (*s == kHot) clear_page(at);
  }
  return {};
}

SysResult pages_protect(void* p, usize n, Prot prot) {
  const uintptr lo = addr(p);
  Region* r = region_of(lo);
  if (r == nullptr) return linux_was.mem_protect(p, n, prot);
  Guard* g = guard_of(lo);
  if (prot == Prot::read_write) {
    if (g != nullptr && snapshot_taken && g->run != kAlways) remove_guard(g);
    else if (!snapshot_taken) return linux_was.mem_protect(p, n, prot);
    return {};
  }
  if (g != nullptr && g->lo == lo && g->n == n) {
    if (g->run != kAlways) g->run = run_number;
    return {};
  }
  if (nguards == kMostGuards) return {0, Errno::nomem};
  for (uintptr at = lo; snapshot_taken && at < lo + n; at += page) {
    u8* s = state_of(r, at);
    if (*s == kHot) cool(at);
    *s = kGuard;
  }
  guards[nguards++] = {lo, n, run_number};
  return linux_was.mem_protect(p, n, Prot::none);
}

u64 pages_hot() { return nhot; }

}  // namespace rt0::explore
