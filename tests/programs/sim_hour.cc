// Sleeps, timers and deadlines of an hour and more, for the simulated kernel, whose clock jumps.
#include <rt0/rt0.h>

using namespace rt0;

int main() {
  const Time start = now();
  sleep(hours(1));
  println("slept an hour", since(start).hours() >= 1.0 && since(start).hours() < 1.01);

  Chan<int> c(0);
  bool day = false;
  select(recv(c, [] {}), recv(after(hours(24)), [&] { day = true; }));
  println("waited for a day", day);

  auto [p, err] = os::pipe();
  if (err) panic("pipe");
  (void)p.r.set_read_deadline(now().add(minutes(90)));
  char byte;
  const auto got = p.r.read(&byte, 1);
  println("read", got.err.Error());

  int n = 0;
  const Ticker t = new_ticker(minutes(5));
  for (; n < 12; n++) t.c().recv();
  t.stop();
  println("ticks", n, "hours", static_cast<int>(since(start).hours()));
}
