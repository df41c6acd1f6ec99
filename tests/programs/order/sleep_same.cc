// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Sleeps once without output: where code is translated when it first runs, the first sleep would begin much earlier.
#include <rt0/rt0.h>

static void all_sleep(bool show) {
  rt0::WaitGroup wg;
  for (int i = 0; i < 8; i++) {
    wg.add(1);
    rt0::go([i, &wg, show] {
      rt0::sleep(rt0::ms(20));
      if (show) rt0::print(i, " ");
      wg.done();
    });
  }
  wg.wait();
}

int main() {
  all_sleep(false);
  all_sleep(true);
  rt0::print("\n");
}
