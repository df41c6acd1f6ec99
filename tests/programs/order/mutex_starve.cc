// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex: a waiter that has waited for more than 1 ms is handed the mutex, and runs at once.
#include <rt0/rt0.h>

static void busy(rt0::Duration d) {
  for (const rt0::Time t = rt0::now(); rt0::since(t) < d;) {}
}

int main() {
  rt0::Mutex mu;
  rt0::WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::println("waiter", i, "tries");
      mu.lock();
      rt0::println("waiter", i, "has it");
      mu.unlock();
      rt0::println("waiter", i, "unlocked");
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 4; i++) {
    busy(rt0::ms(2));
    rt0::println("main unlocks", i);
    mu.unlock();
    mu.lock();
    rt0::println("main locked", i);
    rt0::gosched();
  }
  mu.unlock();
  wg.wait();
}
