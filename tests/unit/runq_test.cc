// sched/runq: the local run queue against a model, and with its owner and thieves at work at once. No goroutine may be
// lost or come out twice. TSan checks that what the putting thread wrote into a G is ordered before what the taking
// thread reads.
#include "sched/runq.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "base/lock.h"
#include "hosted/hosted.h"

namespace rt0 {
namespace {

using hosted::ThisThreadIsM;
using Clock = std::chrono::steady_clock;

class runq : public testing::Test {
 protected:
  void SetUp() override {
    sched = {};
    lockInit(&sched.lock, LockRank::sched);
    gomaxprocs.store_relaxed(4);
    ps_.clear();
    for (u32 i = 0; i < 4; i++) {
      ps_.push_back(std::make_unique<P>());
      ps_.back()->id = static_cast<PId>(i);
      ps_.back()->status.v = i % 2 == 0 ? PStatus::running : PStatus::idle;
    }
  }
  P* p(usize i) { return ps_[i].get(); }
  std::vector<G*> make(usize n) {
    gs_ = std::vector<G>(n);
    std::vector<G*> all;
    for (usize i = 0; i < n; i++) {
      gs_[i].goid = i + 1;
      all.push_back(&gs_[i]);
    }
    return all;
  }

  // Repeats a race until its threads must have met on any machine. Each round has its own seed.
  template <class F>
  void for_a_while(F round) {
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(400);
    for (u32 seed = 0; (seed < 3 || Clock::now() < end) && !HasFailure(); seed++) {
      SetUp();
      round(seed);
      for (u32 i = 0; i < 4; i++) EXPECT_TRUE(runqempty(p(i)));
      EXPECT_EQ(sched.runqsize.v, 0u);
    }
  }

  void owner_and_three_thieves(u32 seed);
  void runnext_goes_to_one_only();
  void all_against_all(u32 seed);

  usize stolen_ = 0;
  std::vector<std::unique_ptr<P>> ps_;
  std::vector<G> gs_;
};

u64 id(const G* gp) { return gp == nullptr ? 0 : gp->goid; }

// The behaviour that runq.h promises, without concurrency.
struct Model {
  std::deque<G*>& global;
  std::deque<G*> local;
  G* next = nullptr;

