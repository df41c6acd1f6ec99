// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::Defer d([] { rt0::panic(rt0::recover()); });
  volatile int* volatile p = nullptr;
  *p = 1;
}
