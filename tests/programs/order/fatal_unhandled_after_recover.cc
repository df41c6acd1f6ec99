// env: GOMAXPROCS=1
#include <rt0/rt0.h>

[[gnu::noinline]] static void f() {
  RT0_RECOVER_RETURN();
  rt0::Defer d([] { rt0::println("recovered", rt0::recover().as<const char*>()); });
  rt0::panic("one");
}

int main() {
  f();
  rt0::Defer d([] { rt0::println("deferred"); });
  rt0::panic("two");
}
