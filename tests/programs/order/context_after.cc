// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: after_func runs in a goroutine of its own once the context has ended, unless it is stopped before.
#include <rt0/rt0.h>

namespace context = rt0::context;

int main() {
  auto [ctx, cancel] = context::with_cancel(context::background());
  auto stop1 = context::after_func(ctx, [] { rt0::println("one"); });
  rt0::gosched();
  const bool first = stop1();
  rt0::println("stop", first, stop1());
  auto stop2 = context::after_func(ctx, [] { rt0::println("two"); });
  rt0::println("cancel");
  cancel();
  rt0::println("cancelled");
  rt0::println("stop", stop2());
  rt0::gosched();
  auto stop3 = context::after_func(ctx, [] { rt0::println("three"); });
  rt0::println("stop", stop3());
  rt0::gosched();
  rt0::println("end");
}
