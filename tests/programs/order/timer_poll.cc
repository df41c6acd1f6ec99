// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Timer t = new_timer(ms(5));
  int n = 1;
  while (!t.c().try_recv().ready) n++;
  println("found it", n > 1);
  Ticker k = new_ticker(ms(3));
  for (int i = 0; i < 3;)
    if (k.c().try_recv().ready) i++;
  println("three ticks");
  Chan<Time> a = after(ms(1));
  for (const Time start = now(); since(start) < ms(3);) {}
  const auto [v, ok] = a.recv_ok();
  println("at once", ok, !v.is_zero());
}
