// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  int calls = 0;
  auto f = rt0::once_value([&] {
    calls++;
    rt0::gosched();
    return 42;
  });
  auto g = rt0::once_func([] { rt0::println("func"); });
  rt0::WaitGroup wg;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    rt0::go([&, i] {
      const int v = f();
      rt0::println(i, v);
      g();
      wg.done();
    });
  }
  wg.wait();
  rt0::println(calls);
}
