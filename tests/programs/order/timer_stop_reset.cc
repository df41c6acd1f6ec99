// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

using namespace rt0;

static bool has(const Timer& t) { return t.c().try_recv().ready; }

int main() {
  Timer t = new_timer(hours(1));
  println("pending: stop", t.stop());
  println("stopped: stop", t.stop());
  println("stopped: reset", t.reset(ms(1)));
  sleep(ms(5));
  println("due, not received: len", t.c().len(), "cap", t.c().cap());
  println("due, not received: stop", t.stop());
  println("has value", has(t));
  println("stopped: reset", t.reset(ms(1)));
  sleep(ms(5));
  println("due, not received: reset", t.reset(hours(1)));
  println("has value", has(t));
  println("pending: reset", t.reset(ms(1)));
  t.c().recv();
  println("received: stop", t.stop());
  println("received: reset", t.reset(ms(2)));
  t.c().recv();
  println("received: reset", t.reset(-hours(1)));
  println("has value", has(t));
  println("has value", has(t));
  println("received: reset", t.reset(ns(0)));
  println("due: stop", t.stop());
  println("has value", has(t));

  int n = 0;
  Timer f = after_func(hours(1), [&n] { n++; });
  println("f pending: stop", f.stop());
  println("f stopped: stop", f.stop());
  println("f stopped: reset", f.reset(ms(1)));
  sleep(ms(5));
  println("f has run:", n, "stop", f.stop());
  println("f has run: reset", f.reset(hours(1)));
  println("f pending: reset", f.reset(ms(1)));
  sleep(ms(5));
  println("f has run:", n, f.c() == nullptr);
}
