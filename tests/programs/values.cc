// Values whose bytes may not be copied, in every way in which rt0 passes or keeps a value: each object must find itself
// at the address at which it was made, and be destroyed exactly once.
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

atomic::Int64 made, gone;

void expect(bool ok, const char* what) {
  if (ok) return;
  println("wrong:", what);
  exit(1);
}

// Like a std::string with a short text, it contains a pointer to itself.
class Own {
 public:
  Own() : Own(0) {}
  Own(int v) : v_(v) { made.add(1); }
  Own(const Own& o) : v_(o.get()) { made.add(1); }
  Own(Own&& o) noexcept : v_(o.get()) {
    made.add(1);
    o.v_ = -1;
  }
  Own& operator=(const Own& o) {
    v_ = o.get();
    expect(self_ == this, "an assignment to garbage");
    return *this;
  }
  ~Own() {
    expect(self_ == this, "a destructor of garbage");
    self_ = nullptr;
    gone.add(1);
  }
  int get() const {
    expect(self_ == this, "an object that was copied as bytes");
    return v_;
  }
  explicit operator bool() const { return get() != 0; }
  friend bool operator==(const Own& a, const Own& b) { return a.get() == b.get(); }
  friend uint64_t hash(const Own& o) { return static_cast<uint64_t>(o.get()); }

 private:
  Own* self_ = this;
  int v_;
};

// An Own among other fields, aligned more strictly than the heap's size classes.
struct alignas(64) Wide {
  char before = 'b';
  Own own;
  char text[100] = {};
};

// Can be neither copied nor assigned.
struct Only {
  Own own;
  explicit Only(int v = 0) : own(v) {}
  Only(Only&&) = default;
};

// Its move waits and uses channels, which is allowed because rt0 holds no lock then.
struct Busy {
  Own own;
  explicit Busy(int v = 0) : own(v) {}
  Busy(Busy&& o) noexcept : own(static_cast<Own&&>(o.own)) {
    gosched();
    Chan<int> c(1);
    c.send(1);
    (void)c.recv();
  }
  Busy& operator=(Busy&& o) noexcept {
    own = o.own;
    return *this;
  }
};

// f must destroy everything that it makes.
template <class F>
void balanced(const char* what, F f) {
  const int64_t before = made.load() - gone.load();
  f();
  // A goroutine that has just been waited for may still have to destroy its closure.
  for (int i = 0; i < 1000 && made.load() - gone.load() != before; i++) sleep(ms(1));
  if (made.load() - gone.load() == before) return;
  println("wrong:", what, "left", made.load() - gone.load() - before, "objects");
  exit(1);
}

constexpr int kMany = 200;

template <class T>
void through(ptrdiff_t size) {
  balanced("a channel", [&] {
    Chan<T> c(size);
    WaitGroup wg;
    for (int g = 0; g < 3; g++)
      wg.go([c] {
        for (int i = 1; i <= kMany; i++) c.send(T(i));
      });
    go([&] {
      wg.wait();
      c.close();
    });
    int64_t sum = 0;
    for (;;) {
      auto [v, ok] = c.recv_ok();
      if constexpr (requires { v.own.get(); }) sum += v.own.get();
      else sum += v.get();
      if (!ok) break;
    }
    expect(sum == 3 * kMany * (kMany + 1) / 2, "the sum");
    wg.wait();
  });
}

