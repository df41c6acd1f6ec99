// Benchmarks that do the same work, under the same names, as those of bench/go/yardsticks.go on the real Go runtime.
//
//   build/amd64/bin/bench [NAME…]     prints "name value unit", one per line; without a name, all of them
//
// Each but `parked`, which is run once, is run three times, and the best run counts; the same holds for Go's. C++ makes
// two differences: malloc_64B allocates and frees, and gc_binarytrees_16 frees its trees itself, because there is no
// collector yet.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

// A number with two decimals.
struct Hundredths {
  char text[24];
  size_t len = 0;

  explicit Hundredths(int64_t v) {
    char reversed[24];
    size_t n = 0;
    for (; n < 3 || v != 0; v /= 10) {
      if (n == 2) reversed[n++] = '.';
      reversed[n++] = static_cast<char>('0' + v % 10);
    }
    while (n > 0) text[len++] = reversed[--n];
  }
  const char* data() const { return text; }
  size_t size() const { return len; }
};

void report(const char* name, Duration d, int64_t n, const char* unit = "ns/op") {
  fmt::println(name, Hundredths(d.count * 100 / n), unit);
}

template <class F>
void per(const char* name, int64_t n, F f) {
  Duration best = Duration::max();
  for (int r = 0; r < 3; r++) {
    const Time t = now();
    f();
    const Duration d = since(t);
    if (d < best) best = d;
  }
  report(name, best, n);
}

void gosched_pair() {
  constexpr int n = 4000000;
  per("switch_gosched", n, [] {
    WaitGroup wg;
    wg.add(2);
    for (int k = 0; k < 2; k++)
      go([&] {
        for (int i = 0; i < n / 2; i++) gosched();
        wg.done();
      });
    wg.wait();
  });
}

void spawn() {
  constexpr int n = 2000000;
  per("spawn_exit", n, [] {
    WaitGroup wg;
    for (int i = 0; i < n; i += 100) {
      wg.add(100);
      for (int j = 0; j < 100; j++) go([&] { wg.done(); });
      wg.wait();
    }
  });
}

void pingpong() {
  constexpr int n = 1000000;
  per("chan_pingpong_roundtrip", n, [] {
    Chan<int> a(0), b(0);
    go([&] {
      for (int v : a) b.send(v);
      b.close();
    });
    for (int i = 0; i < n; i++) {
      a.send(i);
      b.recv();
    }
    a.close();
    b.recv();
  });
}

void buffered() {
  constexpr int n = 10000000;
  per("chan_buffered128_spsc", n, [] {
    Chan<int> c(128);
    go([&] {
      for (int i = 0; i < n; i++) c.send(i);
      c.close();
    });
    long s = 0;
    for (int v : c) s += v;
  });
}

void sel() {
  constexpr int n = 2000000;
  per("select4", n, [] {
    Chan<int> cs[4] = {Chan<int>(1), Chan<int>(1), Chan<int>(1), Chan<int>(1)};
    WaitGroup wg;
    wg.add(1);  // the channels must outlive the sender
    go([&] {
      for (int i = 0; i < n; i++) cs[i & 3].send(i);
      wg.done();
    });
    for (int i = 0; i < n; i++) select(recv(cs[0]), recv(cs[1]), recv(cs[2]), recv(cs[3]));
    wg.wait();
  });
}

void mutex_uncontended() {
  constexpr int n = 50000000;
  Mutex mu;
  per("mutex_uncontended", n, [&] {
    for (int i = 0; i < n; i++) {
      mu.lock();
      mu.unlock();
    }
  });
}

void mutex_contended() {
  constexpr int n = 8000000;
  Mutex mu;
  volatile int x = 0;
  per("mutex_contended8", n, [&] {
    WaitGroup wg;
    for (int k = 0; k < 8; k++) {
      wg.add(1);
      go([&] {
        for (int i = 0; i < n / 8; i++) {
          mu.lock();
          x = x + 1;
          mu.unlock();
        }
        wg.done();
      });
    }
    wg.wait();
  });
}

void skynet(const Chan<long>& c, long num, long size, int div) {
  if (size == 1) {
    c.send(num);
    return;
  }
  Chan<long> rc(0);
  long s = 0;
  for (int i = 0; i < div; i++) go([rc, num, size, div, i] { skynet(rc, num + i * (size / div), size / div, div); });
  for (int i = 0; i < div; i++) s += rc.recv();
  c.send(s);
}

void sky() {
  per("skynet_1M", 1, [] {
    Chan<long> c(0);
    go([c] { skynet(c, 0, 1000000, 10); });
    if (c.recv() != 499999500000) panic("skynet");
  });
}

int fib(int n) {
  if (n < 2) return n;
  WaitGroup wg;
  wg.add(1);
  int a = 0;
  go([&] {
    a = fib(n - 1);
    wg.done();
  });
  const int b = fib(n - 2);
  wg.wait();
  return a + b;
}

void forkjoin() {
  per("forkjoin_fib24", 75025, [] {
    if (fib(24) != 46368) panic("fib");
  });
}

