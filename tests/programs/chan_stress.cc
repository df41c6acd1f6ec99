// Many goroutines over channels and selects: each value arrives exactly once, and each sender's values arrive in order.
//   chan_stress <mode> <goroutines>
#include <rt0/rt0.h>

#include "words.h"

namespace {

using u64 = unsigned long long;

[[noreturn]] void fail(const char* what, u64 a, u64 b) {
  rt0::println("FAIL", what, a, b);
  rt0::exit(1);
}

struct Value {
  unsigned sender, number;
  u64 check;
};
Value make(unsigned s, unsigned n) { return {s, n, s * 0x9e3779b97f4a7c15ull ^ n}; }
void check(const Value& v) {
  if (v.check != make(v.sender, v.number).check) fail("torn", v.sender, v.number);
}

// What one receiver has got: the number of all values, and the sum of their numbers. `last` has the last value's number
// of each sender, to check the order.
struct Tally {
  u64 count = 0, sum = 0;
  unsigned* last;
  unsigned senders;

  explicit Tally(unsigned n) : last(new unsigned[n]()), senders(n) {}
  Tally(const Tally&) = delete;
  ~Tally() { delete[] last; }
  void add(const Value& v) {
    check(v);
    if (v.sender >= senders) fail("sender", v.sender, v.number);
    if (v.number <= last[v.sender]) fail("order", v.sender, v.number);  // numbers begin with 1
    last[v.sender] = v.number;
    count++;
    sum += v.number;
  }
};

// n senders of `each` values over one channel with a buffer of `size`, and four receivers.
void many(unsigned n, unsigned each, int size) {
  rt0::Chan<Value> c(size);
  rt0::Chan<u64> sums(0), counts(4);
  rt0::Chan<rt0::Unit> done(n);
  for (unsigned r = 0; r < 4; r++) {
    rt0::go([=] {
      Tally t(n);
      for (auto v : c) t.add(v);
      counts.send(t.count);
      sums.send(t.sum);
    });
  }
  for (unsigned s = 0; s < n; s++) {
    rt0::go([=] {
      for (unsigned i = 1; i <= each; i++) c.send(make(s, i));
      done.send({});
    });
  }
  for (unsigned s = 0; s < n; s++) done.recv();
  c.close();
  u64 sum = 0, count = 0;
  for (int r = 0; r < 4; r++) sum += sums.recv();
  for (int r = 0; r < 4; r++) count += counts.recv();
  if (count != u64{n} * each) fail("count", count, u64{n} * each);
  if (sum != u64{n} * each * (each + 1) / 2) fail("sum", sum, 0);
}

// n goroutines select over four channels in both directions, each in its own order. One more goroutine only receives.
void selects(unsigned n, unsigned each) {
  rt0::Chan<int> cs[4] = {rt0::Chan<int>(0), rt0::Chan<int>(1), rt0::Chan<int>(0), rt0::Chan<int>(5)};
  rt0::Chan<rt0::Unit> done(n), stop(0);
  rt0::Chan<u64> broom(0);
  rt0::atomic::Uint64 sent, received;
  rt0::go([&, stop, broom] {
    u64 got = 0;
    const auto take = [&](int v) { got += static_cast<u64>(v); };
    for (bool on = true; on;)
      rt0::select(rt0::recv(cs[0], take), rt0::recv(cs[1], take), rt0::recv(cs[2], take), rt0::recv(cs[3], take),
                  rt0::recv(stop, [&] { on = false; }));
    for (auto& c : cs)
      for (auto r = c.try_recv(); r.ready; r = c.try_recv()) take(r.value);
    broom.send(got);
  });
  for (unsigned w = 0; w < n; w++) {
    rt0::go([&, w, done] {
      u64 in = 0, out = 0;
      const auto take = [&](int v) { in += static_cast<u64>(v); };
      for (unsigned i = 1; i <= each; i++) {
        const int v = static_cast<int>(w * each + i);
        const auto gave = [&] { out += static_cast<u64>(v); };
        rt0::select(rt0::send(cs[w % 4], v, gave), rt0::recv(cs[(w + 1) % 4], take),
                    rt0::send(cs[(w + 3) % 4], v, gave), rt0::recv(cs[(w + 2) % 4], take), rt0::recv(cs[w % 4], take));
      }
      sent.add(out);
      received.add(in);
      done.send({});
    });
  }
  for (unsigned w = 0; w < n; w++) done.recv();
  stop.send({});
  received.add(broom.recv());
  if (sent.load() != received.load()) fail("selects", sent.load(), received.load());
}

// A chain of n goroutines, each of which passes values on; then closing passes through it.
void chain(unsigned n, unsigned each) {
  rt0::Chan<Value> first(0), c = first;
  for (unsigned k = 0; k < n; k++) {
    rt0::Chan<Value> next(static_cast<int>(k % 3));
    rt0::go([c, next] {
      for (auto v : c) next.send(v);
      next.close();
    });
    c = next;
  }
  rt0::go([first, each] {
    for (unsigned i = 1; i <= each; i++) first.send(make(0, i));
    first.close();
  });
  Tally t(1);
  for (auto v : c) t.add(v);
  if (t.count != each) fail("chain", t.count, each);
}

// n goroutines wait in one select each; closing one channel ends all of them, whatever else happens.
void closing(unsigned n) {
  rt0::Chan<int> work(0);
  rt0::Chan<rt0::Unit> quit(0), done(0);
  for (unsigned k = 0; k < n; k++) {
    rt0::go([=] {
      for (bool on = true; on;)
        rt0::select(rt0::recv(work), rt0::recv(quit, [&](rt0::Unit, bool ok) {
                      if (ok) fail("closing", 0, 0);
                      on = false;
                    }));
      done.send({});
    });
  }
  for (unsigned k = 0; k < n; k++) work.send(1);
  quit.close();
  for (unsigned k = 0; k < n; k++) done.recv();
}

// GOMAXPROCS changes between one and several, at least a hundred times, while channels are in use. With one P a
// channel's lock only counts, so the kind of lock changes too.
void procs(unsigned n) {
  rt0::Chan<rt0::Unit> stop(0), stopped(0);
  int changes = 0;
  rt0::go([=, &changes] {
    while (!stop.try_recv().ready) {
      const int k = __atomic_add_fetch(&changes, 1, __ATOMIC_RELAXED);
      rt0::set_gomaxprocs(k % 2 == 0 ? 1 : 2 + k % 3);
      rt0::gosched();
    }
    stopped.send({});
  });
  for (int k = 0; k < 20 || __atomic_load_n(&changes, __ATOMIC_RELAXED) < 100; k++) {
    many(n, 10, k % 4);
    selects(n, 10);
  }
  stop.close();
  stopped.recv();
}

}  // namespace

int main(int, char** argv) {
  const unsigned n = static_cast<unsigned>(number(argv[2]));
  if (same(argv[1], "many")) many(n, 50, 0), many(n, 50, 1), many(n, 50, 100);
  else if (same(argv[1], "selects")) selects(n, 50);
  else if (same(argv[1], "chain")) chain(n, 20);
  else if (same(argv[1], "closing")) closing(n);
  else if (same(argv[1], "procs")) procs(n);
  rt0::println("ok");
}
