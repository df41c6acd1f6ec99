// env: GOMAXPROCS=1
#include <rt0/rt0.h>

int main() {
  rt0::after_func(rt0::ms(1), [] { rt0::panic("in f"); });
  rt0::sleep(rt0::seconds(1));
  rt0::println("not reached");
}
