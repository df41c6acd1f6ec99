// lib/time/timer and its heap: against a model, and with owners, thieves and other threads at work at once. Each start
// of a timer is followed by exactly one of these: the timer fires; a stop reports that it prevented that; a restart
// reports the same. No timer fires early. The memory of a timer that timer_stop_wait has stopped is freed at once, so
// that ASan detects a later access.
#include "lib/time/timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "hosted/hosted.h"
#include "lib/time/timer_heap.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "sched/hooks.h"
#include "sched/proc.h"

namespace rt0 {

Atomic<P**> allp{nullptr};
constinit Atomic<const TimerHooks*> timer_hooks{nullptr};

namespace {

// The earliest deadline, read without a lock, as sysmon does.
i64 earliest_of_all() {
  i64 first = kMaxWhen;
  for (P* pp : procs())
    if (const i64 when = timer_hooks.load_acquire()->wake_time(pp); when != 0) first = min(first, when);
  return first;
}

std::atomic<u32> wakes{0};
}  // namespace
void wakeNetPoller(i64) { wakes++; }
void* malloc_or_die(usize n, usize align) { return aligned_alloc(align, align_up(n, align)); }
void heap_free(void* p) { free(p); }
void goready(G*) { FAIL(); }
void gopark(bool (*)(G*, void*), void*, WaitReason) { FAIL(); }
void systemstack_call(void (*fn)(void*), void* arg) { fn(arg); }

namespace {

using hosted::ThisThreadIsM;
using Clock = std::chrono::steady_clock;
constexpr u32 kPs = 4;

class timer : public testing::Test {
 protected:
  void SetUp() override {
    gomaxprocs.store_relaxed(kPs);
    for (u32 i = 0; i < kPs; i++) {
      ps_[i] = std::make_unique<P>();
      ps_[i]->id = static_cast<PId>(i);
      lockInit(&ps_[i]->timers.lock, LockRank::timers);
      raw_[i] = ps_[i].get();
    }
    allp.store_relaxed(raw_);
    wakes = 0;
    hosted::fake_nanotime = 0;
    ThisThreadIsM me;  // the first timer sets the scheduler's timer hooks
    me.m.p = p(0);
    RtTimer t;
    timer_init(&t, nullptr, nullptr);
  }
  void TearDown() override {
    for (auto& p : ps_) {
      EXPECT_EQ(p->timers.len.v, 0u);
      EXPECT_EQ(p->timers.running, nullptr);
      heap_free(p->timers.heap);
    }
    hosted::fake_nanotime = 0;
  }

  // Calls f(n, me, rng) repeatedly on kPs threads for the given time; `me` is the M of thread n, with P n.
  template <class F>
  void on_all_ps(std::chrono::milliseconds how_long, F f) {
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (u32 n = 0; n < kPs; n++) {
      threads.emplace_back([&, n] {
        ThisThreadIsM me;
        me.m.p = p(n);
        std::mt19937 rng(n);
        while (!done) f(n, me, rng);
      });
    }
    std::this_thread::sleep_for(how_long);
    done = true;
    for (std::thread& t : threads) t.join();
  }
  void check_all() {
    for (u32 v = 0; v < kPs; v++) (void)timer_hooks.v->check(p(v), 0);
  }
  P* p(usize i) { return raw_[i]; }

  std::unique_ptr<P> ps_[kPs];
  P* raw_[kPs];
};

// Checks what timer_heap.h promises: a parent is not later than its children, and each timer knows its place.
void verify(const Timers& ts) {
  const u32 n = ts.len.v;
  for (u32 i = 0; i < n; i++) {
    ASSERT_EQ(ts.heap[i].timer->pos, i + 1);
    ASSERT_EQ(ts.heap[i].timer->when, ts.heap[i].when);
    ASSERT_GE(ts.heap[i].when, ts.heap[i == 0 ? 0 : (i - 1) / 4].when);
  }
}

void nothing(void*, uintptr, i64) {}

struct Probe {
  RtTimer t;
  std::vector<int>* fired;
  int id;

