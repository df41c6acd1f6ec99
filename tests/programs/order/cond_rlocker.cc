// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Cond on an RWMutex's writer side, several waiters woken by one broadcast under the lock.
#include <rt0/rt0.h>

int main() {
  rt0::RWMutex mu;
  rt0::Cond c(mu);
  rt0::WaitGroup wg;
  bool ready = false;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([&, i] {
      mu.lock();
      while (!ready) {
        rt0::println("waits", i);
        c.wait();
      }
      rt0::println("goes", i);
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  c.broadcast();
  rt0::gosched();
  mu.lock();
  ready = true;
  c.broadcast();
  rt0::println("set");
  mu.unlock();
  wg.wait();
}
