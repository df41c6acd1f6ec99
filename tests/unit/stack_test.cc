// mem/stack: caches, pools, large stacks and the scavenger, with threads at work at once. From stackalloc to stackfree
// a stack has one owner, which stamps it and later compares the stamps. TSan checks that the last owner's accesses are
// ordered before the next owner's.
#include "mem/stack.h"
#include "mem/sysmem.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "hosted/memory.h"
#include "mem/stack_larger.h"
#include "mem/stackpool.h"

namespace rt0 {
namespace {

using Clock = std::chrono::steady_clock;
constexpr u32 kOrders = kNumStackOrders + 3;  // 16 KiB to 2 MiB

struct Owned {
  u8* base;
  usize bytes;
  bool guard;
  u64 stamp;

  // Words at the top, where a free stack has its link, above the guard, and in between. Each is on another page, so
  // that the scavenger has pages to take.
  static constexpr usize kPlaces = 6;
  u64* place(usize i) const {
    const usize room = bytes - physPageSize - 64;
    return reinterpret_cast<u64*>(base + physPageSize + align_down(room * i / (kPlaces - 1), 8));
  }
  u64* top(usize i) const { return reinterpret_cast<u64*>(base + bytes) - i; }
  void write() const {
    for (usize i = 0; i < kPlaces; i++) *place(i) = stamp + i;
    for (usize i = 1; i <= 3; i++) *top(i) = stamp - i;
  }
  bool intact() const {
    for (usize i = 0; i < kPlaces; i++)
      if (*place(i) != stamp + i) return false;
    for (usize i = 1; i <= 3; i++)
      if (*top(i) != stamp - i) return false;
    return true;
  }
};

class stack : public testing::Test {
 protected:
  hosted::MemoryKernel kernel_;
  hosted::ThisThreadIsM self_;
};

// Allocates and frees at random until the time is over. Then all of its stacks go back, and its cache goes to the
// pools.
struct Worker {
  explicit Worker(u32 id) : random(id), next(u64{id} << 40) {}
  std::mt19937 random;
  u64 next;
  StackCache cache = {};
  std::vector<Owned> owned;
  usize taken = 0, damaged = 0, refused = 0;

