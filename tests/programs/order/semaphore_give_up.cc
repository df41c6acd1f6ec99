// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>
using namespace rt0;

// When a waiter's context ends, waiters behind it get what is free; one that asks for too much blocks no other waiter.
int main() {
  const Context bg = context::background();
  Semaphore s(3);
  s.acquire(2);
  const auto [ctx, cancel] = context::with_cancel(bg);
  Chan<int> done(0);
  go([&, ctx = ctx] {
    println("three:", s.acquire(ctx, 3));
    done.send(3);
  });
  gosched();
  for (int i = 0; i < 2; i++)
    go([&, i] {
      s.acquire(1);
      println("one", i);
      done.send(1);
    });
  gosched();
  println(s.try_acquire(1));
  cancel();
  (void)done.recv();
  (void)done.recv();
  s.release(1);
  (void)done.recv();
  go([&] { s.acquire(4); });
  gosched();
  s.release(2);
  println(s.try_acquire(2));
  s.acquire(bg, 0);
  println(s.acquire(ctx, 1));
}
