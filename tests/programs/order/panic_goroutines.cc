// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::WaitGroup wg;
  int sum = 0;
  for (int i = 0; i < 50; i++) {
    wg.add(1);
    rt0::go([&, i] {
      rt0::Defer a([&] { wg.done(); });
      rt0::Defer b([&] { sum += rt0::recover().as<int>(); });
      rt0::Defer c([] {
        const int v = rt0::recover().as<int>();
        rt0::panic(v * 2);
      });
      rt0::panic(i);
    });
  }
  wg.wait();
  rt0::println("sum", sum);
  rt0::Mutex mu;
  rt0::func([&] {
    rt0::Defer d([] { rt0::println("recovered", rt0::recover().as<const char*>()); });
    mu.lock();
    rt0::Defer e([&] { mu.unlock(); });
    rt0::panic("with a lock");
  });
  rt0::println("unlocked", mu.try_lock());
}