  void put(G* gp, bool as_next) {
    if (as_next) {
      std::swap(gp, next);
      if (gp == nullptr) return;
    }
    if (local.size() < kRunqSize) {
      local.push_back(gp);
      return;
    }
    for (u32 i = 0; i < kRunqSize / 2; i++) {
      global.push_back(local.front());
      local.pop_front();
    }
    global.push_back(gp);
  }
  Runnable get() {
    if (next != nullptr) return {std::exchange(next, nullptr), true};
    if (local.empty()) return {};
    G* gp = local.front();
    local.pop_front();
    return {gp, false};
  }
  G* steal(Model& from, bool runnext) {
    usize n = from.local.size() - from.local.size() / 2;
    if (n == 0) return runnext ? std::exchange(from.next, nullptr) : nullptr;
    for (usize i = 0; i < n; i++) {
      local.push_back(from.local.front());
      from.local.pop_front();
    }
    G* gp = local.back();
    local.pop_back();
    return gp;
  }
  G* get_global(u32 max_n) {
    usize n = std::min(
        {global.size(), global.size() / static_cast<usize>(gomaxprocs.load_relaxed()) + 1, usize{kRunqSize / 2}});
    if (max_n > 0) n = std::min(n, usize{max_n});
    if (global.empty()) return nullptr;
    G* gp = global.front();
    global.pop_front();
    for (usize i = 1; i < n; i++) {
      put(global.front(), false);
      global.pop_front();
    }
    return gp;
  }
};

TEST_F(runq, as_the_model_says) {
  ThisThreadIsM self;
  std::mt19937 random(1);
  usize overflows = 0;
  for (u32 round = 0; round < 60; round++) {
    SetUp();
    std::deque<G*> global;
    Model models[2] = {{global, {}, nullptr}, {global, {}, nullptr}};
    std::vector<G*> free = make(2000);
    // In half of the rounds the counters start near their maximum, so that the indices wrap around.
    for (u32 i = 0; i < 2; i++)
      if (round % 2 == 1) p(i)->runqhead.v = p(i)->runqtail.v = ~u32{0} - 100 * (i + 1);
    const u32 puts = 30 + random() % 50;
    for (u32 step = 0; step < 5000; step++) {
      const u32 w = random() % 2, dice = random() % 100;
      Model& m = models[w];
      if (dice < puts) {
        if (free.empty()) continue;
        const bool next = random() % 3 == 0;
        overflows += m.local.size() == kRunqSize;
        m.put(free.back(), next);
        runqput(p(w), free.back(), next);
        free.pop_back();
      } else if (dice < 85) {
        const Runnable want = m.get(), got = runqget(p(w));
        ASSERT_EQ(id(got.gp), id(want.gp)) << "round " << round << " step " << step;
        ASSERT_EQ(got.inherit_time, want.inherit_time);
        if (got.gp != nullptr) free.push_back(got.gp);
      } else if (dice < 90) {
        if (!m.local.empty()) continue;  // a P steals only when it has nothing left
        const bool runnext = random() % 2 == 0;
        G* want = m.steal(models[1 - w], runnext);
        G* got = runqsteal(p(w), p(1 - w), runnext);
        ASSERT_EQ(id(got), id(want)) << "round " << round << " step " << step;
        if (got != nullptr) free.push_back(got);
      } else if (dice < 95) {
        // runqget from the global queue takes a fair share only if there is room for it, as in schedule().
        const u32 max_n = m.local.size() <= kRunqSize / 2 ? random() % 3 * 50 : 1;
        lock(&sched.lock);
        G* want = m.get_global(max_n);
        G* got = globrunqget(p(w), max_n);
        unlock(&sched.lock);
        ASSERT_EQ(id(got), id(want)) << "round " << round << " step " << step;
        if (got != nullptr) free.push_back(got);
      } else {
        GQueue q;
        u32 n = 0;
        for (const u32 want = random() % 300; n < want && !free.empty(); n++) {
          G* gp = free.back();
          free.pop_back();
          q.push_back(gp);
          if (m.local.size() < kRunqSize) m.local.push_back(gp);
          else global.push_back(gp);
        }
        if (n > 0) runqputbatch(p(w), &q, n);
      }
      for (u32 i = 0; i < 2; i++) {
        ASSERT_EQ(p(i)->runqtail.v - p(i)->runqhead.v, models[i].local.size());
        ASSERT_EQ(runqempty(p(i)), models[i].local.empty() && models[i].next == nullptr);
      }
      ASSERT_EQ(sched.runqsize.v, global.size());
    }
  }
  EXPECT_GT(overflows, 10u) << "runqputslow was hardly tried";
  EXPECT_EQ(self.m.locks, 0);
}

TEST_F(runq, events) {
  ThisThreadIsM self;
  const std::vector<G*> gs = make(kRunqSize + 1);
  for (u32 i = 0; i < kRunqSize; i++) runqput(p(0), gs[i], false);
  hosted::Recording recording;
  runqput(p(0), gs[kRunqSize], false);
  EXPECT_NE(runqsteal(p(1), p(0), true), nullptr);
  lock(&sched.lock);
  EXPECT_NE(globrunqget(p(2), 5), nullptr);
  unlock(&sched.lock);
  EXPECT_NE(runqsteal(p(3), p(2), true), nullptr);
  std::vector<std::string> seen;
  for (const std::string& e : recording.events)
    if (e.substr(0, 4) != "runq") seen.push_back(e);
  EXPECT_EQ(seen, (std::vector<std::string>{"RunqOverflow 129", "ProcSteal 0", "GlobrunqGet 5", "ProcSteal 2"}));
}

// The time slice is over: the goroutine that would inherit it goes to the end of the global queue, and the request is
// done.
TEST_F(runq, the_heir_goes_to_the_global_queue) {
  ThisThreadIsM self;
  const std::vector<G*> gs = make(2);
  p(0)->preempt.v = 1;
  end_slice(p(0));  // nothing is in runnext
  EXPECT_EQ(p(0)->preempt.v, 0u);
  EXPECT_EQ(sched.runqsize.v, 0u);
  runqput(p(0), gs[0], false);
  runqput(p(0), gs[1], true);
  p(0)->preempt.v = 1;
  end_slice(p(0));
  EXPECT_EQ(p(0)->preempt.v, 0u);
  EXPECT_EQ(sched.runq.head, gs[1]);
  const Runnable r = runqget(p(0));
  EXPECT_EQ(r.gp, gs[0]);
  EXPECT_FALSE(r.inherit_time);
  EXPECT_EQ(self.m.locks, 0);
}

// Checks each G that is taken: marks it, so that a second taker is detected, and reads and writes without atomics what
// the putting thread wrote. The ledger's own shared data is relaxed, so that only the queue can order one thread's
// accesses before another's.
struct Ledger {
  explicit Ledger(usize n) : in_hand(n + 1), rest(n) {}
  ~Ledger() {
    EXPECT_EQ(rest, 0u) << "goroutines were lost";
    EXPECT_EQ(twice, 0u) << "goroutines came out twice";
    EXPECT_EQ(torn, 0u) << "a taker saw a goroutine as it was before it was put";
  }
  std::vector<std::atomic<bool>> in_hand;
  std::atomic<usize> rest;  // goroutines that have not ended yet
  std::atomic<usize> twice{0}, torn{0};

