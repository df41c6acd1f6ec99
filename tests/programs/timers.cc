// Many timers: timers sleepers N | timers races ROUNDS | timers chains N | timers channels ROUNDS | timers value MS.
#include <rt0/rt0.h>

#include "words.h"

using namespace rt0;

namespace {

constinit unsigned long early = 0, woken = 0;

unsigned long load(const unsigned long& v) { return __atomic_load_n(&v, __ATOMIC_ACQUIRE); }
void add(unsigned long& v, unsigned long n) { __atomic_add_fetch(&v, n, __ATOMIC_ACQ_REL); }

// Random numbers of one goroutine.
struct Random {
  uint64_t state;
  unsigned below(unsigned n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<unsigned>((state >> 33) % n);
  }
};

// How many goroutines may exist at once: each stack is two mappings, and Linux allows a process 65,530.
constexpr unsigned long kAlive = 25000;

// N goroutines sleep for 0 to 50 ms each: each must wake, and not before its time.
int sleepers(unsigned long n) {
  for (unsigned long i = 0; i < n; i++) {
    while (i - load(woken) >= kAlive) sleep(ms(1));
    go([i] {
      Random r{i};
      const Duration d = us(r.below(50000));
      const Time start = now();
      sleep(d);
      if (since(start) < d) add(early, 1);
      add(woken, 1);
    });
  }
  while (load(woken) < n) sleep(ms(1));
  println("woken", load(woken), "early", load(early));
  return 0;
}

// Goroutines stop and reset the same timers, or let them fire. Each start has one outcome: f runs, or a stop or a reset
// reports that f will not run.
int races(unsigned long rounds) {
  constexpr int kTimers = 16, kGoroutines = 8;
  static unsigned long started = 0, ran = 0, prevented = 0, ended = 0;
  Timer* const timers = new Timer[kTimers];
  for (int i = 0; i < kTimers; i++) {
    add(started, 1);
    timers[i] = after_func(ms(1), [] { add(ran, 1); });
  }
  for (int g = 0; g < kGoroutines; g++) {
    go([g, rounds, timers] {
      Random r{static_cast<uint64_t>(g)};
      for (unsigned long k = 0; k < rounds; k++) {
        Timer t = timers[r.below(kTimers)];
        switch (r.below(4)) {
          case 0:
            if (t.stop()) add(prevented, 1);
            break;
          case 1: sleep(us(r.below(100))); break;
          default:
            add(started, 1);
            if (t.reset(us(r.below(200)))) add(prevented, 1);
        }
      }
      add(ended, 1);
    });
  }
  while (load(ended) < kGoroutines) sleep(ms(1));
  for (int i = 0; i < kTimers; i++)
    if (timers[i].stop()) add(prevented, 1);
  for (int k = 0; k < 1000 && load(started) != load(ran) + load(prevented); k++) sleep(ms(1));  // those still running
  println("lost", load(started) - load(ran) - load(prevented), "some ran", load(ran) > 0);
  delete[] timers;
  return 0;
}

// N timers, each used by its own function only, which starts it again three times.
int chains(unsigned long n) {
  struct Link {
    Timer t;
    int left;
  };
  Link* links = new Link[n];
  for (unsigned long i = 0; i < n; i++) {
    Link* l = &links[i];
    l->left = 3;
    l->t = after_func(hours(1), [l] {
      add(woken, 1);
      if (l->left-- > 0 && l->t.reset(us(100))) add(early, 1);
    });
    if (!l->t.reset(us(static_cast<int64_t>(i % 5000)))) add(early, 1);
  }
  while (load(woken) < 4 * n) sleep(ms(1));
  sleep(ms(1));
  println("runs", load(woken), "wrong", load(early));
  delete[] links;
  return 0;
}

// Timers and tickers that are stopped and reset while they are about to send: no value that is received is from before
// the last reset, and the results of stop and reset are true. Each owner waits in a select for its timer and for
// another goroutine, which sends at any moment.
constinit unsigned long stale = 0, lost = 0, fired = 0;

void own_timer(Random r, Chan<int> poke, unsigned long rounds) {
  Timer t = new_timer(hours(1));
  if (!t.stop()) add(lost, 1);
  for (unsigned long k = 0; k < rounds; k++) {
    const Time start = now();
    if (t.reset(us(r.below(60)))) add(stale, 1);  // it was stopped or has fired: reset returns false
    bool got = false;
    auto take = [&](Time v) {
      got = true;
      if (v.before(start)) add(stale, 1);
    };
    if (r.below(4) == 0) {  // no goroutine waits for it
      sleep(us(r.below(60)));
      if (auto v = t.c().try_recv(); v.ready) take(v.value);
    } else {
      select(recv(t.c(), take), recv(poke));
    }
    if (got) add(fired, 1);
    const bool stopped = r.below(2) == 0 ? t.stop() : t.reset(hours(1));
    if (stopped == got) add(lost, 1);
    if (t.c().try_recv().ready) add(stale, 1);
    (void)t.stop();
  }
}

void own_ticker(Random r, Chan<int> poke, unsigned long rounds) {
  Ticker t = new_ticker(us(50));
  for (unsigned long k = 0; k < rounds; k++) {
    const Time start = now();
    t.reset(us(10 + r.below(60)));
    select(recv(t.c(), [&](Time v) { add(v.before(start) ? stale : fired, 1); }), recv(poke));
    if (r.below(2) != 0) continue;
    t.stop();
    if (t.c().try_recv().ready) add(stale, 1);
  }
  t.stop();
}

int channels(unsigned long rounds) {
  constexpr int kOwners = 16;
  static unsigned long ended = 0;
  Chan<int> poke(0);
  for (int i = 0; i < kOwners; i++) {
    go([i, rounds, poke] {
      (i % 4 == 0 ? own_ticker : own_timer)(Random{static_cast<uint64_t>(i)}, poke, rounds);
      add(ended, 1);
    });
  }
  go([poke] {
    Random r{99};
    for (;;) {
      sleep(us(r.below(30)));
      (void)poke.try_send(1);
    }
  });
  while (load(ended) < kOwners) {
    (void)poke.try_send(1);
    sleep(ms(1));
  }
  println("stale", load(stale), "lost", load(lost), "fired", load(fired) > 0);
  return 0;
}

// The value of a timer is the time at which it was due, however late the program receives it: here after MS ms.
int value(unsigned long late) {
  const Time start = now();
  const Chan<Time> c = after(ms(1));
  sleep(ms(static_cast<int64_t>(late)));
  const Duration when = c.recv().sub(start);
  println("not before", when >= ms(1), "not as late as the look", when < ms(static_cast<int64_t>(late / 2)));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && same(argv[1], "sleepers")) return sleepers(static_cast<unsigned long>(number(argv[2])));
  if (argc == 3 && same(argv[1], "races")) return races(static_cast<unsigned long>(number(argv[2])));
  if (argc == 3 && same(argv[1], "chains")) return chains(static_cast<unsigned long>(number(argv[2])));
  if (argc == 3 && same(argv[1], "channels")) return channels(static_cast<unsigned long>(number(argv[2])));
  if (argc == 3 && same(argv[1], "value")) return value(static_cast<unsigned long>(number(argv[2])));
  println("usage: timers sleepers N | races ROUNDS | chains N | channels ROUNDS | value MS");
  return 2;
}
