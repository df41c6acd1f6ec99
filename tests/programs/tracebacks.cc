// Tracebacks: cost, names, and the warning about a recovery that skips functions. The argument chooses.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

Mutex held;

[[gnu::noinline]] void wait_deep(int n) {
  if (n > 0) {
    wait_deep(n - 1);
  } else {
    held.lock();
    held.unlock();
  }
  asm volatile("" ::: "memory");
}

// The work ends when the buffer is full, so thousands of goroutines cost as much as a few.
void all_stacks() {
  held.lock();
  char buf[1000];
  long long took[2];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < (round == 0 ? 50 : 5000); i++) go([] { wait_deep(10); });
    sleep(ms(50));
    (void)stack(buf, sizeof(buf), true);  // the first call unpacks the table of functions
    const Time t = now();
    const size_t n = stack(buf, sizeof(buf), true);
    took[round] = since(t).count;
    if (n != sizeof(buf)) println("not full", n);
  }
  println(took[1] < 20 * took[0] + 20000000 ? "like few" : "like many", took[0], took[1]);
  exit(0);
}

// Many frames that are printed, of many goroutines.
void every_stack() {
  held.lock();
  for (int i = 0; i < 500; i++) go([] { wait_deep(20); });
  sleep(ms(50));
  static char buf[4 << 20];
  size_t n = 0;
  long long best = 1ll << 62;
  for (int i = 0; i < 20; i++) {  // the machine may be busy with other programs
    const Time t = now();
    n = stack(buf, sizeof(buf), true);
    if (const long long took = since(t).count; took < best) best = took;
  }
  println(n > 500000, best / 10000, "ns a frame");
  exit(0);
}

// As every_stack, `rounds` times; says how many frames each time has. The caller counts instructions.
void count_rounds(int rounds) {
  held.lock();
  for (int i = 0; i < 50; i++) go([] { wait_deep(20); });
  sleep(ms(50));
  static char buf[1 << 20];
  size_t n = 0, frames = 0;
  for (int i = 0; i < rounds; i++) n = stack(buf, sizeof(buf), true);
  for (size_t i = 0; i < n; i++) frames += buf[i] == '\t';
  println(frames);
  exit(0);
}

[[gnu::noinline]] int deep(int n) {
  volatile int x = n;
  const int r = deep(n + 1);
  return r + x;
}

[[gnu::noinline]] void recovers_itself() {
  Defer d([] { (void)recover(); });
  panic("lost");
}
[[gnu::noinline]] void calls_it() {
  recovers_itself();
  println("not in C++");
  asm volatile("" ::: "memory");
}

// Lambdas in functions that lie in a class, or are inline: their linkage names contain those of the lambdas' types.
[[gnu::noinline]] void stop() {
  if (volatile int zero = 0; zero == 0) panic("stop");
}
template <class F>
[[gnu::noinline]] void apply(F f) {
  f();
  asm volatile("" ::: "memory");
}

}  // namespace

struct InClass {
  int x = 0;
  [[gnu::noinline]] int starts() const {
    go([this] { stop(), asm_(x); });
    sleep(seconds(1));
    return x;
  }
  [[gnu::noinline]] int calls() {
    func([this] { stop(), asm_(x); });
    return x;
  }
  [[gnu::noinline]] int passes() {
    apply([this] { stop(), asm_(x); });
    return x;
  }
  [[gnu::noinline]] int selects() {
    Chan<int> c(1);
    c.send(1);
    select(recv(c, [this](int) { stop(), asm_(x); }), otherwise([] {}));
    return x;
  }
  [[gnu::noinline]] int defers() {
    Defer d([this] { stop(), asm_(x); });
    return asm_(x), x;
  }
  static void asm_(int x) { asm volatile("" : : "r"(x) : "memory"); }
};
inline void starts_inline() {
  go([] { stop(), InClass::asm_(1); });
  sleep(seconds(1));
}

// Two functions with equal code, of which GCC would keep one without -fno-ipa-icf.
[[gnu::noinline]] static void equal(char which) {
  if (which == '1') func([] { stop(), InClass::asm_(2); });
  else func([] { stop(), InClass::asm_(2); });
  asm volatile("" ::: "memory");
}

void last_in_text();

static void in_class(char which) {
  InClass s;
  switch (which) {
    case 's': s.starts(); break;
    case 'c': s.calls(); break;
    case 'p': s.passes(); break;
    case 'e': s.selects(); break;
    case 'd': s.defers(); break;
    case 'l': last_in_text(); break;
    case '1':
    case '2': equal(which); break;
    default: starts_inline(); break;
  }
  asm volatile("" ::: "memory");
}

int main(int, char** argv) {
  switch (argv[1][0]) {
    case 'a': all_stacks(); break;
    case 'e': every_stack(); break;
    case 'c': count_rounds(argv[2][0] - '0'); break;
    case 'n': in_class(argv[2][0]); break;
    case 'o': go_with({.stack = 16 << 20}, [] { deep(0); }); break;
    case 'l': calls_it(); break;                       // skips calls_it, to the end of main
    case 'f': func([] { calls_it(); }); break;         // skips calls_it, to func
    case 'q': func([] { recovers_itself(); }); break;  // skips no function that rt0 can tell apart
    case 'd': {
      Defer d([] { calls_it(); });  // skips calls_it, to the end of the deferred call
      break;
    }
    case 'g': {
      Chan<int> over(0);
      go([over] {
        Defer d([&] { over.close(); });
        calls_it();
      });
      (void)over.recv();
      break;
    }
    case 'r': {  // a recover point of its own: no warning
      RT0_RECOVER_RETURN(0);
      Defer d([] { (void)recover(); });
      panic("recovered");
    }
    default: break;
  }
  if (argv[1][0] == 'o') sleep(seconds(1000));
  println("end");
}
