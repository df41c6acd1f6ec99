// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

static int drain(Chan<Time> c) {
  int n = 0;
  while (c.try_recv().ready) n++;
  return n;
}

int main() {
  const Time start = now();
  Ticker t = new_ticker(ms(10));
  sleep(ms(55));
  println("len", t.c().len(), "cap", t.c().cap());
  const Duration first = t.c().recv().sub(start);
  println("the first tick that was due, not the last:", first >= ms(10) && first < ms(20));
  println("left", drain(t.c()));
  Time prev = now();
  for (int i = 0; i < 3; i++) {
    const Time at = t.c().recv();
    println("tick", i, at.after(prev));
    prev = at;
  }
  sleep(ms(25));
  t.reset(hours(1));
  println("after Reset", drain(t.c()));
  t.reset(ms(5));
  t.c().recv();
  t.c().recv();
  sleep(ms(15));
  t.stop();
  println("after Stop", drain(t.c()));
  sleep(ms(15));
  println("later", drain(t.c()));
  t.stop();
  t.reset(ms(5));
  println("again", t.c().recv_ok().ok);
  t.stop();
  println("tick of nothing is nil", tick(ns(0)) == nullptr, tick(ns(-1)) == nullptr);
}
