// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  // A panic that was recovered is over: main does not wait for it.
  rt0::func([] {
    rt0::Defer d([] { rt0::println(rt0::recover()); });
    rt0::panic("recovered");
  });
  rt0::go([] {
    for (;;) {
      rt0::println("never printed");
      rt0::select();
    }
  });
  rt0::Defer d([] { rt0::println("deferred runs"); });
  rt0::println("main returns without yielding");
}
