// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1,updatemaxprocs=0 GOGC=off
#include <rt0/rt0.h>

static void show(const char* n) {
  char b[40];
  const size_t k = rt0::stack(b, sizeof(b), false);
  size_t i = 0;
  while (i < k && b[i] != ':') i++;
  rt0::println(n, rt0::Text{b, i});
}

int main() {
  show("main");
  rt0::Chan<bool> done(0);
  for (int i = 0; i < 3; i++)
    rt0::go([&] {
      show("g");
      done.send(true);
    });
  for (int i = 0; i < 3; i++) (void)done.recv();
  rt0::println("NumGoroutine", rt0::num_goroutine());
  for (int i = 0; i < 20; i++) {
    rt0::go([&, i] {
      if (i == 0 || i >= 18) show("h");
      done.send(true);
    });
    (void)done.recv();
  }
  rt0::println("NumGoroutine", rt0::num_goroutine());
}
