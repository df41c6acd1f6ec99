// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] { rt0::println("deferred does not run"); });
  rt0::go([] { rt0::println("nor does this"); });
  rt0::println("exit 3");
  rt0::exit(3);
}
