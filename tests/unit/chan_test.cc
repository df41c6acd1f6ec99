// lib/chan and the public API in front of it, with threads as goroutines. ASan finds a use of a frame or a channel that
// is gone, TSan an access that no lock orders.
#include "lib/chan/chan.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <numeric>
#include <vector>

#include "hosted/goroutines.h"
#include "rt0/select.h"

namespace rt0 {
namespace {

using hosted::Goroutines;
using hosted::Panicked;
using hosted::ThisThreadIsGoroutine;
using hosted::wait_until_parked;

class chan_test : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(hosted::live_blocks(), 0); }
};

template <class F>
std::string panic_of(F f) {
  try {
    f();
  } catch (const Panicked& p) { return p.what(); }
  return "";
}

// Counts its living objects. It contains its own address, so the channel may not copy it as bytes.
struct Tracked {
  static inline std::atomic<int> alive{0};
  std::unique_ptr<int> p;
  const Tracked* self = this;

  Tracked() { alive++; }
  explicit Tracked(int v) : p(std::make_unique<int>(v)) { alive++; }
  Tracked(Tracked&& o) noexcept : p(std::move(o.p)) { alive++; }
  Tracked& operator=(Tracked&& o) noexcept {
    p = std::move(o.p);
    return *this;
  }
  ~Tracked() {
    EXPECT_EQ(self, this);
    alive--;
  }
  int value() const { return self != this ? -2 : p ? *p : -1; }
};

struct Big {
  u64 words[40];
};
struct alignas(64) Aligned {
  char c;
};

template <class T, class Make, class Same>
void travels(Make make, Same same) {
  for (int size : {0, 1, 3}) {
    Chan<T> c(size);
    Goroutines gs;
    gs.go([c, &make] {
      for (int i = 0; i < 20; i++) c.send(make(i));
      c.close();
    });
    for (int i = 0; i < 20; i++) EXPECT_TRUE(same(c.recv(), i)) << "size " << size << " value " << i;
    EXPECT_FALSE(c.recv_ok().ok);
  }
}

TEST_F(chan_test, values_of_all_sizes) {
  ThisThreadIsGoroutine self;
  travels<char>([](int i) { return static_cast<char>(i); }, [](char v, int i) { return v == i; });
  travels<u16>([](int i) { return static_cast<u16>(i * 257); }, [](u16 v, int i) { return v == i * 257; });
  travels<int>([](int i) { return i * -7; }, [](int v, int i) { return v == i * -7; });
  travels<u64>([](int i) { return u64{1} << i; }, [](u64 v, int i) { return v == u64{1} << i; });
  using Pair = std::pair<u64, u64>;
  travels<Pair>([](int i) { return Pair(i, ~i); }, [](Pair v, int i) { return v == Pair(i, ~i); });
  travels<std::array<char, 3>>([](int i) { return std::array<char, 3>{char(i), 1, char(i)}; },
                               [](auto v, int i) { return v[0] == i && v[1] == 1 && v[2] == i; });
  travels<Big>(
      [](int i) {
        Big b{};
        b.words[0] = b.words[39] = u64(i);
        return b;
      },
      [](const Big& v, int i) { return v.words[0] == u64(i) && v.words[39] == u64(i); });
  travels<Aligned>([](int i) { return Aligned{char(i)}; },
                   [](const Aligned& v, int i) { return v.c == i && reinterpret_cast<uintptr>(&v) % 64 == 0; });
  travels<Unit>([](int) { return Unit{}; }, [](Unit, int) { return true; });
  travels<Tracked>([](int i) { return Tracked(i); }, [](const Tracked& v, int i) { return v.value() == i; });
  EXPECT_EQ(Tracked::alive, 0);
}

TEST_F(chan_test, what_is_left_is_destroyed_with_the_channel) {
  ThisThreadIsGoroutine self;
  {
    Chan<Tracked> c(5);
    for (int i = 0; i < 4; i++) c.send(Tracked(i));
    c.recv();
    c.send(Tracked(9));
    c.send(Tracked(10));
    EXPECT_FALSE(c.try_send(Tracked(11)));
    EXPECT_EQ(Tracked::alive, 5);
    Chan<Tracked> same = c, other;
    other = same;
    c = {};
    EXPECT_EQ(c, nullptr);
    EXPECT_EQ(other, same);
  }
  EXPECT_EQ(Tracked::alive, 0);
  {
    Chan<Tracked> c(4);
    for (int i = 0; i < 3; i++) c.send(Tracked(i));
    c.recv();
    c.recv();
    EXPECT_EQ(Tracked::alive, 1);
  }
  EXPECT_EQ(Tracked::alive, 0);
}

