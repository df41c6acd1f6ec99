// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::go([] { rt0::println("other"); });
  rt0::Defer d([] { rt0::println("main deferred"); });
  rt0::goexit_now();
}
