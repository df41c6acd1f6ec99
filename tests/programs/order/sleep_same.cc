// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 8; i++) {
    wg.add(1);
    rt0::go([i, &wg] {
      rt0::sleep(rt0::ms(20));
      rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
