// mem/mheap: the page heap against a simple model. After every operation the spans cover each arena without overlap,
// free runs of one kind are never neighbours (H3), the counters equal the sums over the spans, and each object still
// has the bytes that were written to it.
#include "mem/mheap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "hosted/memory.h"
#include "mem/gc.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"

namespace rt0 {
namespace {

using Word = volatile usize;

// Half of the objects in these tests are large, half are spans of small ones; which size class those have does not
// matter here.
constexpr SpanClass kSmall = 2;

struct Object {
  MSpan* span;
  usize npages, stamp;
  SpanClass spc;
};

class mheap : public testing::Test {
 protected:
  void SetUp() override {
    static bool inited = false;
    if (!inited) mheap_init();
    inited = true;
    hosted::fake_nanotime = 1;  // giving back takes no time, so nothing delays it
    gcController.init(100, kMemoryLimitOff);
  }
  void TearDown() override {
    hosted::map_fails = hosted::dontneed_fails = 0;
    while (!objects_.empty()) free(objects_.begin());
    gcController.setMemoryLimit(kMemoryLimitOff);
    look();
    EXPECT_EQ(mheap_pages.in_use, 0u);
    EXPECT_EQ(mheap_pages.large_objects, 0u);
    EXPECT_EQ(mheap_pages.large_pages, 0u);
    mheap_scavenge_all();
    EXPECT_EQ(mheap_pages.dirty, 0u);
    look();
  }

  bool alloc(usize npages, usize align, SpanClass spc) {
    MSpan* s = mheap_alloc(npages, align, spc);
    if (s == nullptr) return false;
    EXPECT_EQ(s->npages, npages);
    EXPECT_EQ(s->base % (align * kHeapPage), 0u);
    EXPECT_EQ(s->spanclass, spc);
    EXPECT_EQ(s->state, SpanState::in_use);
    for (usize i = 0; i < npages; i += stride(npages)) {
      Word* p = page(s, i);
      if (!s->needzero) {
        EXPECT_TRUE(p[0] == 0 && p[kHeapPage / sizeof(usize) - 1] == 0) << "pages that count as zero are not";
      }
      p[0] = stamps_ + i;
      p[kHeapPage / sizeof(usize) - 1] = stamps_ + i;
      EXPECT_EQ(spanOf(reinterpret_cast<uintptr>(p) + 8), s);
    }
    const bool fresh = objects_.emplace(s->base, Object{s, npages, stamps_, spc}).second;
    EXPECT_TRUE(fresh) << "given twice";
    stamps_ += npages;
    return true;
  }

  void intact(const Object& o) {
    for (usize i = 0; i < o.npages; i += stride(o.npages)) {
      Word* p = page(o.span, i);
      ASSERT_TRUE(p[0] == o.stamp + i && p[kHeapPage / sizeof(usize) - 1] == o.stamp + i)
          << "other code wrote to it, or took it";
    }
  }
  void free(std::map<uintptr, Object>::iterator at) {
    const Object o = at->second;
    intact(o);
    objects_.erase(at);
    mheap_free(o.span);
  }

  // Makes a large object longer by `more` pages; false if that is impossible.
  bool grow(std::map<uintptr, Object>::iterator at, usize more) {
    Object& o = at->second;
    if (!mheap_grow(o.span, o.npages + more)) return false;
    EXPECT_EQ(o.span->base, at->first);
    for (usize i = o.npages; i < o.npages + more; i++) {
      Word* p = page(o.span, i);
      p[0] = o.stamp + i;
      p[kHeapPage / sizeof(usize) - 1] = o.stamp + i;
      EXPECT_EQ(spanOf(reinterpret_cast<uintptr>(p)), o.span);
    }
    o.npages += more;
    EXPECT_EQ(o.span->elemsize, o.npages * kHeapPage);
    return true;
  }

