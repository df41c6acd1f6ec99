// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<int> c(0);
  after_func(ms(20), [c] { c.close(); });
  c.recv();
  println("closed");
  go([] {
    sleep(ms(20));
    println("slept");
  });
  after(ms(40)).recv();
  println("after");
  for (auto t : tick(ms(10))) {
    (void)t;
    println("tick");
    break;
  }
  after_func(ms(10), [] { println("last"); });
  Chan<int>(0).recv();
}
