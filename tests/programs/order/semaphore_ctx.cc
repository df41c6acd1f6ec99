// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>
using namespace rt0;

// A goroutine that needs little does not overtake one that needs much and has waited longer.
static void first_come() {
  Semaphore s(3);
  Chan<bool> ended(0);
  const Context bg = context::background();
  (void)s.acquire(bg, 2);
  auto start = [&](const char* name, int64_t n) {
    go([=, &s] {
      (void)s.acquire(bg, n);
      println(name);
      s.release(n);
      ended.send(true);
    });
  };
  start("much", 3);
  while (s.try_acquire(1)) {  // as long as "much" does not wait
    s.release(1);
    gosched();
  }
  start("little", 1);
  for (int i = 0; i < 10; i++) gosched();
  println("release 1");
  s.release(1);
  for (int i = 0; i < 10; i++) gosched();
  println("release 2");
  s.release(1);
  ended.recv();
  ended.recv();
}

static void too_much() {
  Defer d([] {
    if (const Recovered r = recover()) println(r);
  });
  Semaphore s(3);
  (void)s.try_acquire(2);
  s.release(2);
  s.release(1);
}

int main() {
  const Context bg = context::background();
  // acquire with a context that ends
  Semaphore t(1);
  (void)t.acquire(bg, 1);
  const auto [ctx, cancel] = context::with_timeout(bg, ms(2));
  println(t.acquire(ctx, 1));
  println(t.try_acquire(1));
  t.release(1);
  println(static_cast<bool>(t.acquire(ctx, 1)), t.try_acquire(1));
  // more than there is: waits until the context ends
  const auto [ctx2, cancel2] = context::with_timeout(bg, ms(1));
  println(t.acquire(ctx2, 5));
  cancel2();
  cancel();
  // there is enough just after the context has ended: nothing is taken
  const auto [ctx3, cancel3] = context::with_cancel(bg);
  Chan<bool> left(0);
  go([&] {
    println(t.acquire(ctx3, 1));
    left.send(t.try_acquire(1));
  });
  gosched();
  cancel3();
  t.release(1);
  println(left.recv());
  first_come();
  too_much();
}
