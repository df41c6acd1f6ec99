// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Waiting senders are served in the order of their arrival; this shows the order in which they then run.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  rt0::WaitGroup wg;
  for (int i = 0; i < 6; i++) {
    wg.add(1);
    rt0::go([i, c, &wg] {
      c.send(i);
      rt0::println("sender", i, "released");
      wg.done();
    });
  }
  rt0::gosched();
  for (int i = 0; i < 6; i++) rt0::println("main got", c.recv());
  wg.wait();
}