  void take(G* gp) {
    if (in_hand[gp->goid].exchange(true, std::memory_order_relaxed)) twice.fetch_add(1, std::memory_order_relaxed);
    if (gp->parent_goid != gp->goid * 3 + gp->created.line) torn.fetch_add(1, std::memory_order_relaxed);
  }
  void give(G* gp) {
    gp->parent_goid = gp->goid * 3 + --gp->created.line;
    in_hand[gp->goid].store(false, std::memory_order_relaxed);
  }
  void end() { rest.fetch_sub(1, std::memory_order_relaxed); }
  bool over() const { return rest.load(std::memory_order_relaxed) == 0 || Clock::now() > deadline; }
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(20);
};

// All threads begin together and yield now and then, so that they also meet on fewer CPUs than threads.
struct Start {
  std::atomic<u32> missing;
  void wait() {
    missing--;
    while (missing != 0) std::this_thread::yield();
  }
};

// One owner puts and gets; three thieves steal and put nothing back.
void runq::owner_and_three_thieves(u32 seed) {
  constexpr usize kGs = 10000;
  const std::vector<G*> gs = make(kGs);
  Ledger ledger(kGs);
  for (G* gp : gs) {
    gp->created.line = 2;
    gp->parent_goid = gp->goid * 3 + 2;
    ledger.in_hand[gp->goid] = true;
  }
  const auto end = [&](G* gp) {
    ledger.take(gp);
    ledger.end();
  };
  std::vector<std::thread> threads;
  Start start{4};
  threads.emplace_back([&] {
    ThisThreadIsM self;
    std::mt19937 random(seed);
    const u32 floods = seed % 2 == 0 ? 16 : 2;  // how rarely the queue is filled
    start.wait();
    for (usize made = 0; made < kGs || !ledger.over();) {
      for (u32 burst = random() % (random() % floods == 0 ? 400 : 8); burst > 0 && made < kGs; burst--) {
        G* gp = gs[made++];
        ledger.give(gp);
        runqput(p(0), gp, random() % 2 == 0);
      }
      if (random() % 64 == 0) std::this_thread::yield();
      for (u32 burst = random() % 6; burst > 0; burst--)
        if (G* gp = runqget(p(0)).gp; gp != nullptr) end(gp);
      if (made == kGs || random() % 64 == 0) {
        lock(&sched.lock);
        G* gp = globrunqget(p(0), 1);
        unlock(&sched.lock);
        if (gp != nullptr) end(gp);
      }
    }
  });
  std::atomic<usize> stolen{0};
  for (u32 i = 1; i < 4; i++)
    threads.emplace_back([&, i] {
      ThisThreadIsM self;
      start.wait();
      while (!ledger.over()) {
        G* gp = runqsteal(p(i), p(0), i == 3);
        if (gp == nullptr) std::this_thread::yield();
        for (; gp != nullptr; gp = runqget(p(i)).gp) {
          end(gp);
          stolen++;
        }
      }
    });
  for (std::thread& t : threads) t.join();
  stolen_ += stolen;
}
TEST_F(runq, owner_and_three_thieves) {
  for_a_while([&](u32 seed) { owner_and_three_thieves(seed); });
  EXPECT_GT(stolen_, 100u) << "the thieves hardly got anything: this run shows nothing";
}

// The owner puts one goroutine at a time and takes it back at once, while two thieves try to steal it.
void runq::runnext_goes_to_one_only() {
  constexpr usize kGs = 10000;
  const std::vector<G*> gs = make(kGs);
  Ledger ledger(kGs);
  for (G* gp : gs) gp->created.line = 1;
  const auto end = [&](G* gp) {
    ledger.take(gp);
    ledger.end();
  };
  std::vector<std::thread> threads;
  std::atomic<usize> stolen{0};
  Start start{3};
  for (u32 i = 1; i < 3; i++)
    threads.emplace_back([&, i] {
      ThisThreadIsM self;
      start.wait();
      while (!ledger.over()) {
        G* gp = runqsteal(p(i), p(0), true);
        if (gp == nullptr) std::this_thread::yield();
        for (; gp != nullptr; gp = runqget(p(i)).gp) {
          end(gp);
          stolen.fetch_add(1, std::memory_order_relaxed);
        }
      }
    });
  ThisThreadIsM self;
  start.wait();
  for (usize i = 0; i < kGs; i++) {
    // While the P runs, a thief sleeps between reading runnext and taking it.
    p(0)->status.store_relaxed(i / 1000 % 2 == 0 ? PStatus::running : PStatus::idle);
    ledger.give(gs[i]);
    runqput(p(0), gs[i], true);
    if (i % 64 == 0) std::this_thread::yield();
    for (u32 k = 0; k < i % 64; k++) compiler_barrier();
    while (G* gp = runqget(p(0)).gp) end(gp);
  }
  for (std::thread& t : threads) t.join();
  stolen_ += stolen;
}
TEST_F(runq, runnext_goes_to_one_only) {
  for_a_while([&](u32) { runnext_goes_to_one_only(); });
  EXPECT_GT(stolen_, 10u) << "the thieves hardly got anything: this run shows nothing";
}

// Each thread owns a P, steals from all others, and puts each goroutine that it got back several times.
void runq::all_against_all(u32 seed) {
  constexpr usize kGs = 3000;
  constexpr u32 kHops = 30;
  const std::vector<G*> gs = make(kGs);
  Ledger ledger(kGs);
  {
    ThisThreadIsM self;
    for (G* gp : gs) {
      gp->created.line = kHops + 1;
      ledger.give(gp);
      runqput(p(0), gp, true);  // most of them overflow to the global queue
    }
  }
  std::vector<std::thread> threads;
  for (u32 i = 0; i < 4; i++)
    threads.emplace_back([&, i] {
      ThisThreadIsM self;
      std::mt19937 random(4 * seed + i);
      std::vector<G*> hand;
      while (!ledger.over()) {
        G* gp = runqget(p(i)).gp;
        if (gp == nullptr && sched.runqsize.load_relaxed() != 0) {
          lock(&sched.lock);
          gp = globrunqget(p(i), 0);
          unlock(&sched.lock);
        }
        if (gp == nullptr) gp = runqsteal(p(i), p((i + 1 + random() % 3) % 4), random() % 2 == 0);
        if (gp != nullptr) {
          ledger.take(gp);
          hand.push_back(gp);
        }
        // Now and then puts many at once, so that queues are full and empty by turns.
        if (gp != nullptr && hand.size() < random() % 300) continue;
        for (G* h : hand) {
          if (h->created.line == 0) {
            ledger.end();
          } else {
            ledger.give(h);
            runqput(p(i), h, random() % 4 == 0);
          }
        }
        hand.clear();
      }
    });
  for (std::thread& t : threads) t.join();
}
TEST_F(runq, all_against_all) {
  for_a_while([&](u32 seed) { all_against_all(seed); });
}

// A queue that is never empty must never look empty, while a goroutine moves from runnext to the queue's end and away.
TEST_F(runq, runqempty_is_never_wrong) {
  const std::vector<G*> gs = make(2);
  std::atomic<bool> over{false};
  std::atomic<u32> wrong{0};
  Start start{3};
  ThisThreadIsM self;
  runqput(p(0), gs[0], true);
  std::vector<std::thread> watchers;
  for (u32 i = 0; i < 2; i++)
    watchers.emplace_back([&] {
      ThisThreadIsM other;
      start.wait();
      while (!over) wrong += runqempty(p(0));
    });
  G* in_hand = gs[1];
  start.wait();
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(400);
  for (u32 i = 0; i % 1024 != 0 || Clock::now() < end; i++) {
    if (i % 1024 == 0) std::this_thread::yield();
    runqput(p(0), in_hand, true);  // moves the other one to the end of the queue
    in_hand = runqget(p(0)).gp;    // runnext is empty now, the queue is not
    runqput(p(0), in_hand, true);
    in_hand = runqsteal(p(1), p(0), false);  // now the queue is empty, runnext is not
    ASSERT_NE(in_hand, nullptr);
  }
  over = true;
  for (std::thread& t : watchers) t.join();
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
}  // namespace rt0
