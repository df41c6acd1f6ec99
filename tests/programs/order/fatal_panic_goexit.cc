// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] { rt0::goexit_now(); });
  rt0::panic("swallowed by Goexit");
}