  static void fire(void* self, uintptr, i64) {
    Probe* p = static_cast<Probe*>(self);
    p->fired->push_back(p->id);
  }
};

// The timers of tests/oracle/order/timer_afterfunc_faketime, in the order in which Go fires them. Their goroutines run
// in another order, because the last one made ready runs next.
TEST_F(timer, equal_deadlines_fire_in_gos_order) {
  ThisThreadIsM me;
  me.m.p = p(0);
  hosted::fake_nanotime = 1000;
  std::vector<int> fired;
  Probe probes[8];
  for (int i = 0; i < 8; i++) {
    probes[i].fired = &fired;
    probes[i].id = i;
    timer_init(&probes[i].t, Probe::fire, &probes[i]);
    timer_reset(&probes[i].t, i < 6 ? 11000 : i == 6 ? 6000 : 21000, 0);
  }
  const TimerHooks* h = timer_hooks.v;
  TimerHooks::Checked c = h->check(p(0), 10999);
  EXPECT_TRUE(c.ran);
  EXPECT_EQ(c.poll_until, 11000);
  EXPECT_FALSE(h->check(p(0), 10999).ran);
  c = h->check(p(0), 11000);
  EXPECT_TRUE(c.ran);
  EXPECT_EQ(c.poll_until, 21000);
  EXPECT_EQ(fired, (std::vector<int>{6, 0, 1, 5, 4, 3, 2}));
  EXPECT_TRUE(timer_stop(&probes[7].t));
}

TEST_F(timer, heap_agrees_with_a_sorted_set) {
  ThisThreadIsM me;
  me.m.p = p(0);
  const TimerHooks* h = timer_hooks.v;
  for (u32 seed = 0; seed < 20; seed++) {
    std::mt19937 rng(seed);
    hosted::fake_nanotime = 1;
    std::vector<int> fired;
    std::vector<Probe> probes(200);
    std::map<int, i64> model;  // id → deadline
    for (int i = 0; i < 200; i++) {
      probes[i].fired = &fired;
      probes[i].id = i;
      timer_init(&probes[i].t, Probe::fire, &probes[i]);
    }
    const u32 range = seed % 2 == 0 ? 20 : 100000;  // a small range gives many equal deadlines, a large one few
    for (int step = 0; step < 3000; step++) {
      const int id = static_cast<int>(rng() % 200);
      RtTimer* t = &probes[id].t;
      if (rng() % 3 != 0) {
        const i64 when = hosted::fake_nanotime + 1 + rng() % range;
        EXPECT_EQ(timer_reset(t, when, 0), model.contains(id));
        model[id] = when;
      } else {
        EXPECT_EQ(timer_stop(t), model.erase(id) == 1);
      }
      verify(p(0)->timers);
      if (rng() % 16 != 0) continue;
      hosted::fake_nanotime += rng() % (range / 4 + 1);
      fired.clear();
      const auto first = [&] {
        i64 w = 0;
        for (auto& [i, when] : model) w = w == 0 ? when : std::min(w, when);
        return w;
      };
      EXPECT_EQ(h->wake_time(p(0)), first());
      const TimerHooks::Checked c = h->check(p(0), 0);
      i64 last = 0;
      for (int i : fired) {
        ASSERT_TRUE(model.contains(i));
        EXPECT_LE(model[i], hosted::fake_nanotime);
        EXPECT_GE(model[i], last);
        last = model[i];
        model.erase(i);
      }
      EXPECT_EQ(c.poll_until, first());
      EXPECT_EQ(c.ran, !fired.empty());
      EXPECT_TRUE(model.empty() || first() > hosted::fake_nanotime);
    }
    for (Probe& b : probes) timer_stop(&b.t);
  }
}

TEST_F(timer, ticker_skips_what_it_missed) {
  ThisThreadIsM me;
  me.m.p = p(0);
  static std::vector<i64> late;
  late.clear();
  hosted::fake_nanotime = 100;
  RtTimer t;
  timer_init(&t, [](void*, uintptr, i64 delta) { late.push_back(delta); }, nullptr);
  timer_reset(&t, 110, 10);
  const TimerHooks* h = timer_hooks.v;
  EXPECT_EQ(h->check(p(0), 109).poll_until, 110);
  EXPECT_EQ(h->check(p(0), 110).poll_until, 120);
  EXPECT_EQ(h->check(p(0), 147).poll_until, 150);  // the ticks at 130 and 140 are skipped
  EXPECT_EQ(late, (std::vector<i64>{0, 27}));
  EXPECT_TRUE(timer_stop(&t));
  EXPECT_FALSE(timer_stop(&t));
  timer_reset(&t, 200, kMaxWhen);
  EXPECT_EQ(h->check(p(0), 300).poll_until, kMaxWhen);  // the next deadline does not overflow
  EXPECT_TRUE(timer_stop(&t));
}

TEST_F(timer, deadlines_saturate) {
  hosted::fake_nanotime = 5000;
  EXPECT_EQ(deadline_after(-1), 5000);
  EXPECT_EQ(deadline_after(INT64_MIN), 5000);
  EXPECT_EQ(deadline_after(0), 5000);
  EXPECT_EQ(deadline_after(7), 5007);
  EXPECT_EQ(deadline_after(kMaxWhen), kMaxWhen);
  EXPECT_EQ(deadline_after(kMaxWhen - 5000), kMaxWhen);
}

TEST_F(timer, f_may_restart_its_own_timer) {
  ThisThreadIsM me;
  me.m.p = p(0);
  hosted::fake_nanotime = 100;
  static RtTimer t;
  static int runs;
  runs = 0;
  timer_init(&t, [](void*, uintptr, i64) { EXPECT_FALSE(timer_reset(&t, 101 + ++runs * 10, 0)); }, nullptr);
  timer_reset(&t, 101, 0);
  const TimerHooks* h = timer_hooks.v;
  EXPECT_EQ(h->check(p(0), 120).poll_until, 121);
  EXPECT_EQ(runs, 2);
  EXPECT_TRUE(timer_stop(&t));
}

TEST_F(timer, only_an_earlier_first_deadline_wakes_somebody) {
  ThisThreadIsM me;
  me.m.p = p(0);
  RtTimer a, b;
  timer_init(&a, nothing, nullptr);
  timer_init(&b, nothing, nullptr);
  timer_reset(&a, 1000, 0);
  EXPECT_EQ(wakes, 1u);
  timer_reset(&b, 2000, 0);
  EXPECT_EQ(wakes, 1u);
  timer_reset(&b, 1500, 0);
  timer_reset(&a, 1100, 0);
  EXPECT_EQ(wakes, 1u);
  timer_reset(&b, 900, 0);
  EXPECT_EQ(wakes, 2u);
  timer_stop(&a);
  timer_stop(&b);
  EXPECT_EQ(wakes, 2u);
}

TEST_F(timer, dying_p_hands_its_timers_on) {
  ThisThreadIsM me;
  me.m.p = p(1);
  std::vector<int> fired;
  std::vector<Probe> probes(50);
  for (int i = 0; i < 50; i++) {
    probes[i].fired = &fired;
    probes[i].id = i;
    timer_init(&probes[i].t, Probe::fire, &probes[i]);
    timer_reset(&probes[i].t, 1000 + (i * 37) % 50, 0);
  }
  const TimerHooks* h = timer_hooks.v;
  h->take(p(0), p(1));
  EXPECT_EQ(h->wake_time(p(1)), 0);
  EXPECT_EQ(h->wake_time(p(0)), 1000);
  EXPECT_EQ(earliest_of_all(), 1000);
  verify(p(0)->timers);
  EXPECT_TRUE(timer_stop(&probes[7].t));
  me.m.p = p(0);
  h->check(p(0), 2000);
  EXPECT_EQ(fired.size(), 49u);
  EXPECT_EQ(earliest_of_all(), kMaxWhen);
}

// --- Several threads -------------------------------------------------------------------------------------------------

struct Shared {
  RtTimer t;
  std::atomic<u64> started{0}, fired{0}, prevented{0}, early{0};

