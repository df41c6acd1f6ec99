// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Mutex: FIFO waiters, normal mode.
#include <rt0/rt0.h>

int main() {
  rt0::Mutex mu;
  rt0::WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 5; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::println("try", i);
      mu.lock();
      rt0::println("got", i);
      mu.unlock();
      wg.done();
    });
  }
  rt0::gosched();
  rt0::println("unlock");
  mu.unlock();
  rt0::println("unlocked");
  wg.wait();
}
