// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// WaitGroup: used again after all waits have returned; if all are done before wait, it does not wait.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int phase = 0; phase < 3; phase++) {
    for (int i = 0; i < 3; i++) {
      wg.add(1);
      rt0::go([&, phase, i] {
        rt0::println("work", phase, i);
        if (i == 1) rt0::gosched();
        rt0::println("done", phase, i);
        wg.done();
      });
    }
    rt0::println("wait", phase);
    wg.wait();
  }
  wg.add(2);
  wg.add(-2);
  wg.wait();
  rt0::println("end");
}
