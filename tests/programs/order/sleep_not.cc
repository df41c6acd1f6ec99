// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  go([] { println("other"); });
  constexpr Duration kNothing[] = {ns(0), ns(-1), Duration::min()};
  for (Duration d : kNothing) {
    sleep(d);
    println("still main", d.count);
  }
  sleep(ns(1));
  println("main again");
  Chan<bool> far(0);
  go([] {
    sleep(Duration::max());
    println("292 years later");
  });
  go([far] {
    after_func(Duration::max(), [] { println("292 years later"); });
    after(ms(20)).recv();
    far.close();
  });
  far.recv();
  println("end");
}
