// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Several goroutines waiting on one WaitGroup.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg, all;
  wg.add(1);
  for (int i = 0; i < 5; i++) {
    all.add(1);
    rt0::go([&, i] {
      wg.wait();
      rt0::println("woken", i);
      all.done();
    });
  }
  rt0::gosched();
  rt0::println("done");
  wg.done();
  all.wait();
}
