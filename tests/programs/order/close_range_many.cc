// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Several goroutines range over one channel until it is closed.
#include <rt0/rt0.h>

int main() {
  rt0::Chan<int> c(4);
  rt0::Chan<rt0::Unit> done(0);
  for (int g = 0; g < 4; g++) {
    rt0::go([=] {
      int n = 0;
      for (auto v : c) {
        rt0::print(g, "<-", v, " ");
        n++;
      }
      rt0::println("range", g, n);
      done.send({});
    });
  }
  for (int i = 0; i < 12; i++) {
    c.send(i);
    if (i == 5) rt0::gosched();
  }
  c.close();
  for (int g = 0; g < 4; g++) done.recv();
  rt0::println("end");
}
