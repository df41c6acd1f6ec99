// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Timer t = new_timer(hours(1));
  Ticker k = new_ticker(hours(1));
  Timer f = after_func(hours(1), [] {});
  f.stop();
  Chan<int> c(0);
  go([c] { c.send(1); });
  select(recv(t.c()), recv(k.c()), recv(c));  // waits for the timers, too, but no longer than for c
  println("waits");
  Chan<int>(0).recv();
  t.stop();
  k.stop();
}
