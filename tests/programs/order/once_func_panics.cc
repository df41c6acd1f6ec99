// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  int calls = 0;
  auto f = rt0::once_func([&] {
    calls++;
    rt0::panic("from f");
  });
  auto g = rt0::once_value([&]() -> int {
    calls++;
    rt0::panic(5);
  });
  for (int i = 0; i < 3; i++) {
    rt0::func([&] {
      rt0::Defer d([i] { rt0::println(i, rt0::recover().as<const char*>()); });
      f();
    });
    rt0::func([&] {
      rt0::Defer d([i] { rt0::println(i, rt0::recover().as<int>()); });
      rt0::println(g());
    });
  }
  rt0::println("calls", calls);
}
