// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Mutex mu;
  rt0::Cond c(mu);
  rt0::WaitGroup all;
  for (int i = 0; i < 5; i++) {
    all.add(1);
    rt0::go([&, i] {
      mu.lock();
      rt0::println("wait", i);
      c.wait();
      rt0::println("woken", i);
      mu.unlock();
      all.done();
    });
  }
  rt0::gosched();
  mu.lock();
  rt0::println("broadcast");
  c.broadcast();
  mu.unlock();
  all.wait();
}
