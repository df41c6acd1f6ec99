// Many goroutines that use everything at once: soak SECONDS GOROUTINES PATIENCE GENERATIONS.
//
// They come in generations: each generation makes all its goroutines, lets them work, tells them to stop and waits for
// all of them. The counts must add up at the end, so a lost or doubled value is found. A watchdog checks every kind of
// work each second: a kind that has not progressed for PATIENCE seconds, or a goroutine that does not end, has lost a
// wake-up. Memory is measured while a generation works; from the second generation on it must not grow. The last lines
// printed tell how much work was done.
#include <rt0/rt0.h>

using namespace rt0;
using rt0::errors::Err;
using rt0::errors::Result;

namespace {

using u64 = unsigned long long;

enum Kind { kPairs, kRings, kSelects, kTimers, kMutexes, kForks, kSockets, kFiles, kKinds };
constexpr const char* kNames[kKinds] = {"pairs", "rings", "selects", "timers", "mutexes", "forks", "sockets", "files"};

struct Progress {
  atomic::Int64 steps, running;
  // Used by the watchdog only.
  long long seen = 0;
  int still = 0;
};
Progress progress[kKinds];
atomic::Bool stop;

[[noreturn]] void fail(StrArg what, long long a, long long b) {
  println("FAIL", what, a, b);
  exit(1);
}

int parse(const char* s) {
  int v = 0;
  for (; *s >= '0' && *s <= '9'; s++) v = v * 10 + *s - '0';
  return v;
}

unsigned next_random(unsigned* x) {
  *x = *x * 1664525u + 1013904223u;
  return *x >> 8;
}

template <class F>
void start(Kind k, F f) {
  progress[k].running.add(1);
  go([k, f = static_cast<F&&>(f)] {
    f();
    progress[k].running.add(-1);
  });
}
// Counts a step. Yields now and then: otherwise, with so many goroutines, it would take minutes until each has had a
// time slice.
void step(Kind k) {
  if (progress[k].steps.add(1) % 8 == 0) gosched();
}

// Two goroutines, two channels: each number comes back doubled.
void pair() {
  Chan<u64> there(0), back(0);
  start(kPairs, [=] {
    for (u64 v : there) back.send(2 * v);
    back.close();
  });
  start(kPairs, [=] {
    u64 n = 0;
    for (; !stop.load(); n++) {
      there.send(n);
      if (back.recv() != 2 * n) fail("pair", static_cast<long long>(n), 0);
      step(kPairs);
    }
    there.close();
    if (back.recv_ok().ok) fail("pair: a value too many", static_cast<long long>(n), 0);
  });
}

// Ten goroutines in a circle with buffered channels between them, and three tokens on the way. The first goroutine
// takes the tokens out at the end.
void ring() {
  constexpr int kNodes = 10, kTokens = 3;
  Chan<u64> in[kNodes];
  for (auto& c : in) c = Chan<u64>(2);
  for (int i = 1; i < kNodes; i++)
    start(kRings, [from = in[i], to = in[(i + 1) % kNodes]] {
      for (u64 v : from) to.send(v + 1);
      to.close();
    });
  start(kRings, [from = in[0], to = in[1]] {
    for (u64 t = 0; t < kTokens; t++) to.send(0);
    int left = kTokens;
    u64 rounds = 0;
    while (left > 0) {
      const u64 v = from.recv();
      if (v % (kNodes - 1) != 0) fail("ring: token", static_cast<long long>(v), 0);
      step(kRings);
      rounds++;
      if (stop.load()) left--;
      else to.send(v);
    }
    to.close();
    if (from.recv_ok().ok) fail("ring: a token too many", static_cast<long long>(rounds), 0);
  });
}

// Two producers; a goroutine that selects over both, a timer and a nil channel and sends by a select; a consumer.
void selects() {
  Chan<u64> a(0), b(1), out(0), sums(2);
  const Chan<u64> inputs[] = {a, b};
  for (const auto& c : inputs)
    start(kSelects, [=] {
      u64 sum = 0;
      for (u64 i = 1; !stop.load(); i++) {
        c.send(i);
        sum += i;
      }
      c.close();
      sums.send(sum);
    });
  start(kSelects, [=] {
    Chan<u64> from[2] = {a, b}, never;
    u64 last[2] = {};
    Timer late = new_timer(ms(500));
    while (from[0].handle() != nullptr || from[1].handle() != nullptr) {
      u64 got = 0;
      const auto take = [&](int i, u64 v, bool ok) {
        if (!ok) from[i] = {};
        else if (v != ++last[i]) fail("select: order", static_cast<long long>(v), static_cast<long long>(last[i]));
        got = v;
      };
      select(recv(from[0], [&](u64 v, bool ok) { take(0, v, ok); }),
             recv(from[1], [&](u64 v, bool ok) { take(1, v, ok); }),
             recv(never, [](u64 v) { fail("select: nil channel", static_cast<long long>(v), 0); }),
             recv(late.c(), [&](Time) { late.reset(ms(500)); }));
      if (got != 0) select(send(out, got), send(never, got));
      step(kSelects);
    }
    late.stop();
    out.close();
  });
  start(kSelects, [=] {
    u64 sum = 0;
    for (u64 v : out) sum += v;
    for (int i = 0; i < 2; i++) sum -= sums.recv();
    if (sum != 0) fail("select: sum", static_cast<long long>(sum), 0);
  });
}

// Sleeps, and timers that fire, are stopped, are reset: none fires early, and a stopped one never fires.
void timers(unsigned seed) {
  start(kTimers, [seed] {
    unsigned x = seed;
    Timer t = new_timer(hours(1));
    while (!stop.load()) {
      const Duration d = us(1000 + next_random(&x) % 400000);
      const Time began = now();
      switch (next_random(&x) % 4) {
        case 0: sleep(d); break;
        case 1:
          t.reset(d);
          t.c().recv();
          break;
        case 2: {
          Chan<Unit> fired(1);
          Timer f = after_func(d, [fired] { fired.send({}); });
          fired.recv();
          break;
        }
        default:
          t.reset(ms(1));
          t.stop();
          sleep(d);
          if (t.c().try_recv().ready) fail("timer: a stopped one fired", 0, 0);
      }
      if (since(began) < d) fail("timer: early", since(began).count, d.count);
      step(kTimers);
    }
    t.stop();
  });
}

struct Shared {
  Mutex mu;
  RWMutex rw;
  Cond<> changed{mu};
  u64 a = 0, b = 0, sum = 0;
  u64 x = 0, y = 0;
  atomic::Int64 users{8};
  u64 turn = 0;
  bool over = false;
};

// Eight goroutines, a mutex, a read-write mutex, and a condition that lets the goroutines go on in turn.
void mutexes() {
  auto* s = new Shared;
  for (unsigned id = 0; id < 8; id++)
    start(kMutexes, [s, id] {
      unsigned r = id;
      u64 mine = 0;
      bool last = false;
      while (!last) {
        s->mu.lock();
        if (s->a != s->b) fail("mutex: torn", static_cast<long long>(s->a), static_cast<long long>(s->b));
        s->a++;
        if (next_random(&r) % 8 == 0) gosched();
        s->b++;
        mine++;
        // In turn, each as often as the others, so all of them leave after the same number of rounds.
        while (s->turn % 8 != id) s->changed.wait();
        if (id == 0 && stop.load()) s->over = true;
        s->turn++;
        last = s->over;
        s->changed.broadcast();
        s->mu.unlock();
        if (next_random(&r) % 4 == 0) {
          s->rw.lock();
          s->x++, s->y++;
          s->rw.unlock();
        } else {
          s->rw.rlock();
          if (s->x != s->y) fail("rwmutex: torn", static_cast<long long>(s->x), static_cast<long long>(s->y));
          s->rw.runlock();
        }
        step(kMutexes);
      }
      s->mu.lock();
      s->sum += mine;
      s->mu.unlock();
      if (s->users.add(-1) != 0) return;  // another goroutine is still using it
      if (s->sum != s->a) fail("mutex: sum", static_cast<long long>(s->sum), static_cast<long long>(s->a));
      delete s;
    });
}

// Goroutines that are started and end.
void forks() {
  start(kForks, [] {
    while (!stop.load()) {
      WaitGroup wg;
      int parts[4] = {};
      for (int& p : parts)
        wg.go([&p] {
          gosched();
          p = 1;
        });
      wg.wait();
      for (int p : parts)
        if (p != 1) fail("forks", p, 1);
      step(kForks);
    }
  });
}

template <class C>
void echo(const C& in, const C& out) {
  char buf[256];
  for (;;) {
    auto [n, err] = in.read(buf, sizeof(buf));
    if (err == io::eof) return;
    if (err) {
      println(err);
      fail("echo: read", 0, 0);
    }
    if (auto w = out.write(buf, n); w.err) {
      println(w.err);
      fail("echo: write", 0, 0);
    }
  }
}

template <class R, class W>
void talk(const R& in, const W& out, unsigned id) {
  char sent[200], got[200];
  for (unsigned r = 0; !stop.load(); r++) {
    const size_t n = 1 + (id * 31 + r * 7) % sizeof(sent);
    for (size_t i = 0; i < n; i++) sent[i] = static_cast<char>(id + r * 13 + i);
    if (auto w = out.write(sent, n); w.err) {
      if (r == 0 && stop.load()) return;
      fail("talk: write", id, r);
    }
    for (size_t have = 0; have < n;) {
      auto [k, err] = in.read(got + have, n - have);
      if (err && r == 0 && stop.load()) return;  // this goroutine began so late that its listener is closed
      if (err) fail("talk: read", id, r);
      have += k;
    }
    for (size_t i = 0; i < n; i++)
      if (got[i] != sent[i]) fail("talk: contents", id, r);
    step(kSockets);
    if (r % 4 == 0) sleep(us(id % 1000));
  }
}

template <class T>
T must(Result<T> r) {
  if (r.err) {
    println(r.err);
    fail("must", 0, 0);
  }
  return static_cast<T&&>(r.value);
}

// TCP, unix and pipes, `n` of each; a server ends when its listener is closed.
void sockets(unsigned n, net::Listener* listeners) {
  const StrArg networks[2] = {"tcp", "unix"}, addresses[2] = {"127.0.0.1:0", "@rt0-soak"};
  for (int k = 0; k < 2; k++) {
    FixedText<64> address;
    address.put(addresses[k]);
    if (k == 1) address.put(strconv::itoa(os::getpid()));  // several of these programs may run at once
    net::Listener l = must(net::listen(networks[k], address));
    listeners[k] = l;
    start(kSockets, [l] {
      for (;;) {
        auto [c, err] = l.accept();
        if (err.is(Err::closed)) return;
        if (err) fail("accept", 0, 0);
        start(kSockets, [s = c] { echo(s, s); });
      }
    });
    for (unsigned id = 0; id < n; id++)
      start(kSockets, [l, id, network = networks[k]] {
        // Makes a new connection now and then.
        while (!stop.load()) {
          auto dialed = net::dial(network, l.addr());
          if (dialed.err && stop.load()) return;
          auto c = must(dialed);
          talk(c, c, id);
        }
      });
  }
  for (unsigned id = 0; id < n; id++) {
    os::Pipe there = must(os::pipe()), back = must(os::pipe());
    start(kSockets, [in = there.r, out = back.w] { echo(in, out); });
    start(kSockets, [id, out = there.w, in = back.r] {
      talk(in, out, id);
      (void)out.close();
    });
  }
}

// System calls that do not go through the poller.
void files() {
  start(kFiles, [] {
    auto f = must(os::open("/dev/zero"));
    char b[512];
    while (!stop.load()) {
      b[0] = b[511] = 1;
      if (auto r = f.read(b, sizeof(b)); r.err || r.value != sizeof(b) || b[0] != 0 || b[511] != 0) fail("files", 0, 0);
      step(kFiles);
    }
  });
}

long rss_kib() {
  auto f = must(os::open("/proc/self/statm"));
  char b[128] = {};
  if (f.read(b, sizeof(b) - 1).err) return -1;
  const char* p = b;
  while (*p != ' ') p++;
  return 4L * parse(p + 1);
}

[[noreturn]] void stuck(const char* what, int patience) {
  println("STUCK", what, "for", patience, "s; goroutines:", num_goroutine());
  for (int k = 0; k < kKinds; k++)
    println(kNames[k], progress[k].steps.load(), "steps, running", progress[k].running.load());
  exit(3);
}

// Watches for `seconds_`: every kind of work must progress.
void watch(int seconds_, int patience) {
  for (auto& p : progress) p.still = 0;
  for (int s = 0; s < seconds_; s++) {
    sleep(seconds(1));
    for (int k = 0; k < kKinds; k++) {
      Progress& p = progress[k];
      const long long steps = p.steps.load();
      if (steps != p.seen || p.running.load() == 0) p.still = 0;
      else if (++p.still >= patience) stuck(kNames[k], patience);
      p.seen = steps;
    }
  }
}

// Waits until all goroutines have ended; as long as some end, the others are given more time.
void wind_up(int patience) {
  long long before = -1;
  for (int still = 0; still < 20 * patience; still++) {
    long long left = 0;
    for (auto& p : progress) left += p.running.load();
    if (left == 0) return;
    if (left != before) still = 0;
    before = left;
    sleep(ms(50));
  }
  stuck("the end", patience);
}

// n goroutines or a few more, divided among the kinds by twentieths.
void generation(int n, net::Listener* listeners) {
  stop.store(false);
  const int share = n / 20;
  for (int i = 0; i < 6 * share; i += 2) pair();
  for (int i = 0; i < 2 * share; i += 10) ring();
  for (int i = 0; i < 4 * share; i += 4) selects();
  for (int i = 0; i < 3 * share; i++) timers(static_cast<unsigned>(i) * 7919u);
  for (int i = 0; i < 4 * share; i += 8) mutexes();
  for (int i = 0; i < share / 5; i++) forks();
  for (int i = 0; i < 4; i++) files();
  sockets(n >= 5000 ? 60 : 10, listeners);
}

}  // namespace

int main(int argc, char** argv) {
  const int total = argc > 1 ? parse(argv[1]) : 10, n = argc > 2 ? parse(argv[2]) : 100000;
  const int patience = argc > 3 ? parse(argv[3]) : 20, generations = argc > 4 ? parse(argv[4]) : 3;
  long first = 0, last = 0;
  for (int g = 0; g < generations; g++) {
    net::Listener listeners[2];
    generation(n, listeners);
    watch((total + generations - 1) / generations, patience);
    last = rss_kib();
    if (g <= 1) first = last;
    stop.store(true);
    for (auto& l : listeners) (void)l.close();
    wind_up(patience);
  }
  for (int k = 0; k < kKinds; k++) println(kNames[k], progress[k].steps.load());
  println("rss KiB", first, "then", last);
  if (last > first + first / 10 + 8192) fail("memory grows", first, last);
  println("ok");
}
