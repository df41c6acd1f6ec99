// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// close wakes all receivers; this shows the order in which they run.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(0);
  rt0::WaitGroup wg;
  for (int i = 0; i < 6; i++) {
    wg.add(1);
    rt0::go([i, c, &wg] {
      auto [v, ok] = c.recv_ok();
      rt0::println("recv", i, v, ok);
      wg.done();
    });
  }
  rt0::gosched();
  rt0::println("close");
  c.close();
  wg.wait();
}
