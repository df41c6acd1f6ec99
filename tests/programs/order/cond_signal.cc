// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Cond: signal wakes waiters in order; a signal without a waiter is lost; broadcast wakes the goroutines that wait now.
#include <rt0/rt0.h>

int main() {
  rt0::Mutex mu;
  rt0::Cond c(mu);
  rt0::WaitGroup wg;
  c.signal();
  for (int i = 0; i < 6; i++) {
    wg.add(1);
    rt0::go([&, i] {
      mu.lock();
      rt0::println("waits", i);
      c.wait();
      rt0::println("woken", i);
      if (i % 2 == 0) {
        c.wait();
        rt0::println("again", i);
      }
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 3; i++) {
    rt0::println("signal");
    c.signal();
    rt0::gosched();
  }
  rt0::println("signal with the lock");
  mu.lock();
  c.signal();
  c.signal();
  rt0::gosched();
  mu.unlock();
  rt0::gosched();
  rt0::println("broadcast");
  c.broadcast();
  rt0::gosched();
  rt0::println("broadcast");
  c.broadcast();
  wg.wait();
  c.broadcast();
}
