// Values whose move or copy constructors panic, where rt0 moves or copies them. Each scene does it often enough that
// what a recovered panic leaves behind would show: goroutines that are only counted, memory, a counter that is not 0, a
// lock.
// tests/cases/recovers_test.py has the output.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

constexpr int kRounds = 300;

// Panics when it is moved or copied for the `fuse`-th time from now; not at all while fuse is 0.
struct Bomb {
  static inline int fuse = 0;
  int value = 7;
  char large[2000] = {};
  Bomb() = default;
  explicit Bomb(int v) : value(v) {}
  Bomb(Bomb&& b) : value(b.value) {
    tick();
    b.value = -1;
  }
  Bomb(const Bomb& b) : value(b.value) { tick(); }
  Bomb& operator=(const Bomb& b) {
    value = b.value;
    tick();
    return *this;
  }
  ~Bomb() {}
  void tick() const {
    if (fuse != 0 && --fuse == 0) panic(value);  // the value lies in the object that is being made
  }
};

bool recovered_seven;

// Calls f() so that its nth move panics. Returns whether it did panic, with the right value.
template <class F>
bool panics(int nth, const F& f) {
  recovered_seven = false;
  Bomb::fuse = nth;
  func([&] {
    Defer d([] {
      if (const Recovered r = recover()) recovered_seven = r.as<int>() == 7;
    });
    f();
  });
  Bomb::fuse = 0;
  return recovered_seven;
}

unsigned long long in_use() {
  MemStats s;
  read_mem_stats(&s);
  return s.heap_alloc;
}

// Counts the moves in f(), then calls f() kRounds times for each of them, so that this move panics. The heap must not
// grow by more than the size of kRounds / 2 Bombs.
template <class F>
void scene(const char* name, const F& f) {
  int moves = 0;
  while (panics(moves + 1, f)) moves++;
  for (int i = 0; i < 200 && num_goroutine() > 1; i++) sleep(ms(5));
  const auto before = in_use();
  for (int nth = 1; nth <= moves; nth++)
    for (int i = 0; i < kRounds; i++)
      if (!panics(nth, f)) println(name, "did not panic");
  for (int i = 0; i < 200 && num_goroutine() > 1; i++) sleep(ms(5));
  const auto after = in_use();
  const bool leaks = after > before + kRounds * sizeof(Bomb) / 2;
  println(name, moves > 0, num_goroutine(), leaks ? "leaks" : "frees");
}

void goroutines() {
  scene("go", [] { go([b = Bomb()] { (void)b.value; }); });
  scene("go_with", [] { go_with({.stack = 65536 << 3}, [b = Bomb()] { (void)b.value; }); });
  WaitGroup wg;
  scene("WaitGroup::go", [&] { wg.go([b = Bomb()] { (void)b.value; }); });
  wg.wait();
  errgroup::Group<> g;
  g.set_limit(1);
  scene("errgroup", [&] { g.go([b = Bomb()]() -> const char* { return b.value == 7 ? nullptr : "lost"; }); });
  println("group", g.wait() == nullptr, g.try_go([]() -> const char* { return nullptr; }));
  (void)g.wait();
  scene("after_func", [] { (void)after_func(ms(1), [b = Bomb()] { (void)b.value; }).stop(); });
  auto [ctx, cancel] = context::with_cancel(context::background());
  scene("context::after_func", [&] {
    const auto stop = context::after_func(ctx, [b = Bomb()] { (void)b.value; });
    (void)stop();
  });
  static context::Key<Bomb> key;
  scene("context::with_value", [&] { (void)context::with_value(ctx, key, Bomb()); });
  cancel();
}

// The channel is empty and not locked.
void usable(const char* name, const Chan<Bomb>& c) {
  const size_t left = c.len();
  const bool sent = c.try_send(Bomb(3));
  println(name, left, sent, c.recv().value);
}

void channels() {
  Chan<Bomb> c(4);
  scene("send", [&] {
    c.send(Bomb());
    Bomb::fuse = 0;
    (void)c.recv();
  });
  usable("send", c);
  scene("recv", [&] {
    const int fuse = Bomb::fuse;
    Bomb::fuse = 0;
    c.send(Bomb());
    Bomb::fuse = fuse;
    (void)c.recv();
  });
  usable("recv", c);
  scene("select send", [&] {
    select(send(c, Bomb()), otherwise());
    Bomb::fuse = 0;
    (void)c.recv();
  });
  scene("select_cases", [&] {
    Bomb a, b(8);
    SelectCase cases[] = {send_case(c, &a), recv_case<Bomb>(Chan<Bomb>()), send_case(c, &b)};
    Defer d([&] {
      const int fuse = Bomb::fuse;  // the values are back where they were, except one that was sent
      Bomb::fuse = 0;
      (void)c.try_recv();
      Bomb::fuse = fuse;
    });
    (void)select_cases(cases);
  });
  usable("select", c);
}

void maps() {
  sync::Map<int, Bomb> m;
  m.store(1, Bomb(1));
  scene("Map::store", [&] { m.store(2, Bomb()); });
  m.remove(2);
  scene("Map::store over", [&] {
    const int fuse = Bomb::fuse;
    Bomb::fuse = 0;
    m.store(3, Bomb());
    Bomb::fuse = fuse;
    m.store(3, Bomb());
  });
  scene("Map::load", [&] {
    const int fuse = Bomb::fuse;
    Bomb::fuse = 0;
    m.store(3, Bomb());
    Bomb::fuse = fuse;
    (void)m.load(3);
  });
  println("Map", m.load(1).value.value, m.load(2).ok, m.load(3).value.value);
  m.clear();
}

void others() {
  scene("Once", [] {
    auto f = once_value([b = Bomb()] { return b.value; });
    (void)f();
  });
  scene("Result", [] {
    const Result<Bomb> r{Bomb(), {}}, s = r;
    (void)s;
  });
}

}  // namespace

int main() {
  goroutines();
  channels();
  maps();
  others();
}