void channels() {
  for (ptrdiff_t size = 0; size < 5; size += 2) {
    through<Own>(size);
    through<Only>(size);
    through<Busy>(size);
  }
  balanced("range", [] {
    Chan<Own> c(3);
    go([c] {
      for (int i = 0; i < 10; i++) c.send(i);
      c.close();
    });
    int n = 0;
    for (const Own& v : c) expect(v.get() == n++, "range");
    expect(n == 10 && c.recv().get() == 0, "the zero value of a closed channel");
    expect(!c.recv_ok().ok && !c.try_recv().ok, "closed");
  });
  balanced("tries", [] {
    Chan<Own> c(1);
    expect(!c.try_recv().ready, "nothing there");
    expect(c.try_send(5) && !c.try_send(6), "one place");
    auto r = c.try_recv();
    expect(r.ready && r.ok && r.value.get() == 5, "try_recv");
  });
  balanced("values that are left", [] {
    Chan<Own> c(8);
    for (int i = 0; i < 6; i++) c.send(i);
    (void)c.recv();
    c.send(6);
    Chan<Own> closed(2);
    closed.send(1);
    closed.close();
    Chan<Chan<Own>> outer(1);  // a channel in a channel, and a value in the inner one
    Chan<Own> inner(1);
    inner.send(3);
    outer.send(inner);
  });
  balanced("fields", [] {
    Chan<Wide> c(2);
    Wide w;
    w.own = Own(7);
    w.text[99] = 'x';
    c.send(w);
    go([c, w] { c.send(w); });
    for (int i = 0; i < 2; i++) {
      const Wide v = c.recv();
      expect(v.own.get() == 7 && v.before == 'b' && v.text[99] == 'x', "a field");
      expect(reinterpret_cast<uintptr_t>(&v) % 64 == 0, "the alignment");
    }
  });
  balanced("a receiver that waits when its channel is closed", [] {
    Chan<Own> c(0);
    Chan<int> done(2);
    for (int i = 0; i < 2; i++)
      go([=] {
        auto [v, ok] = c.recv_ok();
        done.send(v.get() + ok);
      });
    sleep(ms(2));
    c.close();
    expect(done.recv() + done.recv() == 0, "closed");
  });
}

void selects() {
  for (ptrdiff_t size = 0; size < 3; size += 2)
    balanced("select", [&] {
      Chan<Own> a(size), b(size);
      Chan<int> done(0);
      go([=] {
        for (int i = 1; i <= kMany; i++) select(send(a, i), send(b, Own(i)));
        done.send(1);
      });
      int64_t sum = 0;
      int n = 0;
      bool more = true;
      while (more || a.len() + b.len() > 0)
        select(recv(a, [&](const Own& v) { n++, sum += v.get(); }),
               recv(b, [&](Own v, bool ok) { n++, sum += v.get() + !ok; }), recv(done, [&] { more = false; }));
      expect(n == kMany && sum == kMany * (kMany + 1) / 2, "what select has received");
    });
  balanced("cases that are not taken, and one alone", [] {
    Chan<Own> full(1), none(0), nil;
    full.send(1);
    expect(select(send(full, 2), send(none, 3), send(nil, 4), recv(nil), otherwise()) == 4, "otherwise");
    expect(select(send(full, 2), otherwise()) == 1, "otherwise, beside one");
    expect(select(recv(full), recv(none)) == 0, "a value that is not looked at");
    expect(select(send(full, 9)) == 0 && select(recv(full)) == 0, "one case");
    none.close();
    select(recv(none, [](Own v, bool ok) { expect(!ok && v.get() == 0, "closed"); }), send(nil, 1));
    const Chan<Time> tick = after(ms(1));
    select(send(nil, 5), recv(none, [&](Own) {}), recv(tick, [](Time) {}));
    select(send(nil, 5), recv(after(ms(1))));
  });
  balanced("cases known at run time", [] {
    for (int round = 0; round < 20; round++) {
      Chan<Own> c[12];
      Own out[12], in;
      SelectCase all[12];
      for (int i = 0; i < 12; i++) {
        c[i] = Chan<Own>(1);
        out[i] = Own(100 + i);
        all[i] = send_case(c[i], &out[i]);
      }
      const Selected s = select_cases(all);
      for (int i = 0; i < 12; i++) expect(out[i].get() == (i == s.index ? 0 : 100 + i), "what is left to send");
      all[0] = recv_case(c[s.index], &in);
      const int again = select_cases(all, 1).index;
      expect(again == 0 && in.get() == 100 + s.index, "what is received");
      all[1] = default_case();
      expect(select_cases(all, 2).index == 1, "default");
      c[s.index].send(3);
      all[0] = recv_case(c[s.index]);
      expect(select_cases(all, 1).ok, "dropped");
      Chan<Only> only(1);
      Only o(8);
      expect(select_cases({send_case(only, &o)}).index == 0 && o.own.get() == 0, "a value that can only be moved");
    }
  });
}

