// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  Chan<int> c(0);
  Timer t;
  int n = 0;
  t = after_func(ms(1), [&] {
    const int k = ++n;
    if (n < 4) println("f", k, "starts it again:", t.reset(ms(1)));
    c.send(k);
    println("f", k, "ends");
  });
  sleep(ms(30));
  println("four wait:", n);
  for (int i = 0; i < 4; i++) println("got", c.recv());
  sleep(ms(5));
  println("stop", t.stop());
}
