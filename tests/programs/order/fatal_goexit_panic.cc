// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer a([] { rt0::panic("during Goexit"); });
  rt0::Defer b([] { rt0::goexit_now(); });
  rt0::panic("first");
}
