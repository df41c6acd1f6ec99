// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::go([] { rt0::panic("in goroutine"); });
  rt0::gosched();
  rt0::println("not reached");
}
