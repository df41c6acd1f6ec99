// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
// The local run queue overflows: 128+1 goroutines move to the global queue at once.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 300; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
