// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 1; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
