// Deadlines, wired goroutines, changes of GOMAXPROCS, timers, selects and system calls, all at once:
// mix ROUNDS [PATIENCE].
//
// Every kind of work sends numbered values, and each number must arrive exactly once. The program counts per kind, and
// prints the counts: they depend on ROUNDS alone, not on the schedule. A watchdog looks every second: if no value has
// arrived for PATIENCE seconds (40), then a wake-up is lost, and the program ends with status 3. On the simulated
// kernel these seconds are virtual, so that a lost wake-up is found at once.
#include "sched/gmp.h"

#include <rt0/internal.h>

#include "words.h"

using namespace rt0;

namespace {

enum Kind { kDeadlines, kWired, kTimers, kSelects, kCalls, kContexts, kKinds };
constexpr const char* kNames[kKinds] = {"deadlines", "wired", "timers", "selects", "calls", "contexts"};
constexpr unsigned kMost = 2048;  // values of one kind

struct Tally {
  atomic::Int32 seen[kMost];
  atomic::Int32 sent, arrived;
};
Tally tally[kKinds];
atomic::Int32 steps;  // of all kinds: what the watchdog looks at

[[noreturn]] void fail(StrArg what, long long a, long long b) {
  println("FAIL", what, a, b);
  exit(1);
}

unsigned next_random(unsigned* x) {
  *x = *x * 1664525u + 1013904223u;
  return *x >> 8;
}

// Numbers of one kind start at 0 and have no gap.
int send_number(Kind k) {
  const int n = tally[k].sent.add(1) - 1;
  if (n >= static_cast<int>(kMost)) fail("too many values", k, n);
  return n;
}

void arrive(Kind k, int n) {
  if (n < 0 || n >= tally[k].sent.load()) fail(kNames[k], n, tally[k].sent.load());
  if (tally[k].seen[n].add(1) != 1) fail("a value came twice", k, n);
  tally[k].arrived.add(1);
  steps.add(1);
}

template <class T>
T must(StrArg what, errors::Result<T> r) {
  if (r.err) {
    println(r.err);
    fail(what, 0, 0);
  }
  return static_cast<T&&>(r.value);
}

// A pipe whose writer now and then pauses in the middle of a number, and whose reader sets a deadline for each read.
// The deadline may end a read; it may not end it early, and no byte may be lost by it.
void deadlines(WaitGroup& wg, int rounds, unsigned seed) {
  os::Pipe p = must("pipe", os::pipe());
  wg.go([out = p.w, rounds, x = seed]() mutable {
    for (int i = 0; i < rounds; i++) {
      const int n = send_number(kDeadlines);
      const char* bytes = reinterpret_cast<const char*>(&n);
      const size_t first = next_random(&x) % sizeof(n);
      if (out.write(bytes, first).err) fail("write", n, 1);
      if (next_random(&x) % 2 == 0) sleep(us(next_random(&x) % 300));
      if (out.write(bytes + first, sizeof(n) - first).err) fail("write", n, 2);
    }
    if (out.close()) fail("close", 0, 0);
  });
  wg.go([in = p.r, x = seed + 1]() mutable {
    int n = 0;
    char* bytes = reinterpret_cast<char*>(&n);
    for (size_t have = 0;;) {
      const Time until_ = now() + us(20 + next_random(&x) % 400);
      if (in.set_read_deadline(until_)) fail("set_read_deadline", 0, 0);
      auto [k, err] = in.read(bytes + have, sizeof(n) - have);
      have += k;
      if (err == io::eof) {
        if (have != 0) fail("deadlines: a part of a number", static_cast<long long>(have), 0);
        return;
      }
      if (err && !err.timeout()) {
        println(err);
        fail("read", 0, 0);
      }
      if (err && now() < until_) fail("deadline: early", (until_ - now()).count, 0);
      if (have == sizeof(n)) {
        arrive(kDeadlines, n);
        have = 0;
      }
    }
  });
}

// Values pass two goroutines that are wired to their threads. The first ends while it is wired, so its thread ends,
// too.
void wired(WaitGroup& wg, int rounds, unsigned seed) {
  Chan<int> a(0), b(1), c(0);
  const auto pass = [](const Chan<int>& from, const Chan<int>& to, unsigned x) {
    lock_os_thread();
    const M* mine = getg()->m;
    for (int n : from) {
      if (next_random(&x) % 4 == 0) gosched();
      if (next_random(&x) % 8 == 0) sleep(us(next_random(&x) % 100));
      if (getg()->m != mine) fail("wired: another thread", n, 0);
      to.send(n);
    }
    to.close();
  };
  wg.go([=] { pass(a, b, seed); });
  wg.go([=] {
    pass(b, c, seed + 1);
    unlock_os_thread();
    gosched();
  });
  wg.go([=] {
    for (int i = 0; i < rounds; i++) a.send(send_number(kWired));
    a.close();
  });
  wg.go([=] {
    for (int n : c) arrive(kWired, n);
  });
}

// Each timer is stopped, reset or left alone. What stop and reset return tells how often its function must run, and
// each run sends one number.
void timers(WaitGroup& wg, int rounds, unsigned seed) {
  wg.go([rounds, x = seed]() mutable {
    Chan<int> fired(0);
    const auto start = [&] {
      return after_func(us(next_random(&x) % 400), [fired] { fired.send(send_number(kTimers)); });
    };
    int got = 0;
    for (int expected = 0; expected < rounds;) {
      const Timer t = start();
      expected++;
      if (next_random(&x) % 3 == 0) sleep(us(next_random(&x) % 400));
      switch (next_random(&x) % 3) {
        case 0:
          // Stopped in time, it never runs: another timer sends the number instead.
          if (t.stop()) (void)start();
          break;
        case 1:
          // If it is not active any more, it has sent a number and sends one more.
          if (expected < rounds && !t.reset(us(next_random(&x) % 400))) expected++;
          break;
        default: break;
      }
      for (; got + 3 < expected; got++) arrive(kTimers, fired.recv());
    }
    for (; got < rounds; got++) arrive(kTimers, fired.recv());
    const Chan<Time> late = after(ms(1));
    select(recv(late), recv(fired, [](int n) { fail("a timer too many", n, 0); }));
  });
}

// Two producers that send by selects, two consumers that receive by selects, each with a time-out beside.
void selects(WaitGroup& wg, int rounds, unsigned seed) {
  Chan<int> a(0), b(2);
  Chan<Unit> done(0);
  auto* left = new atomic::Int32;
  left->add(2);
  for (unsigned k = 0; k < 2; k++) {
    wg.go([=] {
      const Ticker tick = new_ticker(us(150));
      for (int i = 0; i < rounds; i++) {
        const int n = send_number(kSelects);
        for (bool sent = false; !sent;)
          select(send(a, n, [&] { sent = true; }), send(b, n, [&] { sent = true; }), recv(tick.c()));
      }
      tick.stop();
      if (left->add(-1) == 0) {
        a.close();
        b.close();
        delete left;
      }
    });
    wg.go([=] {
      unsigned x = seed + k;
      Chan<int> from[2] = {a, b};
      const Timer late = new_timer(us(100));
      while (from[0] != nullptr || from[1] != nullptr) {
        const auto take = [&](int i, int n, bool ok) {
          if (ok) arrive(kSelects, n);
          else from[i] = nullptr;
        };
        select(recv(from[0], [&](int n, bool ok) { take(0, n, ok); }),
               recv(from[1], [&](int n, bool ok) { take(1, n, ok); }),
               recv(late.c(), [&] { late.reset(us(next_random(&x) % 200)); }));
      }
      late.stop();
    });
  }
}

// For each number two goroutines make system calls, which hold their threads; meanwhile their Ps run other goroutines.
void calls(WaitGroup& wg, int rounds) {
  Chan<int> to(1);
  wg.go([=] {
    const os::File zero = must("open", os::open("/dev/zero"));
    for (int i = 0; i < rounds; i++) {
      const int n = send_number(kCalls);
      char b[64];
      b[0] = b[63] = 1;
      for (size_t have = 0; have < sizeof(b);) {
        auto [k, err] = zero.read(b + have, sizeof(b) - have);
        if (err || k == 0) fail("read", n, static_cast<long long>(k));
        have += k;
      }
      if (b[0] != 0 || b[63] != 0) fail("contents", n, 0);
      to.send(n);
      sleep(us(1));
    }
    to.close();
  });
  wg.go([=] {
    for (int n : to) {
      if (const auto s = os::stat("/dev/zero"); s.err) fail("stat", n, 0);
      arrive(kCalls, n);
    }
  });
}

// A receiver whose context ends now and then, and which then makes a new one: no value is lost between the two.
void contexts(WaitGroup& wg, int rounds, unsigned seed) {
  Chan<int> c(0);
  wg.go([=] {
    for (int i = 0; i < rounds; i++) {
      const int n = send_number(kContexts);
      if (n % 3 == 0) sleep(us(80));
      c.send(n);
    }
    c.close();
  });
  wg.go([=] {
    unsigned x = seed;
    for (bool open = true; open;) {
      auto [ctx, cancel] = context::with_timeout(context::background(), us(next_random(&x) % 200));
      for (bool ended = false; open && !ended;)
        select(recv(c,
                    [&](int n, bool ok) {
                      if (ok) arrive(kContexts, n);
                      else open = false;
                    }),
               recv(ctx.done(), [&] {
                 if (ctx.err() != context::kDeadlineExceeded) fail("context: ended without a reason", 0, 0);
                 ended = true;
               }));
      cancel();
    }
  });
}

void watch(int patience) {
  int before = -1;
  for (int still = 0; still < patience; still++) {
    sleep(seconds(1));
    const int n = steps.load();
    if (n != before) still = -1;
    before = n;
  }
  println("STUCK: no value has arrived for", patience, "s");
  for (int k = 0; k < kKinds; k++) println(kNames[k], "sent", tally[k].sent.load(), "arrived", tally[k].arrived.load());
  static char text[1 << 16];
  const size_t n = stack(text, sizeof(text), true);
  (void)os::stderr_().write(text, n);
  exit(3);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? static_cast<int>(number(argv[1])) : 20;
  const int patience = argc > 2 ? static_cast<int>(number(argv[2])) : 40;
  const int procs = gomaxprocs_now();
  go([patience] { watch(patience); });

  atomic::Bool over;
  WaitGroup changes, wg;
  changes.go([&] {
    unsigned x = 7;
    while (!over.load()) {
      const int n = 1 + static_cast<int>(next_random(&x)) % procs;
      set_gomaxprocs(n);
      if (gomaxprocs_now() != n) fail("GOMAXPROCS", gomaxprocs_now(), n);
      sleep(us(100 + next_random(&x) % 400));
    }
    set_gomaxprocs(procs);
  });
  deadlines(wg, rounds, 1);
  wired(wg, rounds, 2);
  timers(wg, rounds, 3);
  selects(wg, rounds / 2, 4);
  calls(wg, rounds);
  contexts(wg, rounds, 5);
  wg.wait();
  over.store(true);
  changes.wait();

  for (int k = 0; k < kKinds; k++) {
    const int sent = tally[k].sent.load(), arrived = tally[k].arrived.load();
    if (sent != arrived) fail("lost", sent, arrived);
    println(kNames[k], arrived);
  }
}