  // Compares everything with the model.
  void look() {
    struct Run {
      uintptr end;
      SpanState state;
    };
    std::map<uintptr, Run> runs;
    usize in_use = 0, dirty = 0, large = 0, large_pages = 0;
    for (const MSpan* s = mheap_allspans; s != nullptr; s = s->alllink) {
      if (s->state == SpanState::unused) continue;
      ASSERT_GT(s->npages, 0u);
      ASSERT_TRUE(runs.emplace(s->base, Run{s->base + s->npages * kHeapPage, s->state}).second)
          << "two spans begin at one place";
      if (s->state == SpanState::dirty) dirty += s->npages;
      if (s->state != SpanState::in_use) continue;
      in_use += s->npages;
      const auto o = objects_.find(s->base);
      ASSERT_TRUE(o != objects_.end() && o->second.span == s && o->second.npages == s->npages)
          << "no test has asked for this span";
      if (s->spanclass >= kLargeSpan) large++, large_pages += s->npages;
    }
    ASSERT_EQ(mheap_pages.in_use, in_use);
    ASSERT_EQ(mheap_pages.dirty, dirty);
    ASSERT_EQ(mheap_pages.large_objects, large);
    ASSERT_EQ(mheap_pages.large_pages, large_pages);
    usize live = 0;
    for (const auto& o : objects_) live += o.second.npages;
    ASSERT_EQ(in_use, live);
    // The runs of an ordinary arena cover it without a gap from the end of its map to its own end. The arena of a huge
    // object ends earlier.
    const Run* last = nullptr;
    for (const auto& [base, run] : runs) {
      const uintptr arena = align_down(base, kArenaBytes);
      if (last == nullptr || align_down(last->end - 1, kArenaBytes) != arena) {
        ASSERT_LE(base - arena, align_up(sizeof(HeapArena), kHeapPage) * 4) << "pages are lost at an arena's begin";
        if (last != nullptr && !is_huge(last->end)) {
          ASSERT_EQ(last->end % kArenaBytes, 0u) << "pages are lost at an arena's end";
        }
      } else {
        ASSERT_EQ(last->end, base) << "spans overlap, or pages are lost";
        ASSERT_TRUE(run.state == SpanState::in_use || run.state != last->state)
            << "H3: two free runs of a kind are neighbours";
      }
      last = &run;
    }
  }
  bool is_huge(uintptr end) {
    auto o = objects_.upper_bound(end - 1);
    return o != objects_.begin() && (--o)->second.span->huge_bytes != 0;
  }

  // Touching a page costs time: for a huge object, some pages are enough.
  static usize stride(usize npages) { return npages > 1000 ? 61 : 1; }
  static Word* page(const MSpan* s, usize i) { return reinterpret_cast<Word*>(s->base + i * kHeapPage); }

