// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::go([] {
    for (;;) {
      rt0::println("never printed");
      rt0::select();
    }
  });
  rt0::Defer d([] { rt0::println("deferred runs"); });
  rt0::println("main returns without yielding");
}