struct Pooled {
  Own own;
};
constinit sync::Pool<Pooled> pool{[] { return new Pooled{Own(1)}; }};
constinit sync::Map<Own, Own> map;

void keepers() {
  balanced("go", [] {
    WaitGroup wg;
    const Own o(5);
    Own mine(6);
    wg.go([o, m = static_cast<Own&&>(mine)] { expect(o.get() == 5 && m.get() == 6, "a closure"); });
    Chan<int> done(0);
    go([o, done] { done.send(o.get()); });
    go_with({.stack = 65536}, [o, done] { done.send(o.get()); });
    expect(done.recv() + done.recv() == 10, "closures");
    wg.wait();
    Timer t = after_func(ms(1), [o, done] { done.send(o.get()); });
    expect(done.recv() == 5, "after_func");
    after_func(hours(1), [o] { (void)o; }).stop();
    auto [ctx, cancel] = context::with_cancel(context::background());
    (void)context::after_func(ctx, [o, done] { done.send(o.get()); });
    cancel();
    expect(done.recv() == 5, "a context's function");
    static constinit context::Key<Own> key{};
    expect(context::with_value(ctx, key, o).value(key)->get() == 5, "a context's value");
  });
  balanced("Pool", [] {
    Pooled* p[10];
    for (auto& x : p) x = pool.get();
    for (auto* x : p) pool.put(x);
    for (auto& x : p) {
      x = pool.get();
      expect(x->own.get() == 1, "an object of a Pool");
      delete x;
    }
  });
  balanced("Map", [] {
    for (int i = 1; i <= kMany; i++) map.store(i, Own(2 * i));
    for (int i = 1; i <= kMany; i++) {
      const auto r = map.load(i);
      expect(r.ok && r.value.get() == 2 * i, "load");
    }
    int n = 0;
    map.range([&](const Own& k, const Own& v) {
      expect(v.get() == 2 * k.get(), "range");
      return ++n < kMany / 2;
    });
    expect(map.swap(3, 4).value.get() == 6 && map.compare_and_swap(3, 4, 5) && !map.compare_and_swap(3, 4, 6), "swap");
    expect(map.load_and_delete(3).value.get() == 5 && !map.load_or_store(3, 1).ok, "load_or_store");
    expect(map.compare_and_delete(3, 1) && !map.compare_and_delete(3, 1), "compare_and_delete");
    map.clear();
  });
  balanced("errgroup, once", [] {
    errgroup::Group<Own> g;
    for (int i = 0; i < 4; i++) g.go([o = Own(7)] { return o; });
    expect(g.wait().get() == 7, "an error");
    auto once = once_value([o = Own(9)] { return o; });
    expect(once().get() == 9 && once().get() == 9, "once_value");
    const Own back = func([] {
      Defer d([o = Own(1)] { (void)o; });
      return Own(8);
    });
    expect(back.get() == 8, "func");
  });
  // A panic skips the destructors of the frames that it leaves, so their objects are never destroyed. The recovered
  // value is a separate copy, which is destroyed.
  Own kept;
  func([&] {
    Defer d([&] {
      const Recovered r = recover();
      Recovered copy = r;
      Recovered again;
      again = copy;
      kept = again.as<Own>();
    });
    panic(Own(11));
  });
  expect(kept.get() == 11, "a panic's value");
}

// Keys and values whose functions use the map that they are in, or panic.
void meddle();
bool meddling = false;  // set while only one goroutine uses the map
const char* fails = nullptr;
struct Meddler {
  Own own;

  Meddler(int v = 0) : own(v) {}
  Meddler(const Meddler& o) : own(o.own) { act("a copy"); }
  Meddler& operator=(const Meddler&) = delete;
  ~Meddler() { act("a destructor"); }
  friend bool operator==(const Meddler& a, const Meddler& b) {
    act("==");
    return a.own == b.own;
  }
  friend uint64_t hash(const Meddler&) {
    act("hash");
    return 1;  // all keys in one list
  }

