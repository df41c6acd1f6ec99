// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// A buffered channel of 3, one producer, one consumer.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(3);
  rt0::WaitGroup wg;
  wg.add(2);
  rt0::go([&] {
    for (int i = 0; i < 8; i++) {
      c.send(i);
      rt0::println("p", i);
    }
    c.close();
    wg.done();
  });
  rt0::go([&] {
    for (auto v : c) rt0::println("   c", v);
    wg.done();
  });
  wg.wait();
}
