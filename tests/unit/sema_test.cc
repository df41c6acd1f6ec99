// Semaphores and the parts of package sync, with threads as goroutines: each thread is an M with its own goroutine,
// which parks on a futex. Test programs cover what the real scheduler adds (order on one P, hand-off).
#include "lib/sync/sema.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hosted.h"
#include "rt0/panic.h"
#include "sched/proc.h"
#include "sched/runq.h"

namespace rt0 {

namespace {
std::atomic<int> parked{0};  // the number of threads that have released their lock and sleep
std::atomic<int> parks{0};   // how often that has happened
std::atomic<int> yields{0};
std::atomic<sync::Mutex*> overtaken{nullptr};  // the goroutine that wakes the next waiter locks this first
}  // namespace

// In place of the scheduler. `preempt` serves as the goroutine's wake-up token; nothing else uses it here.
void gopark(bool (*unlockf)(G*, void*), void* l, WaitReason) {
  G* gp = getg();
  parked++;
  parks++;
  if (unlockf != nullptr) unlockf(gp, l);
  while (gp->preempt.xchg_acquire(0) == 0) kernel->futexsleep(&gp->preempt, 0, -1);
  parked--;
}
void goparkunlock(Mutex* l, WaitReason why) {
  gopark([](G*, void* p) { return unlock(static_cast<Mutex*>(p)), true; }, l, why);
}
void goready(G* gp) {
  // The goroutine may run at once and free the memory in which the lock lies.
  if (getg()->m->locks != 0) throw_("goready: the caller holds a lock");
  if (sync::Mutex* mu = overtaken.exchange(nullptr)) mu->lock();
  gp->preempt.store_release(1);
  kernel->futexwakeup(&gp->preempt, 1);
}
void goyield() {
  yields++;
  kernel->osyield();
}
bool runqempty(P*) { return true; }

struct Panic_ : std::runtime_error {
  using runtime_error::runtime_error;
};
void panic_any(Any v) {
  const PrintArg a = v.type->operand(v.data);
  throw Panic_(std::string(a.string.ptr, a.string.len));
}

namespace {

using namespace std::chrono_literals;

// Waits for a condition that becomes true soon on any machine. If it does not, other threads sleep for ever, so the
// test cannot go on, and the program ends.
template <class F>
void eventually(const char* what, F holds) {
  for (int i = 0; !holds(); i++) {
    std::this_thread::sleep_for(100us);
    if (i < 50000) continue;
    fprintf(stderr, "[  FAILED  ] %s: not within five seconds: %s\n",
            testing::UnitTest::GetInstance()->current_test_info()->name(), what);
    _Exit(1);
  }
}
void wait_parked(int n) {
  eventually("as many threads sleep as should", [n] { return parked == n; });
}

template <class F>
std::thread m(F f) {
  return std::thread([f] {
    hosted::ThisThreadIsM me;
    f();
  });
}

TEST(Sema, FirstInFirstOutAndLifo) {
  hosted::ThisThreadIsM me;
  Sema s;
  std::atomic<int> next{0};
  std::vector<std::thread> all;
  std::vector<int> order(4);
  for (int i = 0; i < 4; i++) {  // 0, 1, 2 go to the end of the queue; 3 to its front
    all.push_back(m([&, i] {
      semacquire1(&s, i == 3, WaitReason::semacquire);
      order[static_cast<size_t>(next++)] = i;
    }));
    wait_parked(i + 1);
  }
  for (int i = 0; i < 4; i++) {
    semrelease(&s);
    while (next != i + 1) std::this_thread::yield();
  }
  for (auto& t : all) t.join();
  EXPECT_EQ(order, (std::vector<int>{3, 0, 1, 2}));
  EXPECT_EQ(s.value, 0u);
  EXPECT_EQ(s.last, nullptr);
}

TEST(Sema, CountWithoutWaiters) {
  hosted::ThisThreadIsM me;
  Sema s;
  for (int i = 0; i < 3; i++) semrelease(&s);
  for (int i = 0; i < 3; i++) semacquire(&s);
  EXPECT_EQ(s.value, 0u);
  EXPECT_EQ(me.m.locks, 0);
}

TEST(Sema, HandoffGivesTheCountAndYields) {
  hosted::ThisThreadIsM me;
  Sema s;
  std::atomic<bool> got{false};
  std::thread t = m([&] {
    semacquire(&s);
    got = true;
  });
  wait_parked(1);
  yields = 0;
  semrelease1(&s, true);
  EXPECT_EQ(s.value, 0u);  // no other goroutine could have taken it
  EXPECT_EQ(yields, 1);
  t.join();
  EXPECT_TRUE(got);
  semrelease1(&s, true);  // without a waiter there is no yield, and the count stays
  EXPECT_EQ(yields, 1);
  EXPECT_EQ(s.value, 1u);
}

// Each release is matched by one acquire, whichever thread gets it: no thread sleeps for ever, and the count is right
// at the end.
TEST(Sema, ManyThreads) {
  constexpr int kThreads = 8, kRounds = 20000;
  Sema s;
  std::vector<std::thread> all;
  for (int k = 0; k < kThreads; k++)
    all.push_back(m([&, k] {
      for (int i = 0; i < kRounds; i++) {
        if (k % 2 == 0) semrelease1(&s, i % 3 == 0);
        else semacquire1(&s, i % 5 == 0, WaitReason::semacquire);
      }
    }));
  for (auto& t : all) t.join();
  EXPECT_EQ(s.value, 0u);
  EXPECT_EQ(s.last, nullptr);
}

TEST(Mutex, Counts) {
  constexpr int kThreads = 8, kRounds = 20000;
  sync::Mutex mu;
  long n = 0;
  std::vector<std::thread> all;
  for (int k = 0; k < kThreads; k++)
    all.push_back(m([&, k] {
      for (int i = 0; i < kRounds; i++) {
        if (k == 0 && i % 16 == 0) {
          while (!mu.try_lock()) std::this_thread::yield();
        } else {
          mu.lock();
        }
        n++;
        mu.unlock();
      }
    }));
  for (auto& t : all) t.join();
  EXPECT_EQ(n, kThreads * kRounds);
}

// One goroutine holds the mutex nearly always; the waiter gets it nevertheless, by hand-off.
TEST(Mutex, StarvationEnds) {
  sync::Mutex mu;
  std::atomic<bool> stop{false};
  yields = 0;
  std::thread hog = m([&] {
    while (!stop) {
      mu.lock();
      std::this_thread::sleep_for(2ms);
      mu.unlock();
    }
  });
  std::thread t = m([&] {
    for (int i = 0; i < 2000 && yields == 0; i++) {  // sometimes the waiter gets it without a hand-off
      mu.lock();
      mu.unlock();
      std::this_thread::sleep_for(50us);
    }
    stop = true;
  });
  t.join();
  hog.join();
  EXPECT_GT(yields, 0);  // the mutex was handed over at least once
}

// A waiter that was overtaken after more than 1 ms makes the mutex starving. The unlock then hands it over; and since
// no other goroutine waits, it is an ordinary mutex again. The waiter goes to the front of the queue, before another
// one.
TEST(Mutex, AnOvertakenWaiterComesNext) {
  for (const bool another : {false, true}) {
    hosted::ThisThreadIsM me;
    sync::Mutex mu;
    std::vector<int> order;
    std::vector<std::thread> all;
    auto wait = [&](int i) {
      all.push_back(m([&, i] {
        mu.lock();
        order.push_back(i);
        mu.unlock();
      }));
      wait_parked(i);
    };
    mu.lock();
    wait(1);
    if (another) wait(2);
    std::this_thread::sleep_for(5ms);
    overtaken = &mu;
    const int before = parks;
    mu.unlock();  // wakes the first waiter, but this thread has the mutex again before the waiter runs
    eventually("the waiter sleeps again", [before] { return parks != before; });
    EXPECT_FALSE(mu.try_lock()) << "two owners";
    yields = 0;
    std::this_thread::sleep_for(5ms);
    mu.unlock();
    EXPECT_GE(yields, 1) << "it was not handed over";
    for (auto& t : all) t.join();
    EXPECT_EQ(order, another ? (std::vector<int>{1, 2}) : std::vector<int>{1});
    ASSERT_TRUE(mu.try_lock()) << "it still starves";
    mu.unlock();
  }
}

// The last owner frees the mutex's memory at once: the unlock of the owner before must not access it any more.
TEST(Mutex, MayBeFreedByTheLastOwner) {
  struct Shared {
    sync::Mutex mu;
    int refs = 3;
  };
  for (int round = 0; round < 3000; round++) {
    auto* s = new Shared;
    std::vector<std::thread> all;
    for (int k = 0; k < 3; k++)
      all.push_back(m([s] {
        s->mu.lock();
        const bool last = --s->refs == 0;
        s->mu.unlock();
        if (last) delete s;
      }));
    for (auto& t : all) t.join();
  }
}

TEST(Mutex, UnlockOfUnlocked) {
  hosted::ThisThreadIsM me;
  sync::Mutex mu;
  try {
    mu.unlock();
    FAIL();
  } catch (const hosted::Fatal& e) { EXPECT_STREQ(e.what(), "sync: unlock of unlocked mutex"); }
}

TEST(RWMutex, ReadersAndWriters) {
  constexpr int kRounds = 5000;
  sync::RWMutex mu;
  long a = 0, b = 0;
  std::atomic<long> torn{0};
  std::vector<std::thread> all;
  for (int k = 0; k < 8; k++)
    all.push_back(m([&, k] {
      for (int i = 0; i < kRounds; i++) {
        if (k < 3) {
          mu.lock();
          a++;
          b++;
          mu.unlock();
        } else {
          if (k != 3 || !mu.try_rlock()) mu.rlock();
          if (a != b) torn++;
          mu.runlock();
        }
      }
    }));
  for (auto& t : all) t.join();
  EXPECT_EQ(a, 3 * kRounds);
  EXPECT_EQ(torn, 0);
}

// Two readers, a writer, three readers that come later, and another writer.
TEST(RWMutex, StepByStep) {
  hosted::ThisThreadIsM me;
  sync::RWMutex mu;
  std::atomic<int> writers{0}, readers{0};
  std::atomic<bool> leave{false};
  std::vector<std::thread> all;
  mu.rlock();
  ASSERT_TRUE(mu.try_rlock());
  EXPECT_FALSE(mu.try_lock());
  all.push_back(m([&] {
    mu.lock();
    writers++;
    eventually("the writer is told to leave", [&] { return leave.load(); });
    mu.unlock();
  }));
  wait_parked(1);
  EXPECT_FALSE(mu.try_rlock()) << "a reader overtakes the writer that waits";
  for (int i = 0; i < 3; i++)
    all.push_back(m([&] {
      mu.rlock();
      readers++;
      eventually("the three read at a time", [&] { return readers == 3; });
      mu.runlock();
    }));
  wait_parked(4);
  mu.runlock();
  std::this_thread::sleep_for(2ms);
  EXPECT_EQ(writers, 0) << "a writer beside a reader";
  mu.runlock();
  eventually("the last reader wakes the writer", [&] { return writers == 1; });
  all.push_back(m([&] {
    mu.lock();
    writers++;
    mu.unlock();
  }));
  wait_parked(4);
  EXPECT_EQ(readers, 0) << "a reader beside a writer";
  EXPECT_FALSE(mu.try_rlock());
  EXPECT_FALSE(mu.try_lock());
  leave = true;
  eventually("readers and the next writer are let in", [&] { return writers == 2 && readers == 3; });
  for (auto& t : all) t.join();
  ASSERT_TRUE(mu.try_lock());
  mu.unlock();
}

TEST(WaitGroup, MayBeFreedWhenWaitReturns) {
  for (int round = 0; round < 2000; round++) {
    auto* wg = new sync::WaitGroup;
    int done[3] = {};
    {
      hosted::ThisThreadIsM me;
      wg->add(3);
    }
    std::vector<std::thread> all;
    for (int& d : done)
      all.push_back(m([wg, &d] {
        d = 1;
        wg->done();
      }));
    {
      hosted::ThisThreadIsM me;
      wg->wait();
      EXPECT_EQ(done[0] + done[1] + done[2], 3);
      delete wg;
    }
    for (auto& t : all) t.join();
  }
}

TEST(WaitGroup, SeveralWait) {
  hosted::ThisThreadIsM me;
  sync::WaitGroup wg;
  wg.add(1);
  std::vector<std::thread> all;
  for (int k = 0; k < 5; k++) all.push_back(m([&] { wg.wait(); }));
  wait_parked(5);
  std::thread last = m([&] { wg.done(); });
  last.join();
  for (auto& t : all) t.join();
}

TEST(WaitGroup, Misuse) {
  hosted::ThisThreadIsM me;
  sync::WaitGroup wg;
  wg.add(2);
  wg.add(-2);
  try {
    wg.done();
    FAIL();
  } catch (const Panic_& e) { EXPECT_STREQ(e.what(), "sync: negative WaitGroup counter"); }
}

// WaitGroup's private parts, for moments that lie between two of its steps. An explicit instantiation may name them.
detail::Sema& sema_of(sync::WaitGroup& wg);
atomic::Number<size_t>& state_of(sync::WaitGroup& wg);
template <auto kSema, auto kState>
struct Parts {
  friend detail::Sema& sema_of(sync::WaitGroup& wg) { return wg.*kSema; }
  friend atomic::Number<size_t>& state_of(sync::WaitGroup& wg) { return wg.*kState; }
};
template struct Parts<&sync::WaitGroup::sema_, &sync::WaitGroup::state_>;

// The counter has become 0, and the goroutine that made it 0 has not woken the waiter yet: an add at this moment panics
// and so does that goroutine.
TEST(WaitGroup, AddBesideWait) {
  hosted::ThisThreadIsM me;
  const auto panics = [](auto f) {
    try {
      f();
    } catch (const Panic_& e) { return std::string(e.what()); }
    return std::string();
  };
  constexpr char kMisuse[] = "sync: WaitGroup misuse: Add called concurrently with Wait";
  sync::WaitGroup wg;
  wg.add(1);
  std::thread waiter = m([&] { wg.wait(); });
  wait_parked(1);
  sema_lock(&sema_of(wg));
  std::string last_says, last_add;
  std::thread last = m([&] { last_says = panics([&] { wg.done(); }); });
  while (state_of(wg).load() >> 1 != 0) std::this_thread::yield();
  EXPECT_EQ(panics([&] { wg.add(1); }), kMisuse);
  sema_unlock(&sema_of(wg));
  last.join();
  EXPECT_EQ(last_says, kMisuse);
  wg.done();
  waiter.join();
  EXPECT_EQ(state_of(wg).load(), 0u);
}

// A waiter whose group is used again before it has run panics.
TEST(WaitGroup, UsedAgainBeforeWaitHasReturned) {
  hosted::ThisThreadIsM me;
  sync::WaitGroup wg;
  wg.add(1);
  std::string says;
  G* sleeper = nullptr;
  std::thread waiter = m([&] {
    sleeper = getg();
    try {
      wg.wait();
    } catch (const Panic_& e) { says = e.what(); }
  });
  wait_parked(1);
  (void)sema_take_all(&sema_of(wg));  // the waiter is woken below, when the group is in use again
  state_of(wg).store(0);
  wg.add(1);
  goready(sleeper);
  waiter.join();
  EXPECT_EQ(says, "sync: WaitGroup is reused before previous Wait has returned");
}

// signal wakes the goroutine that has called wait first, also if another one was faster to join the list.
TEST(Cond, TheLowestTicketIsServed) {
  hosted::ThisThreadIsM me;
  detail::NotifyList l;
  using namespace sync;
  std::atomic<int> woken[3] = {};
  const unsigned ticket[] = {runtime_notifyListAdd(&l), runtime_notifyListAdd(&l), runtime_notifyListAdd(&l)};
  std::vector<std::thread> all;
  for (int i : {1, 2, 0}) {
    all.push_back(m([&, i] {
      runtime_notifyListWait(&l, ticket[i]);
      woken[i]++;
    }));
    wait_parked(static_cast<int>(all.size()));
  }
  for (int i = 0; i < 3; i++) {
    runtime_notifyListNotifyOne(&l);
    wait_parked(2 - i);
    while (woken[i] == 0) std::this_thread::yield();
  }
  for (auto& t : all) t.join();
  EXPECT_EQ(l.head, nullptr);
  EXPECT_EQ(l.tail, nullptr);

  // One whose ticket is served before it joins does not sleep: by signal, by broadcast.
  const unsigned early = runtime_notifyListAdd(&l);
  runtime_notifyListNotifyOne(&l);
  runtime_notifyListWait(&l, early);
  const unsigned first = runtime_notifyListAdd(&l), second = runtime_notifyListAdd(&l);
  runtime_notifyListNotifyAll(&l);
  runtime_notifyListWait(&l, second);
  runtime_notifyListWait(&l, first);
  runtime_notifyListNotifyOne(&l);  // nobody waits: the next one is not woken by it
  const unsigned later = runtime_notifyListAdd(&l);
  std::thread t = m([&] { runtime_notifyListWait(&l, later); });
  wait_parked(1);
  runtime_notifyListNotifyOne(&l);
  t.join();
}

TEST(Cond, EachIsWokenOnce) {
  constexpr int kWaiters = 6, kItems = 3000;
  sync::Mutex mu;
  sync::Cond c(mu);
  int items = 0, taken = 0;
  std::vector<std::thread> all;
  for (int k = 0; k < kWaiters; k++)
    all.push_back(m([&] {
      for (int i = 0; i < kItems / kWaiters; i++) {
        mu.lock();
        while (items == 0) c.wait();
        items--;
        taken++;
        mu.unlock();
      }
    }));
  all.push_back(m([&] {
    for (int i = 0; i < kItems; i++) {
      mu.lock();
      items++;
      mu.unlock();
      if (i % 7 == 0) c.broadcast();
      else c.signal();
    }
  }));
  for (auto& t : all) t.join();
  EXPECT_EQ(taken, kItems);
}

}  // namespace
}  // namespace rt0
