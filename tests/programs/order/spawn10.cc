// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// runnext: the goroutine created last runs first, the others in the order of their creation.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 10; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