 private:
  static void act(const char* what) {
    if (meddling) meddle();
    if (fails == nullptr || !same(fails, what)) return;
    fails = nullptr;
    panic(what);
  }
};
constinit sync::Map<Meddler, Meddler> meddled;

void meddle() {
  meddling = false;
  meddled.store(1000, 1);
  (void)meddled.load(1);
  gosched();
  (void)meddled.load_and_delete(1000);
  meddling = true;
}

void every_operation(int i) {
  meddled.store(i, i);
  meddled.store(i, i + 1);
  expect(meddled.load(i).value.own.get() == i + 1, "load");
  expect(meddled.compare_and_swap(i, i + 1, i + 2) && !meddled.compare_and_swap(i, i + 1, 0), "compare_and_swap");
  expect(meddled.load_or_store(i, 0).ok && !meddled.load_or_store(i + 500, 1).ok, "load_or_store");
  expect(!meddled.compare_and_delete(i, 1000) && meddled.compare_and_delete(i, i + 2), "compare_and_delete");
  expect(meddled.load_and_delete(i + 500).ok && !meddled.load(i).ok, "load_and_delete");
}

void map_calls_out() {
  balanced("a map that its keys and values use", [] {
    meddling = true;
    for (int i = 1; i < 20; i++) every_operation(i);
    for (int i = 0; i < 5; i++) meddled.store(i, i);
    int n = 0;
    meddled.range([&](const Meddler& k, const Meddler& v) {
      expect(k == v, "range");
      return ++n < 3;
    });
    meddled.clear();
    meddling = false;
    meddled.clear();
  });
  // All keys are in one list, and several Ps use the map: no store is lost, and no key appears twice.
  balanced("a map with one list", [] {
    WaitGroup wg;
    atomic::Int32 sum;
    for (int g = 0; g < 4; g++)
      wg.go([&, g] {
        for (int i = 0; i < 50; i++) {
          every_operation(10 * g + 10000 + i % 10 * 1000);
          for (;;) {
            const int old = meddled.load_or_store(5, 0).value.own.get();
            if (meddled.compare_and_swap(5, old, old + 1)) break;
          }
          if (!meddled.load_or_store(6, g).ok && meddled.compare_and_delete(6, g)) sum.add(1);
        }
      });
    wg.wait();
    expect(meddled.load(5).value.own.get() == 200 && sum.load() > 0, "what all have counted");
    int n = 0;
    meddled.range([&](const Meddler&, const Meddler&) { return ++n, true; });
    expect(n == 1, "what is left");
    meddled.clear();
  });
  // After a panic in a function of a key or value the map is unlocked and unchanged.
  const char* const kinds[] = {"a copy", "a destructor", "==", "hash"};
  for (const char* what : kinds) {
    meddled.store(1, 10);
    const auto caught = [&](auto f) {
      fails = what;
      bool any = false;
      func([&] {
        Defer d([&] { any = static_cast<bool>(recover()); });
        f();
      });
      fails = nullptr;
      const bool there = meddled.load(1).ok;
      if (!there) meddled.store(1, 10);
      return any;
    };
    int n = 0;
    n += caught([] { (void)meddled.load(1); });
    n += caught([] { (void)meddled.load_or_store(2, 1); });
    n += caught([] { meddled.store(1, 3); });
    n += caught([] { (void)meddled.compare_and_swap(1, 10, 11); });
    n += caught([] { (void)meddled.compare_and_delete(1, 10); });
    n += caught([] { meddled.remove(1); });
    n += caught([] { meddled.clear(); });
    expect(n > 0, what);
    meddled.clear();
  }
  balanced("a function of range that panics", [] {
    sync::Map<int, Own> m;
    for (int i = 0; i < 40; i++) m.store(i, i);
    func([&] {
      Defer d([] { (void)recover(); });
      m.range([](int, const Own&) -> bool { panic("in range"); });
    });
    int n = 0;
    m.range([&](int k, const Own& v) {
      expect(k == v.get(), "range");
      return ++n, true;
    });
    expect(n == 40, "a whole map");
    m.clear();
  });
}

}  // namespace

int main() {
  channels();
  selects();
  keepers();
  map_calls_out();
  println("values ok");
}
