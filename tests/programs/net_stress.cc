// Many goroutines on sockets and pipes at once, contents checked: net_stress WHAT PAIRS ROUNDS.
#include <rt0/rt0.h>

using namespace rt0;
using rt0::errors::Err;
using rt0::errors::Error;
using rt0::errors::Result;

namespace {

int parse(const char* s) {
  int v = 0;
  for (; *s >= '0' && *s <= '9'; s++) v = v * 10 + *s - '0';
  return v;
}

[[noreturn]] void fail(StrArg what, const Error& err) {
  println("FAIL", what, err);
  exit(1);
}

template <class T>
T must(StrArg what, Result<T> r) {
  if (r.err) fail(what, r.err);
  return static_cast<T&&>(r.value);
}

// The byte at position i in round r of pair id.
unsigned char pattern(unsigned id, unsigned r, size_t i) {
  return static_cast<unsigned char>(id * 7919u + r * 104729u + static_cast<unsigned>(i) * 31u +
                                    (static_cast<unsigned>(i) >> 8));
}

template <class C>
void read_full(const C& c, unsigned char* p, size_t n) {
  for (size_t have = 0; have < n;) {
    auto [k, err] = c.read(p + have, n - have);
    if (err) fail("read", err);
    have += k;
  }
}

template <class W, class R>
void exchange(const W& out, const R& in, unsigned id, unsigned rounds) {
  constexpr size_t kMax = 3000;
  unsigned char sent[kMax], got[kMax];
  for (unsigned r = 0; r < rounds; r++) {
    const size_t n = 1 + (id * 131 + r * 977) % kMax;
    for (size_t i = 0; i < n; i++) sent[i] = pattern(id, r, i);
    if (auto w = out.write(sent, n); w.err || w.value != n) fail("write", w.err);
    read_full(in, got, n);
    for (size_t i = 0; i < n; i++)
      if (got[i] != sent[i]) fail("contents", Error{});
  }
}

template <class R, class W>
void echo(const R& in, const W& out) {
  unsigned char buf[1024];
  for (;;) {
    auto [n, err] = in.read(buf, sizeof(buf));
    if (err == io::eof) return;
    if (err) fail("echo read", err);
    if (auto w = out.write(buf, n); w.err) fail("echo write", w.err);
  }
}

void sockets(StrArg network, StrArg address, unsigned pairs, unsigned rounds) {
  auto l = must("listen", net::listen(network, address));
  WaitGroup wg;
  go([&] {
    for (;;) {
      auto [c, err] = l.accept();
      if (err.is(Err::closed)) return;
      if (err) fail("accept", err);
      go([s = c] { echo(s, s); });
    }
  });
  for (unsigned id = 0; id < pairs; id++) {
    wg.add(1);
    go([&, id] {
      auto c = must("dial", net::dial(network, l.addr()));
      exchange(c, c, id, rounds);
      if (const Error e = c.close(); e) fail("close", e);
      wg.done();
    });
  }
  wg.wait();
  (void)l.close();
}

void pipes(unsigned pairs, unsigned rounds) {
  WaitGroup wg;
  for (unsigned id = 0; id < pairs; id++) {
    wg.add(2);
    os::Pipe there = must("pipe", os::pipe()), back = must("pipe", os::pipe());
    go([&wg, in = there.r, out = back.w] {
      echo(in, out);
      wg.done();
    });
    go([&wg, id, rounds, out = there.w, in = back.r] {
      exchange(out, in, id, rounds);
      (void)out.close();
      wg.done();
    });
  }
  wg.wait();
}

// Many goroutines read, write, set deadlines and close on one connection: none may hang or crash.
void misuse(unsigned rounds) {
  auto l = must("listen", net::listen("tcp", "127.0.0.1:0"));
  for (unsigned r = 0; r < rounds; r++) {
    auto c = must("dial", net::dial("tcp", l.addr()));
    auto s = must("accept", l.accept());
    WaitGroup wg;
    for (unsigned k = 0; k < 4; k++) {
      wg.add(3);
      go([&wg, c] {
        char b[64];
        while (!c.read(b, sizeof(b)).err.is(Err::closed)) gosched();
        wg.done();
      });
      go([&wg, c, s] {
        char b[64] = {};
        while (!c.write(b, sizeof(b)).err.is(Err::closed)) (void)s.write("x");
        wg.done();
      });
      go([&wg, c, k] {
        for (unsigned i = 0; !c.set_deadline(k % 2 == 0 ? now().add(us(50)) : Time{}); i++) sleep(us(20 + i % 7));
        wg.done();
      });
    }
    wg.add(1);
    go([&wg, s] {
      char b[256];
      while (!s.read(b, sizeof(b)).err) {}
      wg.done();
    });
    sleep(ms(2));
    if (const Error e = c.close(); e) fail("close", e);
    if (!c.close().is(Err::closed)) fail("close twice", Error{});
    (void)s.close();
    wg.wait();
  }
}

// Three goroutines write to one connection, faster than it is read: each message comes whole, and none is interrupted
// by another. The first byte says which goroutine sent the message. The other bytes depend on their offsets, so that a
// part that is sent twice or left out is seen.
void writers(unsigned rounds) {
  auto [pair, err] = net::socketpair();
  if (err) fail("socketpair", err);
  constexpr size_t kLong = 100000;
  WaitGroup wg;
  for (unsigned char id = 1; id <= 3; id++) {
    wg.add(1);
    go([&wg, id, rounds, c = pair.a] {
      auto* b = new unsigned char[kLong];
      for (unsigned r = 0; r < rounds; r++) {
        for (size_t i = 0; i < kLong; i++) b[i] = i == 0 ? id : pattern(id, r, i);
        if (auto w = c.write(b, kLong); w.value != kLong) fail("long write", w.err);
      }
      delete[] b;
      wg.done();
    });
  }
  auto* b = new unsigned char[kLong];
  unsigned next[4] = {};
  for (unsigned n = 0; n < 3 * rounds; n++) {
    read_full(pair.b, b, kLong);
    if (b[0] < 1 || b[0] > 3) fail("a message that nobody has sent", Error{});
    const unsigned r = next[b[0]]++;
    for (size_t i = 1; i < kLong; i++)
      if (b[i] != pattern(b[0], r, i)) fail("mixed writes", Error{});
  }
  delete[] b;
  wg.wait();
}

// When descriptors run out there is an error; as soon as some are free, everything works again.
void too_many() {
  os::File kept[200];
  auto l = must("listen", net::listen("tcp", "127.0.0.1:0"));
  unsigned n = 0;
  Error last;
  while (n < 200 && !last) {
    auto [f, err] = os::open("/dev/null");
    last = err;
    if (!err) kept[n++] = f;
  }
  println(last);
  println(net::dial("tcp", "127.0.0.1:1").err);
  println(os::pipe().err);
  println(net::listen("udp", "127.0.0.1:0").err.is(Err::address));
  kept[0] = os::File{};
  auto c = must("dial", net::dial("tcp", l.addr()));
  (void)l.set_deadline(now().add(seconds(5)));
  auto a = l.accept();
  println(a.err.is(Err::mfile), a.err.op());
  for (unsigned i = 1; i < n; i++) kept[i] = os::File{};
  auto s = must("accept", l.accept());
  exchange(c, s, 0, 0);
  (void)s.write("fine");
  unsigned char b[4];
  read_full(c, b, 4);
}

}  // namespace

int main(int argc, char** argv) {
  const StrArg what = argc > 1 ? argv[1] : "tcp";
  const auto is = [&](StrArg s) {
    FixedText<16> t;
    t.put(what);
    return t == s;
  };
  const unsigned pairs = static_cast<unsigned>(argc > 2 ? parse(argv[2]) : 200);
  const unsigned rounds = static_cast<unsigned>(argc > 3 ? parse(argv[3]) : 20);
  if (is("tcp")) sockets("tcp", "127.0.0.1:0", pairs, rounds);
  if (is("unix")) {
    FixedText<64> address;
    address.put("@rt0-net-stress-");
    address.put(strconv::itoa(os::getpid()));  // several of these programs may run at once
    sockets("unix", address, pairs, rounds);
  }
  if (is("pipe")) pipes(pairs, rounds);
  if (is("misuse")) misuse(rounds);
  if (is("writers")) writers(rounds);
  if (is("emfile")) too_many();
  if (is("wait")) {
    auto l = must("listen", net::listen("tcp", "127.0.0.1:0"));
    (void)l.set_deadline(now().add(seconds(static_cast<int>(pairs))));
    println(l.accept().err.timeout());
  }
  println("ok");
}
