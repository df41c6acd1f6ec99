// Package sync with many goroutines: sync_stress WHAT ROUNDS. Each case prints what it counted, or whether a count is
// right where the number is not known in advance.
#include <rt0/rt0.h>

namespace {

using rt0::Mutex, rt0::RWMutex, rt0::WaitGroup;

int number(const char* s) {
  int n = 0;
  for (; *s >= '0' && *s <= '9'; s++) n = 10 * n + (*s - '0');
  return n;
}

bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

void work(int turns) {
  for (int i = 0; i < turns; i++) __asm__ volatile("");
}

unsigned next_random(unsigned* x) { return *x = *x * 1664525u + 1013904223u; }

constexpr int kGoroutines = 64;

// Counters that would be wrong if two goroutines were ever inside at once.
void mutex(int rounds) {
  static Mutex mu;
  long a = 0, b = 0, torn = 0;
  WaitGroup wg;
  for (int k = 0; k < kGoroutines; k++)
    wg.go([&, k] {
      unsigned x = static_cast<unsigned>(k);
      for (int i = 0; i < rounds; i++) {
        if (next_random(&x) >> 28 == 0) {
          while (!mu.try_lock()) rt0::gosched();
        } else {
          mu.lock();
        }
        if (a != b) torn++;
        a++;
        if (next_random(&x) >> 27 == 0) rt0::gosched();
        b++;
        mu.unlock();
      }
    });
  wg.wait();
  rt0::println("mutex", a, b, "torn", torn);
}

// One goroutine nearly always holds the mutex, and always while others run; the others must get it nevertheless.
void starve(int rounds) {
  Mutex mu;
  rt0::atomic::Bool stop;
  long hogged = 0, got = 0;
  WaitGroup hog, wg;
  hog.go([&] {
    while (!stop.load()) {
      mu.lock();
      hogged++;
      rt0::gosched();
      work(3000000);
      mu.unlock();
    }
  });
  for (int k = 0; k < 4; k++)
    wg.go([&] {
      for (int i = 0; i < rounds; i++) {
        mu.lock();
        got++;
        mu.unlock();
        rt0::gosched();
      }
    });
  wg.wait();
  stop.store(true);
  hog.wait();
  rt0::println("starve", got, "hogged", hogged < 20 * (got + 10));
}

void rwmutex(int rounds) {
  static RWMutex mu;
  long a = 0, b = 0;
  rt0::atomic::Int64 torn, reads, inside;
  WaitGroup wg;
  for (int k = 0; k < kGoroutines; k++)
    wg.go([&, k] {
      unsigned x = static_cast<unsigned>(k);
      for (int i = 0; i < rounds; i++) {
        if (k % 8 == 0) {
          if (next_random(&x) >> 30 != 0 || !mu.try_lock()) mu.lock();
          if (inside.load() != 0) torn.add(1);
          a++;
          if (next_random(&x) >> 29 == 0) rt0::gosched();
          b++;
          mu.unlock();
        } else {
          if (next_random(&x) >> 30 != 0 || !mu.try_rlock()) mu.rlock();
          inside.add(1);
          if (a != b) torn.add(1);
          if (next_random(&x) >> 29 == 0) rt0::gosched();
          inside.add(-1);
          mu.runlock();
          reads.add(1);
        }
      }
    });
  wg.wait();
  rt0::println("rwmutex", a, b, reads.load(), "torn", torn.load());
}

// Starts goroutines and waits for them again and again, with the WaitGroup on the stack; several goroutines wait.
void waitgroup(int rounds) {
  long sum = 0;
  for (int i = 0; i < rounds; i++) {
    WaitGroup wg, all;
    int parts[8] = {};
    wg.add(8);
    for (int& p : parts)
      rt0::go([&wg, &p] {
        p = 1;
        wg.done();
      });
    rt0::atomic::Int32 woken;
    for (int k = 0; k < 3; k++)
      all.go([&] {
        wg.wait();
        for (int p : parts) woken.add(p);
      });
    all.wait();
    wg.wait();
    sum += woken.load();
  }
  rt0::println("waitgroup", sum);
}

// A queue with four places between producers and consumers.
void cond(int rounds) {
  Mutex mu;
  rt0::Cond not_empty(mu), not_full(mu);
  int items = 0;
  long made = 0, taken = 0, bad = 0;
  WaitGroup wg;
  for (int k = 0; k < 8; k++) {
    wg.go([&] {
      for (int i = 0; i < rounds; i++) {
        mu.lock();
        while (items == 4) not_full.wait();
        items++;
        made++;
        if (items > 4) bad++;
        mu.unlock();
        not_empty.signal();
      }
    });
    wg.go([&] {
      for (int i = 0; i < rounds; i++) {
        mu.lock();
        while (items == 0) not_empty.wait();
        items--;
        taken++;
        mu.unlock();
        if (i % 5 == 0) not_full.broadcast();
        else not_full.signal();
      }
    });
  }
  wg.wait();
  rt0::println("cond", made, taken, items, "bad", bad);
}

struct Item {
  rt0::atomic::Int32 users;
  int payload = 0;
};

// No goroutine gets an item that another one has.
void pool(int rounds) {
  static rt0::atomic::Int32 made;
  static rt0::sync::Pool<Item> items([] {
    made.add(1);
    return new Item;
  });
  rt0::atomic::Int64 bad;
  WaitGroup wg;
  for (int k = 0; k < kGoroutines; k++)
    wg.go([&, k] {
      unsigned x = static_cast<unsigned>(k);
      for (int i = 0; i < rounds; i++) {
        Item* mine[3];
        for (Item*& m : mine) {
          m = items.get();
          if (m->users.add(1) != 1) bad.add(1);
        }
        if (next_random(&x) >> 29 == 0) rt0::gosched();
        for (Item* m : mine) {
          if (m->users.add(-1) != 0) bad.add(1);
          items.put(m);
        }
      }
    });
  wg.wait();
  rt0::println("pool bad", bad.load(), "reused", made.load() < kGoroutines * 3 * 4);
}

// Items in the caches of Ps that GOMAXPROCS removes come back once, also while goroutines on other Ps use the pool.
void pool_shrink(int rounds) {
  static rt0::sync::Pool<Item> items;
  long bad = 0, lost = 0;
  for (int round = 0; round < rounds; round++) {
    rt0::set_gomaxprocs(8);
    WaitGroup wg;
    for (int k = 0; k < kGoroutines; k++)
      wg.go([] {
        for (int i = 0; i < 5; i++) {
          items.put(new Item);
          rt0::gosched();
        }
      });
    wg.wait();
    rt0::set_gomaxprocs(3);
    rt0::atomic::Int64 twice;
    for (int k = 0; k < 8; k++)
      wg.go([&] {
        for (int i = 0; i < 100; i++) {
          Item* item = items.get();
          if (item == nullptr) continue;
          if (item->users.add(1) != 1) twice.add(1);
          if (i % 16 == 0) rt0::gosched();
          item->users.add(-1);
          items.put(item);
        }
      });
    wg.wait();
    rt0::set_gomaxprocs(1);
    long back = 0;
    for (; Item* item = items.get(); back++) delete item;
    bad += twice.load();
    lost += kGoroutines * 5 - back;
  }
  rt0::println("pool_shrink bad", bad, "lost", lost);
}

// Each goroutine has keys of its own; all share one more key.
void map(int rounds) {
  static rt0::sync::Map<int, long> m;
  rt0::atomic::Int64 bad;
  m.store(-1, 0);
  WaitGroup wg;
  for (int k = 0; k < kGoroutines; k++)
    wg.go([&, k] {
      unsigned x = static_cast<unsigned>(k);
      for (int i = 0; i < rounds; i++) {
        const int key = k + kGoroutines * static_cast<int>(next_random(&x) >> 29);
        m.store(key, i);
        if (auto r = m.load(key); !r.ok || r.value != i) bad.add(1);
        if (auto r = m.load_or_store(key, -5); !r.ok || r.value != i) bad.add(1);
        if (next_random(&x) >> 31 == 0)
          if (auto r = m.load_and_delete(key); !r.ok || r.value != i || m.load(key).ok) bad.add(1);
        for (;;) {
          const long old = m.load(-1).value;
          if (m.compare_and_swap(-1, old, old + 1)) break;
        }
        if (i % 64 == 0) m.range([&](int, long) { return true; });
      }
      for (int j = 0; j < 8; j++) m.remove(k + kGoroutines * j);
    });
  wg.wait();
  int left = 0;
  m.range([&](int, long) {
    left++;
    return true;
  });
  rt0::println("map", m.load(-1).value, "left", left, "bad", bad.load());
}

void semaphore(int rounds) {
  rt0::Semaphore room(10);
  rt0::atomic::Int64 inside, bad;
  rt0::atomic::Bool full;
  WaitGroup wg;
  for (int k = 0; k < kGoroutines; k++)
    wg.go([&, k] {
      unsigned x = static_cast<unsigned>(k);
      for (int i = 0; i < rounds; i++) {
        const int n = 1 + static_cast<int>(next_random(&x) >> 29);
        if (next_random(&x) >> 30 != 0 || !room.try_acquire(n)) room.acquire(n);
        const auto now = inside.add(n);
        if (now > 10) bad.add(1);
        if (now == 10) full.store(true);
        if (next_random(&x) >> 30 != 0) rt0::gosched();  // often, so that it is full at some moment for certain
        inside.add(-n);
        room.release(n);
      }
    });
  wg.wait();
  rt0::println("semaphore", room.try_acquire(10), "full", full.load(), "bad", bad.load());
}

void once(int rounds) {
  int runs = 0, early = 0;
  for (int r = 0; r < rounds; r++) {
    rt0::Once o;
    bool done = false;
    WaitGroup wg;
    for (int k = 0; k < 8; k++)
      wg.go([&] {
        o.do_([&] {
          runs++;
          rt0::gosched();
          done = true;
        });
        if (!done) early++;
      });
    wg.wait();
  }
  rt0::println("once", runs, "early", early);
}

// The first error is returned; the limit on goroutines is kept.
void errgroup(int rounds) {
  int right = 0;
  rt0::atomic::Int64 inside, bad;
  for (int r = 0; r < rounds; r++) {
    rt0::errgroup::Group<> g;
    g.set_limit(3);
    for (int k = 0; k < 8; k++)
      g.go([&, k]() -> const char* {
        if (inside.add(1) > 3) bad.add(1);
        rt0::gosched();
        inside.add(-1);
        return k == 5 ? "five" : nullptr;
      });
    if (const char* err = g.wait(); err != nullptr && same(err, "five")) right++;
  }
  rt0::println("errgroup", right, "bad", bad.load());
}

// A number whose objects are counted, and that is larger than what an any holds in place.
struct Counted {
  static inline rt0::atomic::Int64 alive;
  long n, copy[8];

