// Deferred calls, panics and recoveries, in Go's order. Prints "ok" at its end.
#include <rt0/rt0.h>

static int divide() {
  RT0_RECOVER_RETURN(7);
  rt0::Defer last([] { rt0::println("last"); });
  rt0::Defer d([] {
    rt0::Recovered r = rt0::recover();
    if (const int* v = r.get<int>()) rt0::println("recovered", *v);
  });
  rt0::panic(42);
}

int main() {
  rt0::println(divide());
  rt0::func([] {
    rt0::Defer d([] {
      rt0::func([] { rt0::Defer inner([] { rt0::println("inner nil", !rt0::recover()); }); });
      rt0::println("outer", static_cast<bool>(rt0::recover()));
    });
    rt0::panic("text");
  });
  rt0::println("nil", !rt0::recover());
  for (int i = 0; i < 1000; i++)
    if (rt0::func([]() -> int {
          rt0::Defer d([] { (void)rt0::recover(); });
          rt0::panic(1);
        }) != 0)
      return 1;
  rt0::println("ok");
}