TEST_F(chan_test, select_destroys_what_it_does_not_use) {
  ThisThreadIsGoroutine self;
  Chan<Tracked> a(1), b(1);
  a.send(Tracked(1));
  EXPECT_EQ(select(send(a, Tracked(2)), recv(a)), 1);
  const int chosen = select(recv(a), send(b, Tracked(3)), send(a, Tracked(4)), recv(b, [](Tracked) {}));
  EXPECT_EQ(chosen, b.len() == 1 ? 1 : 2);
  EXPECT_EQ(Tracked::alive, 1);
  EXPECT_EQ(select(send(a, Tracked(5)), otherwise()), chosen == 1 ? 0 : 1);
  Tracked x(6), y(7);
  SelectCase cases[] = {recv_case(a, &x), recv_case(b, &y)};
  const Selected s = select_cases(cases);
  EXPECT_TRUE(s.ok);
  a = b = {};
  EXPECT_EQ(Tracked::alive, 2);
}

TEST_F(chan_test, panics) {
  ThisThreadIsGoroutine self;
  Chan<int> nil, c(1);
  EXPECT_EQ(panic_of([&] { nil.close(); }), "close of nil channel");
  c.close();
  EXPECT_EQ(panic_of([&] { c.close(); }), "close of closed channel");
  Chan<int> full(1);
  full.send(1);
  full.close();
  EXPECT_EQ(panic_of([&] { full.try_send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { select(send(full, 1), otherwise()); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { c.send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { c.try_send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { select(recv(nil), send(c, 1)); }), "send on closed channel");
  EXPECT_EQ(panic_of([] { Chan<int> x(-1); }), "makechan: size out of range");
  EXPECT_EQ(panic_of([] { Chan<u64> x(PTRDIFF_MAX / 2); }), "makechan: size out of range");
  constexpr ptrdiff_t kMost = sizeof(void*) == 8 ? (i64{1} << 48) - 8 : -1;  // the values alone would have room
  EXPECT_EQ(panic_of([] { Chan<char> x(kMost); }), "makechan: size out of range");
  EXPECT_EQ(panic_of([] {
              SelectCase two[2];
              select_cases(two);
            }),
            "reflect.Select: multiple default cases");
  EXPECT_EQ(self.m.m.locks, 0);
  Chan<Unit> many(PTRDIFF_MAX);  // values of Unit take no room
  EXPECT_EQ(many.cap(), static_cast<usize>(PTRDIFF_MAX));
  many.send({});
  EXPECT_EQ(many.len(), 1u);
}

TEST_F(chan_test, without_waiting) {
  ThisThreadIsGoroutine self;
  for (i32 procs : {1, 4}) {
    gomaxprocs.store_relaxed(procs);  // 1: the lock only counts, see lib/chan/chan.h
    Chan<int> c(2), u(0), nil;
    EXPECT_TRUE(c.try_send(1));
    EXPECT_TRUE(c.try_send(2));
    EXPECT_FALSE(c.try_send(3));
    EXPECT_FALSE(u.try_send(3));
    EXPECT_FALSE(nil.try_send(3));
    EXPECT_FALSE(nil.try_recv().ready);
    EXPECT_FALSE(u.try_recv().ready);
    EXPECT_EQ(c.try_recv().value, 1);
    c.close();
    auto [v, ok, ready] = c.try_recv();
    EXPECT_TRUE(v == 2 && ok && ready);
    auto closed = c.try_recv();
    EXPECT_TRUE(closed.value == 0 && !closed.ok && closed.ready);
    EXPECT_EQ(select(recv(nil), recv(c), send(u, 1)), 1);
    EXPECT_EQ(select(recv(nil), recv(u), send(u, 1), otherwise()), 3);
    EXPECT_EQ(self.m.m.locks, 0);
  }
}

// Every value arrives once, and the values of each sender arrive in order.
TEST_F(chan_test, exactly_once_and_in_order) {
  constexpr int kSenders = 3, kReceivers = 3, kEach = 3000;
  for (int size : {0, 1, 7, 128}) {
    Chan<u64> c(size);
    std::vector<std::vector<u64>> got(kReceivers);
    std::atomic<int> left{kSenders};
    Goroutines gs;
    for (int r = 0; r < kReceivers; r++)
      gs.go([c, &got, r] {
        for (auto v : c) got[r].push_back(v);
      });
    for (int s = 0; s < kSenders; s++)
      gs.go([c, s, &left] {
        for (int i = 0; i < kEach; i++) c.send(u64(s) << 32 | u64(i));
        if (--left == 0) c.close();
      });
    gs.join();
    std::vector<int> seen(kSenders * kEach);
    for (const auto& list : got) {
      std::vector<i64> last(kSenders, -1);
      for (u64 v : list) {
        const u64 s = v >> 32, i = v & 0xffffffff;
        ASSERT_LT(last[s], i64(i)) << "out of order";
        last[s] = i64(i);
        seen[s * kEach + i]++;
      }
    }
    for (int n : seen) ASSERT_EQ(n, 1);
  }
}

// Selects on all channels, in both directions, against plain operations and other selects.
TEST_F(chan_test, selects_against_each_other) {
  constexpr int kChans = 4, kWorkers = 4, kRounds = 2000;
  Chan<int> cs[kChans] = {Chan<int>(0), Chan<int>(1), Chan<int>(0), Chan<int>(3)};
  std::atomic<long> sent{0}, received{0};
  std::atomic<int> sends{0}, recvs{0}, working{kWorkers};
  Goroutines gs;
  for (int w = 0; w < kWorkers; w++)
    gs.go([&, w] {
      for (int r = 0; r < kRounds; r++) {
        const int v = w * kRounds + r;
        const auto add = [&](int x, bool ok) {
          if (ok) received += x, recvs++;
        };
        const auto out = [&] { sent += v, sends++; };
        // Each worker has its own order of cases.
        select(send(cs[w % 4], v, out), recv(cs[(w + 1) % 4], add), send(cs[(w + 2) % 4], v, out),
               recv(cs[(w + 3) % 4], add), recv(cs[w % 4], add));
      }
      working--;
    });
  // Keeps the workers moving until all are done, then empties the buffers.
  gs.go([&] {
    while (working > 0) {
      for (auto& c : cs) {
        if (auto [v, ok, ready] = c.try_recv(); ok) received += v, recvs++;
        if (c.try_send(0)) sends++;
      }
    }
    for (auto& c : cs)
      for (;;) {
        auto [v, ok, ready] = c.try_recv();
        if (!ok) break;
        received += v, recvs++;
      }
  });
  gs.join();
  EXPECT_EQ(sent, received);
  EXPECT_EQ(sends, recvs);
}

// Two channels become ready at the same moment, again and again: one of them wins, the other keeps its value.
TEST_F(chan_test, two_wakers_race_for_one_select) {
  ThisThreadIsGoroutine self;
  for (int round = 0; round < 2000; round++) {
    Chan<int> a(0), b(0);
    std::atomic<bool> start{false};
    Goroutines gs;
    std::atomic<int> sum{0};
    gs.go([=, &sum] {
      select(recv(a, [&](int v) { sum += v; }), recv(b, [&](int v) { sum += v; }));
      select(recv(a, [&](int v) { sum += v; }), recv(b, [&](int v) { sum += v; }));
    });
    gs.go([=, &start] {
      while (!start) {}
      a.send(1);
    });
    gs.go([=, &start] {
      while (!start) {}
      b.send(10);
    });
    if (round % 2 == 0) wait_until_parked(1);
    start = true;
    gs.join();
    ASSERT_EQ(sum, 11);
  }
}

TEST_F(chan_test, close_wakes_everybody) {
  for (int round = 0; round < 200; round++) {
    Chan<int> c(0);
    std::atomic<int> closed{0}, panicked{0};
    Goroutines gs;
    const bool senders = round % 2 == 1;
    for (int i = 0; i < 6; i++)
      gs.go([c, senders, i, &closed, &panicked] {
        if (senders && i % 2 == 0) panicked += panic_of([&] { c.send(1); }) == "send on closed channel";
        else if (senders)
          panicked += panic_of([&] { select(send(c, 1), recv(Chan<int>())); }) == "send on closed channel";
        else if (i % 2 == 0) closed += !c.recv_ok().ok;
        else select(recv(c, [&](int v, bool ok) { closed += v == 0 && !ok; }), recv(Chan<int>()));
      });
    gs.go([c] {
      wait_until_parked(6);
      c.close();
    });
    gs.join();
    ASSERT_EQ(closed, senders ? 0 : 6);
    ASSERT_EQ(panicked, senders ? 6 : 0);
  }
}

// A case that receives into a variable of the caller's: the zero value when the channel is closed.
TEST_F(chan_test, close_clears_a_waiting_cases_variable) {
  ThisThreadIsGoroutine self;
  Chan<int> c(0);
  int x = 7;
  Goroutines gs;
  gs.go([&] {
    SelectCase cases[] = {recv_case(c, &x)};
    const Selected s = select_cases(cases);
    EXPECT_FALSE(s.ok);
  });
  wait_until_parked(1);
  c.close();
  gs.join();
  EXPECT_EQ(x, 0);
}

// While a select waits, the last handles of its channels go away: of the one that wakes it, and of another one.
TEST_F(chan_test, handles_may_go_while_a_select_waits) {
  for (int round = 0; round < 300; round++) {
    ThisThreadIsGoroutine self;
    Goroutines gs;
    auto a = std::make_unique<Chan<Tracked>>(0), b = std::make_unique<Chan<Tracked>>(1);
    Chan<Tracked>* const pa = a.get();
    Chan<Tracked>* const pb = b.get();
    gs.go([pa, pb] { select(recv(*pa), recv(*pb)); });
    wait_until_parked(1);
    if (round % 2 == 0) a->send(Tracked(1));
    else b.reset(), a->close();
    a.reset();
    b.reset();
    gs.join();
    ASSERT_EQ(Tracked::alive, 0);
  }
}

TEST_F(chan_test, many_cases) {
  ThisThreadIsGoroutine self;
  for (usize n : {1u, 2u, 3u, 8u, 9u, 100u, 1000u}) {
    std::vector<Chan<u64>> cs;
    std::vector<SelectCase> cases;
    u64 got = 0;
    for (usize i = 0; i < n; i++) cs.emplace_back(1);
    for (usize i = 0; i < n; i++) cases.push_back(recv_case(cs[i * 7919 % n], &got));
    u64 sum = 0;
    Goroutines gs;
    gs.go([&] {
      for (usize i = 0; i < n; i++) cs[i].send(i + 1);
    });
    for (usize i = 0; i < n; i++) {
      const Selected s = select_cases(cases.data(), n);
      EXPECT_TRUE(s.ok);
      sum += got;
    }
    EXPECT_EQ(sum, u64(n) * (n + 1) / 2);
    cases.push_back(default_case());
    EXPECT_EQ(select_cases(cases.data(), n + 1).index, int(n));
  }
}

TEST_F(chan_test, chance_is_fair) {
  ThisThreadIsGoroutine self;
  Chan<int> cs[3] = {Chan<int>(1), Chan<int>(1), Chan<int>(1)};
  int chosen[3] = {};
  for (auto& c : cs) c.send(0);
  for (int i = 0; i < 9000; i++) {
    const int k = select(recv(cs[0]), recv(cs[1]), recv(cs[2]));
    chosen[k]++;
    cs[k].send(0);
  }
  for (int n : chosen) EXPECT_NEAR(n, 3000, 300);
}

// dequeueSudoG takes from the middle, from both ends, and tolerates an entry that is no longer in the queue.
TEST_F(chan_test, wait_queue) {
  G gs[4] = {};
  Sudog s[4];
  for (int i = 0; i < 4; i++) s[i] = {&gs[i], nullptr, nullptr, nullptr, false, i % 2 == 1, nullptr};
  const auto fill = [&](Waitq& q) {
    for (Sudog& x : s) q.enqueue(&x);
  };
  for (int out = 0; out < 4; out++) {
    Waitq q;
    fill(q);
    q.dequeueSudoG(&s[out]);
    q.dequeueSudoG(&s[out]);
    const Sudog* at = q.last;
    for (int i = 3; i >= 0; i--) {
      if (i == out) continue;
      ASSERT_EQ(at, &s[i]) << "from the end";
      at = at->prev;
    }
    EXPECT_EQ(at, nullptr);
    for (int i = 0; i < 4; i++) {
      if (i == out) continue;
      EXPECT_EQ(q.dequeue(), &s[i]);
      gs[i].selectDone.store_relaxed(0);
    }
    EXPECT_EQ(q.dequeue(), nullptr);
    EXPECT_EQ(q.last, nullptr);
  }
  Waitq q;
  fill(q);
  gs[1].selectDone.store_relaxed(1);  // another channel has woken it
  EXPECT_EQ(q.dequeue(), &s[0]);
  EXPECT_EQ(q.dequeue(), &s[2]);
  q.dequeueSudoG(&s[1]);  // as pass 3 of selectgo does
  EXPECT_EQ(q.dequeue(), &s[3]);
}

}  // namespace
}  // namespace rt0
