// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  constexpr int kMs[] = {50, 10, 40, 20, 30};
  for (int d : kMs) {
    wg.add(1);
    rt0::go([d, &wg] {
      rt0::sleep(rt0::ms(d));
      rt0::println("slept", d);
      wg.done();
    });
  }
  wg.wait();
}