  static void fire(void* self, uintptr, i64 delta) {
    Shared* s = static_cast<Shared*>(self);
    if (delta < 0) s->early++;
    s->fired++;
  }
};

// Four threads with a P each start, stop and restart the same timers, run their own heaps and steal from the others'.
TEST_F(timer, every_start_has_one_outcome) {
  constexpr int kTimers = 24;
  auto shared = std::make_unique<Shared[]>(kTimers);
  {
    ThisThreadIsM me;
    me.m.p = p(0);
    for (int i = 0; i < kTimers; i++) timer_init(&shared[i].t, Shared::fire, &shared[i]);
  }
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(800);
  std::vector<std::thread> threads;
  for (u32 n = 0; n < kPs; n++) {
    threads.emplace_back([&, n] {
      ThisThreadIsM me;
      me.m.p = p(n);
      std::mt19937 rng(n);
      const TimerHooks* h = timer_hooks.v;
      while (Clock::now() < end) {
        for (int k = 0; k < 50; k++) {
          Shared& s = shared[rng() % kTimers];
          switch (rng() % 8) {
            case 0:
            case 1:
            case 2:
              s.started++;
              if (timer_reset(&s.t, deadline_after(rng() % 20000), 0)) s.prevented++;
              break;
            case 3:
              if (timer_stop(&s.t)) s.prevented++;
              break;
            case 4:
              if (timer_stop_wait(&s.t)) s.prevented++;
              break;
            case 5: (void)h->check(p(rng() % kPs), 0); break;
            case 6: (void)earliest_of_all(); break;
            default: (void)h->check(p(n), 0); break;
          }
        }
      }
    });
  }
  for (std::thread& t : threads) t.join();
  ThisThreadIsM me;
  me.m.p = p(0);
  u64 all = 0;
  for (int i = 0; i < kTimers; i++) {
    Shared& s = shared[i];
    if (timer_stop_wait(&s.t)) s.prevented++;
    EXPECT_EQ(s.started, s.fired + s.prevented) << i;
    EXPECT_EQ(s.early, 0u);
    all += s.fired;
  }
  EXPECT_GT(all, 100u);
  for (u32 i = 0; i < kPs; i++) verify(p(i)->timers);
}

// Timers whose memory is freed as soon as timer_stop_wait has returned, on heaps that other threads run.
TEST_F(timer, memory_may_go_after_stop_wait) {
  std::atomic<u64> fired{0}, prevented{0}, started{0};
  on_all_ps(std::chrono::milliseconds(800), [&](u32 n, ThisThreadIsM&, std::mt19937& rng) {
    if (n >= 2) return check_all();
    auto t = std::make_unique<RtTimer>();
    timer_init(t.get(), [](void* f, uintptr, i64) { ++*static_cast<std::atomic<u64>*>(f); }, &fired);
    started++;
    timer_reset(t.get(), deadline_after(rng() % 3000), 0);
    for (u32 k = rng() % 64; k > 0; k--) (void)earliest_of_all();
    if (timer_stop_wait(t.get())) prevented++;
  });
  EXPECT_EQ(started, fired + prevented);
  EXPECT_GT(fired, 10u);
  EXPECT_GT(prevented, 10u);
}

// After timer_stop_wait no f is still running in the object, whichever thread restarted the timer while f ran.
TEST_F(timer, no_f_runs_after_stop_wait) {
  struct Object {
    RtTimer t;
    std::atomic<int> inside{0};
    static void fire(void* self, uintptr, i64) {
      Object* o = static_cast<Object*>(self);
      o->inside++;
      for (int k = 0; k < 3; k++) std::this_thread::yield();
      o->inside--;
    }
  };
  on_all_ps(std::chrono::milliseconds(700), [&](u32 n, ThisThreadIsM& me, std::mt19937& rng) {
    if (n >= 2) return check_all();
    auto o = std::make_unique<Object>();
    timer_init(&o->t, Object::fire, o.get());
    for (u32 k = rng() % 4; k < 4; k++) {
      me.m.p = p(rng() % kPs);
      timer_reset(&o->t, deadline_after(rng() % 500), 0);
      for (u32 w = rng() % 200; w > 0; w--) (void)earliest_of_all();
    }
    (void)timer_stop_wait(&o->t);
    ASSERT_EQ(o->inside, 0);
  });
}

// One-shot timers on the stacks of the threads that wait for them: after calling f, the code must not touch the timer.
TEST_F(timer, memory_may_go_when_a_one_shot_has_fired) {
  std::atomic<u64> rounds{0};
  on_all_ps(std::chrono::milliseconds(500), [&](u32 n, ThisThreadIsM&, std::mt19937& rng) {
    if (n >= 2) return check_all();
    auto t = std::make_unique<RtTimer>();
    auto flag = std::make_shared<std::atomic<bool>>(false);
    timer_init(t.get(), [](void* f, uintptr, i64) { *static_cast<std::atomic<bool>*>(f) = true; }, flag.get());
    timer_reset(t.get(), deadline_after(rng() % 2000), 0);
    while (!*flag) check_all();
    t.reset();
    rounds++;
  });
  EXPECT_GT(rounds, 10u);
}

}  // namespace
}  // namespace rt0
