// A bug that only some schedules show: two goroutines add to a number with a load and a store, which is not atomic.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  atomic::Int32 n;
  WaitGroup wg;
  for (int i = 0; i < 2; i++) {
    wg.go([&] {
      const int before = n.load();
      n.store(before + 1);
    });
  }
  wg.wait();
  if (n.load() != 2) panic("an addition is lost");
  println("both are there");
}