  void take() {
    const u32 order = random() % 4 == 0 ? random() % kOrders : random() % kNumStackOrders;
    const bool guard = random() % 8 != 0;  // the stacks of Ms have none
    Owned o = {nullptr, kStackMin << order, guard, next += 64};
    try {
      o.base = static_cast<u8*>(stackalloc(o.bytes, guard, guard && random() % 8 != 0 ? &cache : nullptr));
    } catch (const hosted::Thrown&) {
      refused++;
      return;
    }
    o.write();
    owned.push_back(o);
    taken++;
  }
  void give(usize i) {
    const Owned o = owned[i];
    owned[i] = owned.back();
    owned.pop_back();
    damaged += !o.intact();
    if (o.guard && random() % 8 != 0) stackcachefree(&cache, o.base, o.bytes);
    else stackfree(o.base, o.bytes, o.guard);
  }
  void run(u32 most, Clock::time_point end) {
    // Many stacks and few, by turns, so that caches overflow and run dry.
    while (Clock::now() < end) {
      for (const usize until = random() % most; owned.size() < until && refused < 1000;) {
        take();
        if (random() % 4 == 0 && !owned.empty()) give(random() % owned.size());
      }
      for (const usize until = random() % most; owned.size() > until;) give(random() % owned.size());
      if (random() % 16 == 0) stackcache_clear(&cache);
      std::this_thread::yield();
    }
    while (!owned.empty()) give(0);
    stackcache_clear(&cache);
  }
};

// Checks that the pools hold each stack once and none inside another; returns the number of bytes.
usize look_at_pools() {
  std::set<std::pair<uintptr, uintptr>> all;
  usize bytes = 0;
  for (u32 order = 0; order < kNumStackOrders + kNumLargeOrders; order++)
    for (const bool guard : {false, true}) {
      const FreeStacks pool(order, guard);
      for (const FreeStack* s = pool.list->load_relaxed(); s != nullptr; s = s->next) {
        const uintptr base = reinterpret_cast<uintptr>(s->base);
        EXPECT_TRUE(all.emplace(base, base + (kStackMin << order)).second) << "a free stack is in two places";
        bytes += kStackMin << order;
      }
    }
  uintptr last = 0;
  for (const auto& [base, end] : all) {
    EXPECT_LE(last, base) << "free stacks overlap";
    last = end;
  }
  return bytes;
}

void work(u32 threads, u32 most, std::chrono::milliseconds time, bool scavenge) {
  std::vector<Worker> workers;
  for (u32 i = 0; i < threads; i++) workers.emplace_back(i + 1);
  const Clock::time_point end = Clock::now() + time;
  std::atomic<u32> running{threads};
  std::vector<std::thread> all;
  for (Worker& w : workers)
    all.emplace_back([&] {
      hosted::ThisThreadIsM self;
      w.run(most, end);
      running--;
    });
  usize scavenged = 0;
  while (running != 0) {
    if (scavenge) scavenged += stackpool_scavenge();
    std::this_thread::yield();
  }
  for (std::thread& t : all) t.join();
  for (const Worker& w : workers) {
    EXPECT_EQ(w.damaged, 0u) << "another thread wrote to this stack";
    EXPECT_GT(w.taken, 100u);
    EXPECT_TRUE(w.owned.empty());
  }
  if (scavenge) { EXPECT_GT(scavenged, 100u); }
}

TEST_F(stack, many_owners_at_once) {
  work(4, 200, std::chrono::milliseconds(1500), false);
  EXPECT_GT(look_at_pools(), usize{1} << 20);
}

TEST_F(stack, many_owners_and_the_scavenger) {
  work(3, 200, std::chrono::milliseconds(1500), true);
  hosted::dontneed_fails = 5;
  work(3, 50, std::chrono::milliseconds(500), true);
  hosted::dontneed_fails = 0;
  // Clean stacks are not given back a second time.
  (void)stackpool_scavenge();
  const usize before = hosted::given_back;
  EXPECT_EQ(stackpool_scavenge(), 0u);
  EXPECT_EQ(hosted::given_back, before);
  (void)look_at_pools();
}

// When no address space is left, smaller stacks are cut out of larger ones, by several threads at once. A thread that
// gets no stack gets an error.
TEST_F(stack, larger_ones_are_cut_up) {
  stack_cut_larger();
  std::vector<void*> large;
  for (u32 i = 0; i < 40; i++) large.push_back(stackalloc(kStackMin << (kOrders + 1), true));
  for (void* p : large) stackfree(p, kStackMin << (kOrders + 1), true);
  // A thread that gets an error has found every free stack taken. At most a few threads get less than they could have.
  hosted::map_fails = 1;
  work(4, 400, std::chrono::milliseconds(1500), true);
  hosted::map_fails = 0;
  (void)look_at_pools();
}

// A cache that has become too long gives half of its stacks to the pool, so that the next few calls need no lock.
TEST_F(stack, a_long_cache_keeps_half) {
  hosted::ThisThreadIsM self;
  StackCache c = {};
  std::vector<void*> all;
  for (u32 i = 0; i < 100; i++) all.push_back(stackalloc(kStackMin, true, &c));
  u32 before = c.of[0].n, halved = 0;
  for (void* p : all) {
    stackcachefree(&c, p, kStackMin);
    if (c.of[0].n <= before) {
      EXPECT_EQ(c.of[0].n, (before + 1) / 2);
      halved++;
    }
    before = c.of[0].n;
  }
  EXPECT_GT(halved, 0u);
  stackcache_clear(&c);
  EXPECT_EQ(c.of[0].n, 0u);
}

// One thread, one stack: the same memory again, the guard in its place, and only the topmost page left by the
// scavenger.
TEST_F(stack, one_after_another) {
  for (u32 order = 0; order < kOrders; order++) {
    const usize bytes = kStackMin << order;
    u8* p = static_cast<u8*>(stackalloc(bytes, true));
    for (usize i = physPageSize; i < bytes; i += physPageSize) p[i] = 1;
    stackfree(p, bytes, true);
    const usize before = hosted::given_back;
    EXPECT_EQ(stackpool_scavenge() > 0, true);
    EXPECT_GE(hosted::given_back - before, bytes - 2 * physPageSize);
    EXPECT_EQ(stackalloc(bytes, true), p);
    EXPECT_EQ(p[physPageSize], 0);
    EXPECT_EQ(p[bytes - physPageSize], 1);
    stackfree(p, bytes, true);
  }
  EXPECT_THROW(stackalloc(kStackMin + 1, true), hosted::Thrown);
  EXPECT_THROW(stackalloc(kStackMin / 2, true), hosted::Thrown);
  StackCache c = {};
  EXPECT_THROW(stackalloc(kStackMin, false, &c), hosted::Thrown);
}

}  // namespace
}  // namespace rt0
