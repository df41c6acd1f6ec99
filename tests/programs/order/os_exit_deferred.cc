// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
#include <rt0/rt0.h>

int main() {
  rt0::Defer a([] { rt0::println("not reached"); });
  rt0::Defer b([] {
    rt0::println("exits", rt0::recover().as<const char*>());
    rt0::exit(4);
  });
  rt0::panic("p");
}