// The memory that is resident, in bytes.
int64_t rss() {
  auto [f, err] = os::open("/proc/self/statm");
  if (err) return 0;
  char buf[64];
  auto [n, read_err] = f.read(buf, sizeof(buf));
  if (read_err) return 0;
  int64_t pages = 0;
  size_t i = 0;
  while (i < n && buf[i] != ' ') i++;
  for (i++; i < n && buf[i] >= '0' && buf[i] <= '9'; i++) pages = pages * 10 + (buf[i] - '0');
  return pages * 4096;
}

void parked() {
  constexpr int n = 1000000;
  const int64_t r0 = rss();
  Chan<int> c(0);
  WaitGroup up;
  up.add(n);
  Time t = now();
  for (int i = 0; i < n; i++)
    go([&] {
      up.done();
      c.recv();
    });
  up.wait();
  const Duration d = since(t);
  fmt::println("parked_1M_bytes_each", (rss() - r0) / n, "B");
  report("parked_1M_create", d, n);
  t = now();
  c.close();
  while (num_goroutine() > 1) gosched();
  report("parked_1M_wake_exit", since(t), n);
}

void timers() {
  constexpr int n = 200000;
  per("timer_sleep_random_0_50ms", n, [] {
    WaitGroup wg;
    wg.add(n);
    uint64_t x = 1;
    for (int i = 0; i < n; i++) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      const Duration d = us(static_cast<int64_t>((x >> 33) % 50000));
      go([&wg, d] {
        sleep(d);
        wg.done();
      });
    }
    wg.wait();
  });
}

void sys() {
  constexpr int n = 5000000;
  per("syscall_getppid", n, [] {
    for (int i = 0; i < n; i++) (void)os::getppid();
  });
}

struct Block {
  char bytes[64];
};
constinit Block* volatile sink[8] = {};

void malloc64() {
  constexpr int n = 20000000;
  per("malloc_64B", n, [] {
    for (int i = 0; i < n; i++) {
      delete sink[i & 7];
      sink[i & 7] = new Block;
    }
  });
}

struct Tree {
  Tree *l = nullptr, *r = nullptr;
};
Tree* make(int d) {
  Tree* t = new Tree;
  if (d > 0) {
    t->l = make(d - 1);
    t->r = make(d - 1);
  }
  return t;
}
int count_and_free(Tree* t) {
  const int n = t->l == nullptr ? 1 : 1 + count_and_free(t->l) + count_and_free(t->r);
  delete t;
  return n;
}

void bintrees() {
  per("gc_binarytrees_16", 1, [] {
    constexpr int maxd = 16;
    Tree* long_lived = make(maxd);
    WaitGroup wg;
    for (int d = 4; d <= maxd; d += 4) {
      const int it = 1 << (maxd - d + 4);
      wg.add(1);
      go([&wg, d, it] {
        int c = 0;
        for (int i = 0; i < it; i++) c += count_and_free(make(d));
        wg.done();
      });
    }
    wg.wait();
    if (count_and_free(long_lived) != (1 << (maxd + 1)) - 1) panic("trees");
  });
}

void serve(const net::Conn& c) {
  char b[64];
  for (;;) {
    auto [n, err] = c.read(b, sizeof(b));
    if (err) {
      (void)c.close();
      return;
    }
    (void)c.write(b, n);
  }
}

void echo() {
  constexpr int conns = 64, msgs = 2000;
  per("tcp_echo_64conns", int64_t{conns} * msgs, [] {
    auto [l, err] = net::listen("tcp", "127.0.0.1:0");
    if (err) panic(err);
    go([l = l] {
      for (;;) {
        auto [c, accept_err] = l.accept();
        if (accept_err) return;
        go([c = c] { serve(c); });
      }
    });
    WaitGroup wg;
    for (int k = 0; k < conns; k++) {
      wg.add(1);
      go([&wg, addr = l.addr()] {
        auto [c, dial_err] = net::dial("tcp", addr);
        if (dial_err) panic(dial_err);
        char b[64] = {};
        for (int i = 0; i < msgs; i++) {
          (void)c.write(b, sizeof(b));
          for (size_t n = 0; n < sizeof(b);) {
            auto [m, read_err] = c.read(b + n, sizeof(b) - n);
            if (read_err) panic(read_err);
            n += m;
          }
        }
        (void)c.close();
        wg.done();
      });
    }
    wg.wait();
    (void)l.close();
  });
}

struct Bench {
  const char* name;
  void (*run)();
};
constexpr Bench kAll[] = {{"switch", gosched_pair},
                          {"spawn", spawn},
                          {"pingpong", pingpong},
                          {"buffered", buffered},
                          {"select", sel},
                          {"mutex", mutex_uncontended},
                          {"mutexc", mutex_contended},
                          {"skynet", sky},
                          {"forkjoin", forkjoin},
                          {"timers", timers},
                          {"syscall", sys},
                          {"malloc", malloc64},
                          {"gc", bintrees},
                          {"echo", echo},
                          {"parked", parked}};

bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    bool known = false;
    for (const Bench& b : kAll) known = known || same(argv[i], b.name);
    if (known) continue;
    println("bench: no benchmark is called", argv[i], "- known:");
    for (const Bench& b : kAll) println(b.name);
    return 2;
  }
  for (const Bench& b : kAll) {
    if (argc == 1) b.run();
    for (int i = 1; i < argc; i++)
      if (same(argv[i], b.name)) b.run();
  }
}
