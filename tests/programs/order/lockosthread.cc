// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// A goroutine that is locked to its thread keeps its place in the queues.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  wg.add(3);
  rt0::go([&] {
    rt0::lock_os_thread();
    for (int i = 0; i < 3; i++) {
      rt0::println("locked", i);
      rt0::gosched();
    }
    wg.done();
  });
  for (int k = 0; k < 2; k++) {
    rt0::go([&, k] {
      for (int i = 0; i < 3; i++) {
        rt0::println("free", k, i);
        rt0::gosched();
      }
      wg.done();
    });
  }
  wg.wait();
}
