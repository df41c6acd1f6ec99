// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// RWMutex: a waiting writer keeps new readers out; when it unlocks, these readers come before the next writer.
#include <rt0/rt0.h>

int main() {
  rt0::RWMutex mu;
  rt0::WaitGroup wg;
  mu.rlock();
  for (int i = 0; i < 2; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::println("writer", i, "tries");
      mu.lock();
      rt0::println("writer", i, "has it");
      rt0::gosched();
      rt0::println("writer", i, "unlocks");
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  rt0::println("try", mu.try_rlock(), mu.try_lock());
  for (int i = 0; i < 4; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::println("reader", i, "tries");
      mu.rlock();
      rt0::println("reader", i, "has it");
      rt0::gosched();
      mu.runlock();
      rt0::println("reader", i, "gone");
      wg.done();
    });
  }
  rt0::gosched();
  rt0::println("main unlocks");
  mu.runlock();
  rt0::println("main waits");
  wg.wait();
  const bool readable = mu.try_rlock();
  rt0::println("try", readable, mu.try_lock());
}
