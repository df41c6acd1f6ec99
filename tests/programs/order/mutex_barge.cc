// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex, normal mode: a woken waiter that finds the mutex taken again waits at the front of the queue.
#include <rt0/rt0.h>

int main() {
  rt0::Mutex mu;
  rt0::WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 4; i++) {
    wg.add(1);
    rt0::go([&, i] {
      mu.lock();
      rt0::println("got", i);
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 3; i++) {
    mu.unlock();
    const bool first = mu.try_lock();
    rt0::println("try", first, mu.try_lock());
    rt0::gosched();
  }
  rt0::println("last");
  mu.unlock();
  rt0::println("free", mu.try_lock());
  mu.unlock();
  wg.wait();
  rt0::println("free", mu.try_lock());
}
