// sched/lock: mutexes and notes on real futexes; threads are Ms. TSan finds accesses that a lock fails to order.
#include "base/lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "hosted/hosted.h"

namespace rt0 {
namespace {

using hosted::ThisThreadIsM;
using hosted::Thrown;

i64 now_ns() { return kernel->nanotime(); }

template <class F>
void in_threads(u32 n, F f) {
  std::vector<std::thread> threads;
  for (u32 i = 0; i < n; i++)
    threads.emplace_back([&f, i] {
      ThisThreadIsM self;
      f(i, self);
    });
  for (std::thread& t : threads) t.join();
}

class lock_test : public testing::TestWithParam<i32> {
 protected:
  void SetUp() override { ncpu = GetParam(); }
  void TearDown() override { ncpu = 4; }
};

// Plain variables under the lock: a lost update or a data race means that two threads held it at once.
TEST_P(lock_test, one_at_a_time) {
  constexpr u32 kThreads = 4, kRounds = 20000;
  Mutex l{};
  lockInit(&l, LockRank::sched);
  u64 count = 0;
  u32 inside = 0;
  in_threads(kThreads, [&](u32 who, ThisThreadIsM& self) {
    for (u32 i = 0; i < kRounds; i++) {
      lock(&l);
      if (inside != 0) ADD_FAILURE() << "two inside";
      inside = who + 1;
      count++;
      if (i % 512 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));  // so that others go to sleep
      if (inside != who + 1) ADD_FAILURE() << "two inside";
      inside = 0;
      unlock(&l);
    }
    if (self.m.locks != 0) ADD_FAILURE() << "locks left: " << self.m.locks;
  });
  EXPECT_EQ(count, u64{kThreads} * kRounds);
  EXPECT_EQ(l.key.v, 0u);
}

// All threads sleep on the futex while the lock is held for long; each must be woken, one after the other.
TEST_P(lock_test, sleepers_are_woken) {
  constexpr u32 kThreads = 6;
  for (u32 round = 0; round < 20; round++) {
    Mutex l{};
    lockInit(&l, LockRank::sched);
    std::atomic<u32> waiting{0};
    u32 through = 0;
    ThisThreadIsM self;
    lock(&l);
    std::thread others([&] {
      in_threads(kThreads, [&](u32, ThisThreadIsM&) {
        waiting++;
        lock(&l);
        through++;
        unlock(&l);
      });
    });
    while (waiting != kThreads) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    unlock(&l);
    others.join();
    EXPECT_EQ(through, kThreads);
  }
}

INSTANTIATE_TEST_SUITE_P(cpus, lock_test, testing::Values(1, 4), testing::PrintToStringParamName());

TEST(lock, scopes_and_counts) {
  ThisThreadIsM self;
  Mutex a{}, b{};
  lockInit(&a, LockRank::sched);
  lockInit(&b, LockRank::allg);
  {
    Locked la(&a);
    EXPECT_EQ(a.key.v, 1u);
    EXPECT_EQ(self.m.locks, 1);
    Locked lb(&b);
    EXPECT_EQ(self.m.locks, 2);
  }
  EXPECT_EQ(a.key.v, 0u);
  EXPECT_EQ(b.key.v, 0u);
  EXPECT_EQ(self.m.locks, 0);
}

TEST(lock, unlock_of_what_is_not_locked) {
  ThisThreadIsM self;
  Mutex l{};
  lockInit(&l, LockRank::sched);
  EXPECT_THROW(unlock(&l), Thrown);
}

// The lock word was written over by other code: the thread that holds the lock notices.
TEST(lock, unlock_of_what_has_become_free) {
  ThisThreadIsM self;
  Mutex l{};
  lockInit(&l, LockRank::sched);
  lock(&l);
  l.key.store_relaxed(0);
  EXPECT_THROW(unlock(&l), Thrown);
}

TEST(lock, count_below_zero) {
  ThisThreadIsM self;
  Mutex l{};
  lockInit(&l, LockRank::sched);
  lock(&l);
  self.m.locks = 0;
  EXPECT_THROW(unlock(&l), Thrown);
  self.m.locks = -1;
  lock(&l);  // checks nothing: the unlock that must follow does
  self.m.locks = -1;
  EXPECT_THROW(unlock(&l), Thrown);
}

#if RT0_LOCKRANK
constexpr LockRank kRanks[] = {
#define RANK(name) LockRank::name,
#include "base/lockrank.def"
#undef RANK
};

TEST(lock, ranks_are_kept) {
  for (LockRank first : kRanks)
    for (LockRank second : kRanks) {
      if (first == LockRank::hchan && second == first) continue;  // see below
      ThisThreadIsM self;
      Mutex a{}, b{};
      lockInit(&a, first);
      lockInit(&b, second);
      lock(&a);
      if (first < second) {
        lock(&b);
        EXPECT_EQ(self.m.nheld, 2u);
        unlock(&a);  // in any order
        unlock(&b);
        EXPECT_EQ(self.m.nheld, 0u);
      } else {
        EXPECT_THROW(lock(&b), Thrown) << static_cast<u32>(first) << " then " << static_cast<u32>(second);
      }
    }
}

// A select locks several channels, in the order of lockOrder, so that two selects do not wait for each other.
TEST(lock, channels_are_locked_in_an_order_of_their_own) {
  Mutex chans[20];
  for (Mutex& c : chans) lockInit(&c, LockRank::hchan);
  // Numbers are given in the opposite order of the addresses.
  u32 last = 0;
  for (usize i = std::size(chans); i-- > 0;) {
    const u32 order = lockOrder(&chans[i]);
    EXPECT_GT(order, last);
    EXPECT_EQ(lockOrder(&chans[i]), order) << "it keeps its number";
    last = order;
  }
  {
    ThisThreadIsM self;
    for (usize i = std::size(chans); i-- > 0;) EXPECT_NO_THROW(lock(&chans[i]));
    for (Mutex& c : chans) EXPECT_NO_THROW(unlock(&c));  // as selunlock does
    EXPECT_EQ(self.m.nheld, 0u);
  }
  ThisThreadIsM self;
  lock(&chans[0]);
  EXPECT_THROW(lock(&chans[1]), Thrown);
}

TEST(lock, ranks_do_not_matter_on_the_way_out) {
  ThisThreadIsM self;
  Mutex a{}, b{};
  lockInit(&a, LockRank::trace);
  lockInit(&b, LockRank::sched);
  self.m.throwing = Throwing::runtime;
  lock(&a);
  EXPECT_NO_THROW(lock(&b));
  EXPECT_NO_THROW(unlock(&a));
  EXPECT_NO_THROW(unlock(&b));
}

TEST(lock, unlock_of_another_threads_lock) {
  ThisThreadIsM self;
  Mutex l{};
  lockInit(&l, LockRank::sched);
  std::thread([&] {
    ThisThreadIsM other;
    lock(&l);
  }).join();
  EXPECT_THROW(unlock(&l), Thrown);
}
#endif

// Two threads pass a plain variable back and forth.
TEST(note, ping_pong) {
  constexpr u32 kRounds = 5000;
  Note ping{}, pong{};
  u32 ball = 0;
  in_threads(2, [&](u32 who, ThisThreadIsM&) {
    for (u32 i = 0; i < kRounds; i++) {
      if (who == 0) {
        ball++;
        notewakeup(&ping);
        notesleep(&pong);
        noteclear(&pong);
      } else {
        notesleep(&ping);
        noteclear(&ping);
        ball++;
        notewakeup(&pong);
      }
    }
  });
  EXPECT_EQ(ball, 2 * kRounds);
}

TEST(note, woken_before_the_sleep) {
  ThisThreadIsM self;
  Note n{};
  noteclear(&n);
  notewakeup(&n);
  notesleep(&n);
  EXPECT_TRUE(notetsleep(&n, 0));
  EXPECT_TRUE(notetsleep(&n, -1));
  EXPECT_FALSE(self.m.blocked);
}

TEST(note, time_limits) {
  ThisThreadIsM self;
  Note n{};
  for (i64 ns : {i64{0}, i64{1}, i64{1000}, i64{2000000}, i64{20000000}}) {
    const i64 start = now_ns();
    EXPECT_FALSE(notetsleep(&n, ns));
    EXPECT_GE(now_ns() - start, ns);
  }
  EXPECT_FALSE(self.m.blocked);
}

// A wake-up races with the end of the time limit: the result must agree with the note.
TEST(note, woken_or_out_of_time) {
  u32 woken = 0, late = 0;
  for (u32 round = 0; round < 300; round++) {
    Note n{};
    std::atomic<bool> go{false};
    std::thread waker([&] {
      ThisThreadIsM other;
      while (!go) {}
      const i64 until = now_ns() + 150000;
      while (now_ns() < until) {}
      notewakeup(&n);
    });
    ThisThreadIsM self;
    go = true;
    const bool was_woken = notetsleep(&n, 100000 + round % 10 * 20000);
    (was_woken ? woken : late)++;
    if (was_woken) { EXPECT_EQ(n.key.load_acquire(), 1u); }
    waker.join();
    EXPECT_TRUE(notetsleep(&n, 0));
  }
  EXPECT_EQ(woken + late, 300u);
}

TEST(note, long_limit_does_not_wait_for_its_end) {
  Note n{};
  const i64 start = now_ns();
  in_threads(2, [&](u32 who, ThisThreadIsM&) {
    if (who == 0) {
      if (!notetsleep(&n, i64{60} * 1000000000)) ADD_FAILURE() << "not woken";
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      notewakeup(&n);
    }
  });
  EXPECT_LT(now_ns() - start, i64{30} * 1000000000);
}

TEST(note, misuse) {
  ThisThreadIsM self;
  Note n{};
  notewakeup(&n);
  EXPECT_THROW(notewakeup(&n), Thrown) << "woken twice";
  G goroutine{};
  goroutine.m = &self.m;
  Isa::setg(&goroutine);
  EXPECT_THROW(notesleep(&n), Thrown) << "not on g0";
  EXPECT_THROW(notetsleep(&n, 5), Thrown) << "not on g0";
  Isa::setg(&self.g0);
}

}  // namespace
}  // namespace rt0