  hosted::MemoryKernel kernel_;
  hosted::ThisThreadIsM self_;
  std::map<uintptr, Object> objects_;  // by address
  usize stamps_ = 1;
};

// A former bug: an object got clean pages beside dirty ones, and the limit was passed. The dirty pages became clean,
// and were joined with the pages that had just been given to the object.
TEST_F(mheap, limit_beside_a_new_span) {
  ASSERT_TRUE(alloc(40, 1, kLargeSpan) && alloc(8, 1, kLargeSpan) && alloc(8, 1, kLargeSpan));
  const uintptr a = objects_.begin()->first;
  free(objects_.begin());
  mheap_scavenge_all();
  free(objects_.begin());
  mheap_set_limit(16 * kHeapPage);
  ASSERT_TRUE(alloc(40, 1, kLargeSpan));
  EXPECT_EQ(objects_.begin()->first, a);
  look();
}

// Free pages count, too, and are given back when a new object would exceed the limit.
TEST_F(mheap, limit) {
  ASSERT_TRUE(alloc(60, 1, kLargeSpan) && alloc(1, 1, kLargeSpan));
  free(objects_.begin());
  EXPECT_EQ(mheap_pages.dirty, 60u);
  mheap_set_limit(100 * kHeapPage);
  EXPECT_EQ(mheap_pages.dirty, 60u);
  ASSERT_TRUE(alloc(70, 1, kLargeSpan));
  EXPECT_GE(mheap_pages.dirty, 28u);
  EXPECT_LE(mheap_pages.dirty, 29u);
  mheap_set_limit(80 * kHeapPage);
  EXPECT_LE(mheap_pages.dirty, 9u);
  look();
}

// A wild pointer into a freed object must find no span: its MSpan may soon be another object's.
TEST_F(mheap, freed_pages_lead_to_no_object) {
  ASSERT_TRUE(alloc(10, 1, kLargeSpan) && alloc(1, 1, kLargeSpan));
  const uintptr at = objects_.begin()->first;
  free(objects_.begin());
  ASSERT_TRUE(alloc(3, 1, kLargeSpan));
  for (usize i = 3; i < 10; i++) {
    const MSpan* s = spanOf(at + i * kHeapPage);
    EXPECT_TRUE(s == nullptr || s->state != SpanState::in_use) << "page " << i;
  }
}

// With many runs that are too short, the shortest that is long enough is found at once.
TEST_F(mheap, shortest_run_that_is_long_enough) {
  for (usize n = 1; n <= 40; n++) ASSERT_TRUE(alloc(n, 1, kLargeSpan) && alloc(1, 1, kLargeSpan));
  std::map<usize, uintptr> runs;
  for (auto at = objects_.begin(); at != objects_.end();) {
    const auto here = at++;
    if (here->second.npages == 1 || here->second.npages % 3 != 0) continue;
    runs[here->second.npages] = here->first;
    free(here);
  }
  for (usize n = 39; n > 3; n -= 3) {  // each leaves a free run of 2 pages
    ASSERT_TRUE(alloc(n - 2, 1, kLargeSpan));
    EXPECT_EQ(objects_.count(runs[n]), 1u) << n - 2 << " pages do not lie in the run of " << n;
  }
  look();
}

// The object is followed by dirty pages, then clean ones, then another object.
TEST_F(mheap, grows_in_place) {
  ASSERT_TRUE(alloc(4, 1, kLargeSpan) && alloc(6, 1, kLargeSpan) && alloc(5, 1, kLargeSpan) && alloc(2, 1, kLargeSpan));
  const auto a = objects_.begin();
  free(std::next(objects_.begin(), 2));
  mheap_scavenge_all();
  free(std::next(objects_.begin()));
  EXPECT_EQ(mheap_pages.dirty, 6u);
  EXPECT_FALSE(grow(a, 7));
  EXPECT_TRUE(grow(a, 2));
  EXPECT_EQ(mheap_pages.dirty, 4u);
  look();
  EXPECT_TRUE(grow(a, 4));
  EXPECT_EQ(mheap_pages.dirty, 0u);
  look();
  EXPECT_TRUE(grow(a, 5));
  EXPECT_FALSE(grow(a, 1));
  intact(a->second);
  look();
}

TEST_F(mheap, at_random) {
  usize huge = 0, refused = 0, limited = 0, near = 0, grown = 0;
  for (u32 seed = 1; seed <= 60; seed++) {
    std::mt19937 random(seed);
    const auto one_of = [&](u32 n) { return random() % n; };
    const bool faults = seed % 3 == 0;
    hosted::map_fails = faults ? 3 : 0;
    hosted::dontneed_fails = faults ? 7 : 0;
    mheap_set_limit(kMemoryLimitOff);
    for (u32 step = 0; step < 700 && !HasFailure(); step++) {
      const usize before = mheap_pages.in_use;
      const u32 dice = one_of(100);
      SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << step << " dice " << dice);
      if (dice < 45 || objects_.empty()) {
        if (faults && one_of(20) == 0) malloc_fail_at.store_relaxed(malloc_requests.load_relaxed() + 1 + one_of(3));
        const bool large = one_of(2) == 0;
        usize n = large ? 1 + one_of(1u << one_of(9)) : kSizeClasses.at[kSmall / 2].pages;
        if (one_of(faults ? 100 : 700) == 0) n = kArenaPages - one_of(20), huge++;
        const usize align = large && one_of(8) == 0 ? usize{1} << one_of(6) : 1;
        const bool ok = alloc(n, align, large ? static_cast<SpanClass>(kLargeSpan + one_of(2)) : kSmall);
        EXPECT_TRUE(ok || faults);
        refused += !ok;
        const usize limit = static_cast<usize>(gcController.memoryLimit) / kHeapPage;
        if (ok && !faults && mheap_pages.in_use + mheap_pages.dirty > limit) {
          EXPECT_EQ(mheap_pages.dirty, 0u) << "the limit is passed though there are free pages";
          limited++;
        }
        EXPECT_EQ(mheap_pages.in_use, before + (ok ? n : 0));
      } else if (dice < 52) {
        const auto at = std::next(objects_.begin(), one_of(static_cast<u32>(objects_.size())));
        const usize more = 1 + one_of(1u << one_of(6));
        if (at->second.spc >= kLargeSpan && grow(at, more)) {
          grown++;
          EXPECT_EQ(mheap_pages.in_use, before + more);
        } else {
          EXPECT_EQ(mheap_pages.in_use, before);
        }
      } else if (dice < 85) {
        free(std::next(objects_.begin(), one_of(static_cast<u32>(objects_.size()))));
      } else if (dice < 88) {
        mheap_scavenge_all();
        if (!faults) { EXPECT_EQ(mheap_pages.dirty, 0u); }
      } else if (dice < 92) {
        (void)bgscavenge(static_cast<i64>(step + 1) * kScavengeNs);
      } else if (dice < 97) {
        // Mostly near the heap's present size.
        const usize pages = mheap_pages.in_use + one_of(64);
        mheap_set_limit(one_of(4) == 0 ? kMemoryLimitOff : static_cast<i64>(pages * kHeapPage));
      } else {
        const u64 resident = one_of(2) == 0 ? 0 : mheap_pages.in_use * kHeapPage + one_of(1 << 20);
        const bool is = mheap_near_limit(resident);
        near += is;
        if (!is && !faults) {
          const u64 limit = static_cast<u64>(gcController.memoryLimit);
          EXPECT_LE((u64{mheap_pages.in_use} + mheap_pages.dirty) * kHeapPage, limit - limit / 20);
        }
      }
      malloc_fail_at.store_relaxed(0);
      look();
    }
    for (const auto& o : objects_) intact(o.second);
    hosted::map_fails = hosted::dontneed_fails = 0;
    while (!objects_.empty() && !HasFailure()) free(objects_.begin());
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(huge, 5u);
  EXPECT_GT(refused, 4u);
  EXPECT_GT(limited, 500u);
  EXPECT_GT(near, 50u);
  EXPECT_GT(grown, 300u);
}

}  // namespace
}  // namespace rt0
