// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// 257 goroutines: one in runnext and 256 in the local queue, which is then exactly full.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 257; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
