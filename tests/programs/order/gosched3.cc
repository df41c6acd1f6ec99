// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Three goroutines that yield to each other.
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([i, &wg] {
      for (int r = 0; r < 3; r++) {
        const char name[] = {static_cast<char>('A' + i), '\0'};
        rt0::print(name, r, " ");
        rt0::gosched();
      }
      wg.done();
    });
  }
  wg.wait();
  rt0::print("\n");
}
