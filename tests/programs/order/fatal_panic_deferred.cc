// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer a([] { rt0::println("deferred 1"); });
  rt0::Defer b([] { rt0::println("deferred 2"); });
  rt0::panic("boom");
}