  explicit Counted(long v) : n(v), copy{v, v, v, v, v, v, v, v} { alive.add(1); }
  Counted(const Counted& c) : Counted(c.n) {
    for (int i = 0; i < 8; i++) copy[i] = c.copy[i];
  }
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    n = -1;
    alive.add(-1);
  }
  bool operator==(const Counted& c) const { return n == c.n; }
  bool whole() const {
    for (const long v : copy)
      if (v != n) return false;
    return true;
  }
};

// Four goroutines add by compare_and_swap: no addition may be lost.
void value(int rounds) {
  long last = -1;
  rt0::atomic::Int64 torn;
  {
    rt0::atomic::Value v;
    v.store(Counted(0));
    WaitGroup wg;
    for (int k = 0; k < 4; k++)
      wg.go([&, k] {
        for (int i = 0; i < rounds; i++)
          for (;;) {  // ends when no other goroutine has added in between
            const rt0::any now = v.load();
            const Counted& c = now.as<Counted>();
            if (!c.whole()) torn.add(1);
            if (v.compare_and_swap(c, Counted(c.n + 1))) break;
            if (k == 0) rt0::gosched();
          }
      });
    wg.wait();
    last = v.swap(Counted(7)).as<Counted>().n;
  }
  rt0::println("value", last == 4 * rounds, "torn", torn.load(), "left", Counted::alive.load());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const struct {
    const char* name;
    void (*run)(int);
  } all[] = {{"mutex", mutex},         {"starve", starve}, {"rwmutex", rwmutex},         {"waitgroup", waitgroup},
             {"cond", cond},           {"pool", pool},     {"pool_shrink", pool_shrink}, {"map", map},
             {"semaphore", semaphore}, {"once", once},     {"errgroup", errgroup},       {"value", value}};
  for (const auto& a : all)
    if (same(a.name, argv[1])) {
      a.run(number(argv[2]));
      return 0;
    }
  return 2;
}
